// The contract between the screens and the core. A screen reads `engine.state` (a Solid store: reading a field inside JSX or an
// effect follows it) and calls actions. It never sees the protocol. All actions reject with a `Failure` and with nothing else; none
// throws before it returns its promise.
//
// Text and files are sent without waiting: the message appears at once in its window with state 'sending', and what becomes of it
// is seen there. Everything that is read-only to screens is typed so; writing to it anyway breaks the list it stands in.

import type { ChatsActions } from './contract/chats'
import type { DoorActions } from './contract/door'
import type { FilesActions } from './contract/files'
import type { HistoryActions, MessagesActions } from './contract/messages'
import type { PeopleActions } from './contract/people'
import type { SessionActions } from './contract/session'
import type { SettingsActions } from './contract/settings'
import type { Chat, ChatId, Connection, Incoming, Person, PersonId, ServerFacts, Session, Typing } from './types'

export type * from './contract/chats'
export type * from './contract/door'
export type * from './contract/files'
export type * from './contract/messages'
export type * from './contract/people'
export type * from './contract/session'
export type * from './contract/settings'

export interface EngineState {
  readonly session: Session
  readonly connection: Connection
  /** Known after the first answer of the server, and from the cache afterwards. */
  readonly server?: ServerFacts
  /** Everybody who was ever mentioned in this tab. */
  readonly people: Readonly<Record<PersonId, Person | undefined>>
  readonly chats: Readonly<Record<ChatId, Chat | undefined>>
  /** The list, in order: pinned first, then by `sortAt`. Archived chats are in `archive`. */
  readonly order: readonly ChatId[]
  readonly archive: readonly ChatId[]
  /** False while more chats can be had: `chats.more()`. */
  readonly orderComplete: boolean
  /** Who is writing where. */
  readonly typing: Readonly<Record<ChatId, readonly Typing[] | undefined>>
  /** Unread messages of chats that are not muted, for the title and the badge. */
  readonly unreadTotal: number
  /** Contacts, sorted by name; undefined until `people.loadContacts` answered once. */
  readonly contacts?: readonly PersonId[]
  /** A newer build of this client waits: `engine.reload()` changes to it. */
  readonly newBuild: boolean
  /** What this browser withholds, mostly because the page is not a secure context. */
  readonly withheld: readonly Withheld[]
}

/** Features that a browser gives to https (and localhost) only, or not at all. */
export type Withheld = 'offlineShell' | 'notifications' | 'clipboard' | 'microphone' | 'storage'

export interface Engine {
  readonly state: EngineState
  readonly session: SessionActions
  readonly door: DoorActions
  readonly chats: ChatsActions
  readonly history: HistoryActions
  readonly messages: MessagesActions
  readonly people: PeopleActions
  readonly files: FilesActions
  readonly settings: SettingsActions

  /**
   * Calls one of the server's own methods (docs/extensions.md), for instance 'admin.order'. Fields are camelCase both ways.
   */
  extension<T>(method: string, params: Record<string, unknown>): Promise<T>
  /** Incoming messages, for notifications; called in one tab only. Returns what ends it. */
  onIncoming(listener: (incoming: Incoming) => void): () => void
  /** The server's clock in seconds, as well as it is known. */
  now(): number
  /** Takes up the new build. */
  reload(): void
}
