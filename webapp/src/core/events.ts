// What happens to the mailbox, in the client's words. The wire's updates, the answers to this tab's own calls, and what other tabs
// tell all become events; the model and the history windows apply them. Applying one twice changes nothing.

import type { Chat, ChatId, Message, MessageId, PersonId, Presence, TypingAction } from './types'
import type { KnownPerson } from './wire/people'

export type Event =
  | { kind: 'people'; people: KnownPerson[] }
  /** A message that is new in its chat. `live`: it has just happened, so that it may be notified. */
  | { kind: 'new'; message: Message; live: boolean }
  /** The same message with other content. */
  | { kind: 'changed'; message: Message }
  /** Gone, by their numbers, which private chats share. */
  | { kind: 'removed'; ids: MessageId[] }
  /** Everything up to a message is gone; with `remove` the chat leaves the list. */
  | { kind: 'cleared'; chat: ChatId; upTo: MessageId; remove: boolean }
  | { kind: 'readInbox'; chat: ChatId; upTo: MessageId; unread: number }
  | { kind: 'readOutbox'; chat: ChatId; upTo: MessageId }
  /** Voice messages heard, mentions seen. */
  | { kind: 'contentRead'; ids: MessageId[] }
  | { kind: 'messagesPinned'; ids: MessageId[]; pinned: boolean }
  /** Some fields of a chat. Those that may vanish are given as undefined. */
  | { kind: 'chat'; chat: ChatId; change: Partial<Chat> }
  /** The pinned chats, all of them, in order. */
  | { kind: 'pinnedOrder'; order: ChatId[] }
  | { kind: 'presence'; person: PersonId; presence: Presence }
  | { kind: 'typing'; chat: ChatId; person: PersonId; action?: TypingAction }
  /** One of this device's messages waits to be sent. */
  | { kind: 'queued'; message: Message }
  /** The server has it; `message` carries its number. */
  | { kind: 'sent'; key: string; message: Message }
  | { kind: 'failed'; chat: ChatId; key: string; failure: string }
  | { kind: 'discarded'; chat: ChatId; key: string }
  /** The list of contacts is another one. */
  | { kind: 'contacts' }
  /** Too much happened while away: what was kept of histories may have holes. */
  | { kind: 'tooLong' }
