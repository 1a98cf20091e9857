import { createSignal } from 'solid-js'
import type { ChatId, MessageId } from '../../core/types'

export interface Forwarding {
  from: ChatId
  ids: readonly MessageId[]
}

const [forwarding, setForwarding] = createSignal<Forwarding>()

/** What is about to be forwarded; the picker (mounted in the shell) shows itself for it. */
export { forwarding }

/** Asks to whom these messages should go, and sends them. */
export function forwardMessages(from: ChatId, ids: readonly MessageId[]): void {
  if (ids.length > 0) setForwarding({ from, ids })
}

export function endForwarding(): void {
  setForwarding(undefined)
}
