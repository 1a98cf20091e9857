/** How the viewer forwards: by the conversation's own dialog, which says here that it is there. */
import { createSignal } from 'solid-js'
import type { ChatId, MessageId } from '../../core/types'

export type Forward = (chat: ChatId, messages: MessageId[]) => void

const [forward, setForward] = createSignal<Forward | undefined>()

export { forward as forwardFrom }

/** Called once by whoever shows the dialog "forward to". */
export function forwardWith(how: Forward): void {
  setForward(() => how)
}
