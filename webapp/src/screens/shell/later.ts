/** Screens that are fetched when they are first shown, with their words. One that this build lacks shows nothing. */
import { type Component, lazy } from 'solid-js'
import { type Area, withWords } from '../../i18n'

const screens = import.meta.glob<{ default: Component }>('../admin/index.tsx')

/** `path` is relative to screens/. */
export function later<P extends object>(path: string, areas: readonly Area[]): Component<P> {
  const load = screens[`../${path}.tsx`] ?? (async () => ({ default: () => null }))
  return lazy(withWords(areas, load)) as unknown as Component<P>
}
