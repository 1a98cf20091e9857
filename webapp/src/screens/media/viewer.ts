/** What the viewer shows. The viewer itself is a chunk that comes with its first picture. */
import { createSignal } from 'solid-js'
import type { ChatId, Message, Person } from '../../core/types'

export type Shown =
  /** Pictures and videos of a conversation, beginning with one. */
  | { chat: ChatId; message: Message; among?: () => readonly Message[] }
  /** The photos of a profile. */
  | { person: Person }

const [shown, setShown] = createSignal<Shown | undefined>()

export { shown }

/** Opens the viewer. `among`: turn over these instead of what the conversation has around the message. */
export function openViewer(what: Shown): void {
  setShown(what)
}

export function closeViewer(): void {
  setShown(undefined)
}
