// What this device keeps of each chat: the end of its history, without holes, from `from` on. New messages lengthen it as they
// come; pages of older ones as they are read. Anything else that is read (search, a reply's origin) is not kept.

import type { Database } from '../cache/database'
import type { Keeper } from '../cache/keeper'
import { CACHE_MESSAGES } from '../limits'
import type { ChatId, Message, MessageId } from '../types'

export interface Stretch {
  chat: ChatId
  /** Every message of the chat from this number on is kept. */
  from: MessageId
  /** The chat has nothing before it. */
  complete: boolean
}

const EDGE = Number.MAX_SAFE_INTEGER

export class Stretches {
  private readonly known = new Map<ChatId, Promise<Stretch | undefined>>()
  /** Older messages that were added to each chat's stretch since the start. */
  private readonly added = new Map<ChatId, number>()

  constructor(
    private readonly database: Database,
    private readonly keeper: Keeper,
  ) {}

  of(chat: ChatId): Promise<Stretch | undefined> {
    let stretch = this.known.get(chat)
    if (!stretch) {
      stretch = this.database.get<Stretch>('stretches', chat).catch(() => undefined)
      this.known.set(chat, stretch)
    }
    return stretch
  }

  /** Up to `limit` messages before a number, oldest first, and whether the chat has more than is kept. */
  async before(
    chat: ChatId,
    before: MessageId | undefined,
    limit: number,
  ): Promise<{ messages: Message[]; more: boolean } | undefined> {
    const stretch = await this.of(chat)
    if (!stretch || (before !== undefined && before <= stretch.from))
      return stretch?.complete ? { messages: [], more: false } : undefined
    await this.keeper.flush()
    const to = before === undefined ? EDGE : before - 1
    const found = await this.database
      .list<Message>('messages', { from: [chat, stretch.from], to: [chat, to] }, limit, true)
      .catch(() => undefined)
    if (!found) return undefined
    return { messages: found.reverse(), more: found.length >= limit || !stretch.complete }
  }

  /** Messages after a number, oldest first; undefined if the stretch does not reach back to it. */
  async after(chat: ChatId, after: MessageId, limit: number): Promise<Message[] | undefined> {
    const stretch = await this.of(chat)
    if (!stretch || after + 1 < stretch.from) return undefined
    await this.keeper.flush()
    return this.database
      .list<Message>('messages', { from: [chat, after + 1], to: [chat, EDGE] }, limit)
      .catch(() => undefined)
  }

  async message(chat: ChatId, id: MessageId): Promise<Message | undefined> {
    await this.keeper.flush()
    return this.database.get<Message>('messages', [chat, id]).catch(() => undefined)
  }

  /**
   * Keeps a page that was read: the end of the chat, or one that was asked for before the stretch's beginning. A kept stretch always
   * reaches the end, so a page that does joins it.
   */
  async page(
    chat: ChatId,
    messages: Message[],
    page: { reachesEnd: boolean; reachesStart: boolean; before?: MessageId },
  ): Promise<void> {
    const stretch = await this.of(chat)
    const isJoined = stretch !== undefined && page.before === stretch.from && this.isRoomFor(chat, messages.length)
    if (!page.reachesEnd && !isJoined) return
    const from = Math.min(stretch?.from ?? EDGE, messages[0]?.id ?? (page.reachesStart ? 1 : EDGE))
    if (from === EDGE) return
    this.write({ chat, from, complete: page.reachesStart || stretch?.complete === true })
    for (const message of messages) this.keep(message)
  }

  /** A message that has just come or changed. */
  async arrived(message: Message): Promise<void> {
    if (message.id === 0) return
    const stretch = await this.of(message.chat)
    if (!stretch) this.write({ chat: message.chat, from: message.id, complete: false })
    if (!stretch || message.id >= stretch.from) this.keep(message)
  }

  async changed(message: Message): Promise<void> {
    const stretch = await this.of(message.chat)
    if (stretch && message.id >= stretch.from) this.keep(message)
  }

  /** By numbers alone: which chats they were in is looked up. */
  async removed(ids: readonly MessageId[]): Promise<Message[]> {
    await this.keeper.flush()
    const gone: Message[] = []
    for (const id of ids) gone.push(...(await this.database.messagesById<Message>(id).catch(() => [])))
    for (const message of gone) this.keeper.remove('messages', [message.chat, message.id])
    return gone
  }

  async cleared(chat: ChatId, upTo: MessageId): Promise<void> {
    await this.keeper.flush()
    await this.database
      .commit([{ store: 'messages', remove: { from: [chat, 0], to: [chat, upTo] } }])
      .catch(() => undefined)
    this.write({ chat, from: 1, complete: true })
  }

  /** Changes fields of kept messages, by their numbers. */
  async patch(ids: readonly MessageId[], change: Partial<Message>): Promise<void> {
    await this.keeper.flush()
    for (const id of ids) {
      for (const message of await this.database.messagesById<Message>(id).catch(() => []))
        this.keep({ ...message, ...change })
    }
  }

  /** Another account begins with nothing. */
  forget(): void {
    this.known.clear()
    this.added.clear()
  }

  /** Nothing that is kept can be trusted to be whole. */
  async dropAll(): Promise<void> {
    this.known.clear()
    await this.keeper.flush()
    await this.database.commit([
      { store: 'messages', clear: true },
      { store: 'stretches', clear: true },
    ])
  }

  /** Lets go of what is too much, from the old end. */
  async trim(chat: ChatId): Promise<void> {
    const stretch = await this.of(chat)
    if (!stretch) return
    await this.keeper.flush()
    const all = await this.database
      .list<Message>('messages', { from: [chat, stretch.from], to: [chat, EDGE] })
      .catch(() => [])
    const first = all.at(-CACHE_MESSAGES)
    if (all.length < CACHE_MESSAGES * 2 || !first) return
    this.write({ chat, from: first.id, complete: false })
    await this.database.commit([{ store: 'messages', remove: { from: [chat, 0], to: [chat, first.id - 1] } }])
  }

  private isRoomFor(chat: ChatId, count: number): boolean {
    // Numbers are shared by all chats, so their distance says little; what was added since the start does.
    const added = (this.added.get(chat) ?? 0) + count
    if (added > CACHE_MESSAGES) return false
    this.added.set(chat, added)
    return true
  }

  private keep(message: Message): void {
    this.keeper.put('messages', [message.chat, message.id], { ...message, key: `m${message.id}` })
  }

  private write(stretch: Stretch): void {
    this.known.set(stretch.chat, Promise.resolve(stretch))
    this.keeper.put('stretches', stretch.chat, stretch)
  }
}
