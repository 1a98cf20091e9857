/** How messages stand together: which belong to one album, which follow one another closely, where a day begins. Pure. */
import type { Message } from '../../core/types'

/** Seconds within which messages of one person stand together. */
const TOGETHER = 300

/** The messages that get a row: all but the later ones of an album. */
export function heads(messages: readonly Message[]): Message[] {
  return messages.filter((message, at) => !continuesAlbum(messages[at - 1], message))
}

function continuesAlbum(before: Message | undefined, message: Message): boolean {
  return message.album !== undefined && before?.album === message.album && before.from === message.from
}

/** The whole album that begins with a message; the message alone if it is none. */
export function albumOf(messages: readonly Message[], head: Message): Message[] {
  if (head.album === undefined) return [head]
  const start = messages.indexOf(head)
  let end = start + 1
  while (continuesAlbum(messages[end - 1], messages[end] ?? head) && end < messages.length) end += 1
  return messages.slice(start, end)
}

/** The local day, as a number that differs between days. */
export function dayOf(at: number): number {
  const date = new Date(at * 1000)
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate()
}

/** Whether the second stands close under the first, as one turn of speech. */
export function together(before: Message | undefined, after: Message | undefined): boolean {
  if (!before || !after || before.event || after.event) return false
  return (
    before.from === after.from &&
    before.out === after.out &&
    after.at - before.at < TOGETHER &&
    dayOf(before.at) === dayOf(after.at)
  )
}
