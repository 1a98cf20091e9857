// Pages of history: from this device where it surely has them, else from the server, and then kept.

import type { tl } from '@mtcute/core'
import Long from 'long'
import type { Caller } from '../client'
import { PAGE_MESSAGES } from '../limits'
import type { Model } from '../model'
import { type ChatId, Failure, type Message, type MessageId } from '../types'
import { messagesOf } from '../wire/messages'
import { peopleOf } from '../wire/people'
import type { Stretches } from './stretches'

/** Oldest first, without holes. */
export interface Page {
  messages: Message[]
  older: boolean
  newer: boolean
  /** 0 if it was not told. */
  total: number
}

type Ask = { offsetId: number; addOffset: number; limit: number; offsetDate?: number }

export class Loader {
  constructor(
    private readonly caller: Caller,
    private readonly model: Model,
    private readonly stretches: Stretches,
    /** Whether this device has followed everything up to a moment ago. */
    private readonly isCurrent: () => boolean,
  ) {}

  /** The end of a chat. `early` gets what this device has while the server is asked. */
  async newest(chat: ChatId, early?: (page: Page) => void): Promise<Page> {
    const kept = await this.stretches.before(chat, undefined, PAGE_MESSAGES)
    const page = kept?.messages.length
      ? { messages: kept.messages, older: kept.more, newer: false, total: 0 }
      : undefined
    const isEnough = page && (page.messages.length >= PAGE_MESSAGES / 2 || !page.older)
    if (page && isEnough && this.isCurrent()) return page
    if (page) early?.(page)
    try {
      const asked = await this.ask(chat, { offsetId: 0, addOffset: 0, limit: PAGE_MESSAGES })
      const older = asked.messages.length >= PAGE_MESSAGES
      await this.stretches.page(chat, asked.messages, { reachesEnd: true, reachesStart: !older })
      return { ...asked, older, newer: false }
    } catch (error) {
      if (page) return page
      throw error
    }
  }

  async older(chat: ChatId, before: MessageId): Promise<Page> {
    const kept = await this.stretches.before(chat, before, PAGE_MESSAGES)
    if (kept && (kept.messages.length || !kept.more))
      return { messages: kept.messages, older: kept.more, newer: true, total: 0 }
    const asked = await this.ask(chat, { offsetId: before, addOffset: 0, limit: PAGE_MESSAGES })
    const messages = asked.messages.filter(message => message.id < before)
    const older = asked.messages.length >= PAGE_MESSAGES
    await this.stretches.page(chat, messages, { reachesEnd: false, reachesStart: !older, before })
    return { ...asked, messages, older, newer: true }
  }

  async newer(chat: ChatId, after: MessageId): Promise<Page> {
    const kept = this.isCurrent() ? await this.stretches.after(chat, after, PAGE_MESSAGES) : undefined
    if (kept) return { messages: kept, older: true, newer: kept.length >= PAGE_MESSAGES, total: 0 }
    const asked = await this.ask(chat, { offsetId: after + 1, addOffset: -PAGE_MESSAGES, limit: PAGE_MESSAGES })
    const messages = asked.messages.filter(message => message.id > after)
    return { ...asked, messages, older: true, newer: messages.length >= PAGE_MESSAGES }
  }

  /** A page with a message in its middle, whether or not it is still there. */
  async around(chat: ChatId, middle: MessageId): Promise<Page> {
    const half = PAGE_MESSAGES / 2
    const kept = await this.keptAround(chat, middle)
    if (kept) return kept
    const asked = await this.ask(chat, { offsetId: middle + 1, addOffset: -half, limit: PAGE_MESSAGES })
    const above = asked.messages.filter(message => message.id > middle).length
    return { ...asked, older: asked.messages.length - above >= half, newer: above >= half }
  }

  private async keptAround(chat: ChatId, middle: MessageId): Promise<Page | undefined> {
    const half = PAGE_MESSAGES / 2
    const before = await this.stretches.before(chat, middle + 1, half)
    if (!before?.messages.length) return undefined
    const after = await this.stretches.after(chat, middle, half)
    if (!after) return undefined
    return { messages: [...before.messages, ...after], older: before.more, newer: after.length >= half, total: 0 }
  }

  async atDate(chat: ChatId, at: number): Promise<Page> {
    const half = PAGE_MESSAGES / 2
    const asked = await this.ask(chat, { offsetId: 0, offsetDate: at, addOffset: -half, limit: PAGE_MESSAGES })
    const above = asked.messages.filter(message => message.at >= at).length
    return { ...asked, older: asked.messages.length - above >= half, newer: above >= half }
  }

  async message(chat: ChatId, id: MessageId): Promise<Message | undefined> {
    return (await this.stretches.message(chat, id)) ?? (await this.messages(chat, [id]))[0]
  }

  /** Messages by their numbers, those that are still there. */
  async messages(chat: ChatId, ids: MessageId[]): Promise<Message[]> {
    const answer = await this.caller.call({
      _: 'messages.getMessages',
      id: ids.map(id => ({ _: 'inputMessageID' as const, id })),
    })
    return this.take(answer).messages.filter(message => message.chat === chat)
  }

  private async ask(chat: ChatId, { offsetId, addOffset, limit, offsetDate = 0 }: Ask): Promise<Page> {
    const answer = await this.caller.call({
      _: 'messages.getHistory',
      peer: this.model.peers.peer(chat),
      offsetId,
      offsetDate,
      addOffset,
      limit,
      maxId: 0,
      minId: 0,
      hash: Long.ZERO,
    })
    return this.take(answer)
  }

  /** An answer with messages: its people are learnt, its messages turned oldest first. */
  take(answer: tl.messages.TypeMessages): Page {
    if (answer._ === 'messages.messagesNotModified') throw new Failure('INTERNAL')
    this.model.learn(peopleOf(answer.users, answer.chats))
    const messages = messagesOf(answer.messages, this.model.me).reverse()
    const total = 'count' in answer ? answer.count : messages.length
    return { messages, older: false, newer: false, total }
  }
}
