// The messages of a window as a sorted row without holes: pure functions over arrays, so that they can be tried without a browser.

import type { Message, MessageId } from '../types'

/** What has a number comes first, in order; what waits to be sent follows in the order it was written. */
export function sorted(messages: Message[]): Message[] {
  const places = messages.map((message, at) => ({ message, at, place: message.id || Number.MAX_SAFE_INTEGER }))
  if (places.every(({ place }, at) => at === 0 || (places[at - 1]?.place ?? 0) <= place)) return messages
  return places.sort((one, other) => one.place - other.place || one.at - other.at).map(({ message }) => message)
}

/** Both rows as one; of the same message the one that is there already stays. */
export function joined(present: Message[], more: Message[]): Message[] {
  const keys = new Set(present.map(message => message.key))
  const ids = new Set(present.flatMap(message => (message.id ? [message.id] : [])))
  const added = more.filter(message => !keys.has(message.key) && !(message.id && ids.has(message.id)))
  return added.length ? sorted([...present, ...added]) : present
}

/** At most `limit` messages: `end` says which end is let go. What waits to be sent is never let go. */
export function trimmed(messages: Message[], limit: number, end: 'old' | 'new'): { messages: Message[]; cut: boolean } {
  if (messages.length <= limit) return { messages, cut: false }
  if (end === 'old') return { messages: messages.slice(messages.length - limit), cut: true }
  return { messages: messages.slice(0, limit), cut: true }
}

/** The lowest and the highest number. */
export function ends(messages: readonly Message[]): { first: MessageId; last: MessageId } | undefined {
  const first = messages[0]?.id
  if (!first) return undefined
  for (let at = messages.length - 1; at >= 0; at--) {
    const last = messages[at]?.id
    if (last) return { first, last }
  }
  return undefined
}
