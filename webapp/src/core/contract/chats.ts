import type { ChatId, Draft, FoundMessage, PersonId, TypingAction } from '../types'

export interface ChatsActions {
  /** The next page of the list; resolves when it is in `state.order`. Safe to call often. */
  more(): Promise<void>
  /**
   * Makes sure a chat is in `state.chats`, from memory, cache or server; call it when its screen opens. A chat that the list does
   * not have (opened by a link) becomes one with `listed: false`.
   */
  open(chat: ChatId): Promise<void>
  pin(chat: ChatId, pinned: boolean): Promise<void>
  /** The pinned chats in their new order. */
  reorderPinned(chats: ChatId[]): Promise<void>
  archive(chat: ChatId, archived: boolean): Promise<void>
  /** Until a time; 0 unmutes, 2147483647 for ever. */
  mute(chat: ChatId, until: number): Promise<void>
  markUnread(chat: ChatId, unread: boolean): Promise<void>
  /** Everything up to the newest message. */
  markRead(chat: ChatId): Promise<void>
  /** Empties it, for both sides if wished; `remove` also takes it out of the list. */
  clear(chat: ChatId, options: { forBoth: boolean; remove: boolean }): Promise<void>
  /** Kept on this device at once, on the server a moment later, and told to other devices. undefined removes it. */
  setDraft(chat: ChatId, draft: Omit<Draft, 'at'> | undefined): void
  /** Tells the other side; call it on every key press, it is sent at most every few seconds. undefined: stopped. */
  typing(chat: ChatId, action: TypingAction | undefined): void
  /** Seconds after which new messages vanish for both; 0 ends it. */
  vanishAfter(chat: ChatId, seconds: number): Promise<void>

  /** Chats and people by name, username or number: what this device knows first, then the server's. */
  find(query: string, signal?: AbortSignal): Promise<{ known: ChatId[]; global: PersonId[] }>
  /** Messages in all chats, newest first; give the answer's `next` back for more. */
  findMessages(
    query: string,
    next?: string,
    signal?: AbortSignal,
  ): Promise<{ found: FoundMessage[]; next?: string; total: number }>
}
