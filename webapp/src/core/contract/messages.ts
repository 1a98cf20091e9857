import type { ChatId, FormattedText, Message, MessageId, PersonId } from '../types'

/**
 * A stretch of a chat's history, oldest first, without holes, at most WINDOW_MESSAGES long. It follows what happens: new messages
 * appear at its end if it reaches the end (`newer` false), edits and deletions everywhere. All fields are reactive.
 *
 * An element of `messages` keeps its identity (and its `key`) for as long as it is in the window, also when a sent message gets its
 * number or is edited: its fields change in place. So a list can be keyed by reference.
 */
export interface HistoryWindow {
  readonly chat: ChatId
  readonly messages: readonly Message[]
  /** More before the first, more after the last. */
  readonly older: boolean
  readonly newer: boolean
  /** A page is on its way. 'around': the window is being moved elsewhere. */
  readonly loading: undefined | 'older' | 'newer' | 'around'
  /** The last page that could not be had; cleared by the next attempt. */
  readonly failure?: string
  /** Messages in the whole chat as the server counted them; 0 until it did. */
  readonly total: number
  /**
   * Where the list should stand when the window was just opened or moved: at this message (if given, to be shown highlighted), else
   * at the end. Changes with every move; `serial` counts them.
   */
  readonly anchor: { serial: number; message?: MessageId; at: 'message' | 'unread' | 'end' }
  /** First unread message at the time the chat was opened: the 'unread' line stands before it. 0: none. */
  readonly unreadFrom: MessageId

  /** Each resolves when the messages are there; calling again while one runs gives the same promise. */
  loadOlder(): Promise<void>
  loadNewer(): Promise<void>
  /** Moves the window to a message: a reply's origin, a search result, a date. Resolves false if it is not there any more. */
  goTo(message: MessageId): Promise<boolean>
  goToDate(at: number): Promise<void>
  goToEnd(): Promise<void>
}

export interface HistoryActions {
  /**
   * The window of a chat. Shows what the cache has at once (offline too), then what the server has. The same chat gives the same
   * window until it is let go; `at` moves it. Windows that are not held by `retain` are kept warm, a few of them.
   */
  window(chat: ChatId, at?: MessageId): HistoryWindow
  /** While a screen shows it, a window is not dropped. Returns what lets it go. */
  retain(window: HistoryWindow): () => void
  /**
   * Incoming messages up to here were seen. Call it as they come into view while the page is visible; it is sent collected. Also
   * clears the unread mark.
   */
  seen(chat: ChatId, upTo: MessageId): void
  /** A mention or a voice message was seen or heard. */
  contentSeen(chat: ChatId, messages: MessageId[]): void
  /** Search within a chat, newest first; `next` for more. `from`: only theirs. */
  find(
    chat: ChatId,
    query: string,
    options?: {
      from?: PersonId
      kind?: 'photo' | 'video' | 'file' | 'voice' | 'link' | 'pinned'
      next?: string
      signal?: AbortSignal
    },
  ): Promise<{ messages: Message[]; next?: string; total: number }>
  /** One message, from memory, cache or server; undefined if it is not there. */
  message(chat: ChatId, id: MessageId): Promise<Message | undefined>
  /** When the other side read one of one's own messages; undefined if they do not show it or have not. */
  readAt(chat: ChatId, id: MessageId): Promise<number | undefined>
}

export interface OutgoingFile {
  file: Blob
  name: string
  as: 'photo' | 'file' | 'video' | 'voice' | 'audio' | 'gif'
  caption?: FormattedText
  spoiler?: boolean
  width?: number
  height?: number
  /** Seconds. */
  duration?: number
  waveform?: number[]
  /** A JPEG of at most 320 px, for files and videos. */
  thumbnail?: Blob
  /** For drawing it until the server has it; revoked by the engine when the message is sent or discarded. */
  localUrl?: string
}

export interface SendOptions {
  replyTo?: { id: MessageId; quote?: FormattedText & { offset: number } }
  silent?: boolean
  /** No preview of a link. */
  noPreview?: boolean
}

/**
 * Writing. Each message gets its random number before anything else and is kept in IndexedDB until the server has answered, so that
 * neither a reload nor a lost answer loses or doubles it.
 */
export interface MessagesActions {
  /** Longer texts are split at paragraphs. Returns the keys of the messages as they stand in the window. */
  sendText(chat: ChatId, text: FormattedText, options?: SendOptions): string[]
  /** One file, or an album of up to ten photos and videos. More files become several albums. */
  sendFiles(chat: ChatId, files: OutgoingFile[], options?: SendOptions): string[]
  sendContact(chat: ChatId, contact: { phone: string; firstName: string; lastName: string }): string[]
  /** A failed one again, with the same random number. */
  retry(chat: ChatId, key: string): void
  /** Takes back one that is not sent yet, and its upload. */
  discard(chat: ChatId, key: string): void
  /** MESSAGE_EDIT_TIME_EXPIRED, MESSAGE_NOT_MODIFIED is no failure. For media: the caption. */
  edit(chat: ChatId, id: MessageId, text: FormattedText): Promise<void>
  remove(chat: ChatId, ids: MessageId[], forBoth: boolean): Promise<void>
  /** In their order, to several chats. `hideAuthor`: without naming who wrote them. Appear at once like any other. */
  forward(
    from: ChatId,
    ids: MessageId[],
    to: ChatId[],
    options?: { hideAuthor?: boolean; silent?: boolean },
  ): Promise<void>
  pin(chat: ChatId, id: MessageId, pinned: boolean, forBoth: boolean): Promise<void>
  /** Whether one's own message can still be edited, by its kind and age. */
  canEdit(message: Message): boolean
}
