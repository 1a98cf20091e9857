import type { JSX } from 'solid-js'
import { Dialog, type DialogProps } from './Dialog'

/** A dialog that comes up from the lower edge where a thumb reaches it, and is an ordinary dialog on a large screen. */
export function Sheet(props: Omit<DialogProps, 'kind'>): JSX.Element {
  return <Dialog {...props} kind="sheet" />
}
