// One history window: a stretch of a chat that can be moved and lengthened at both ends, and that follows events.

import { batch } from 'solid-js'
import { createStore, produce, type SetStoreFunction, unwrap } from 'solid-js/store'
import { asFailure } from '../client'
import type { HistoryWindow } from '../engine'
import type { Event } from '../events'
import { DURING_EVENTS, PAGE_MESSAGES, WINDOW_MESSAGES } from '../limits'
import type { ChatId, Message, MessageId } from '../types'
import { ends, joined, sorted, trimmed } from './line'
import type { Loader, Page } from './loader'

interface WindowState {
  messages: Message[]
  older: boolean
  newer: boolean
  loading: HistoryWindow['loading']
  failure?: string
  total: number
  anchor: HistoryWindow['anchor']
  unreadFrom: MessageId
}

/** What a window needs to know of its chat when it opens. */
export interface Surroundings {
  loader: Loader
  /** Messages of this chat that wait to be sent. */
  waiting(): Message[]
  unread(): { count: number; readInbox: MessageId }
  /** Replies of these messages want their originals. */
  replies(messages: Message[]): void
}

export class ChatWindow implements HistoryWindow {
  private readonly state: WindowState
  private readonly set: SetStoreFunction<WindowState>
  private running: { older?: Promise<void>; newer?: Promise<void> } = {}
  /** Counts moves: what was asked for before a move is not put into the moved window. */
  private move = 0
  /** What happened while a page was on its way: it may be older than that. */
  private during: Event[] = []
  retained = 0

  constructor(
    readonly chat: ChatId,
    private readonly around: Surroundings,
  ) {
    const [state, set] = createStore<WindowState>({
      messages: [],
      older: true,
      newer: false,
      loading: undefined,
      total: 0,
      anchor: { serial: 0, at: 'end' },
      unreadFrom: 0,
    })
    this.state = state
    this.set = set
  }

  get messages(): readonly Message[] {
    return this.state.messages
  }
  get older(): boolean {
    return this.state.older
  }
  get newer(): boolean {
    return this.state.newer
  }
  get loading(): HistoryWindow['loading'] {
    return this.state.loading
  }
  get failure(): string | undefined {
    return this.state.failure
  }
  get total(): number {
    return this.state.total
  }
  get anchor(): HistoryWindow['anchor'] {
    return this.state.anchor
  }
  get unreadFrom(): MessageId {
    return this.state.unreadFrom
  }

  /** The first filling: at the first unread message if there are any, else at the end. */
  async open(): Promise<void> {
    const { count, readInbox } = this.around.unread()
    const { loader } = this.around
    await this.refill(
      async () => {
        if (count > PAGE_MESSAGES / 2 && readInbox > 0) return loader.around(this.chat, readInbox)
        return loader.newest(this.chat, early => this.show(early, count, readInbox))
      },
      page => this.show(page, count, readInbox),
    )
  }

  /** Opened again after it was let go: stands at what is unread now, or at the end, as at the first opening. */
  async reopen(): Promise<void> {
    const { count, readInbox } = this.around.unread()
    if (!this.messages.length || (count > 0 && this.newer)) return this.open()
    const first = count > 0 ? this.messages.find(message => !message.out && message.id > readInbox) : undefined
    this.set('unreadFrom', first?.id ?? 0)
    if (first) this.anchorAt({ message: first.id, at: 'unread' })
    else await this.goToEnd()
  }

  private show(page: Page, unread: number, readInbox: MessageId): void {
    const first = unread > 0 ? page.messages.find(message => !message.out && message.id > readInbox) : undefined
    const isFirst = this.state.anchor.serial === 0
    batch(() => {
      if (isFirst && !first) this.anchorAt({ at: 'end' })
      else if (first && this.state.anchor.message !== first.id) this.anchorAt({ message: first.id, at: 'unread' })
      this.set('unreadFrom', first?.id ?? 0)
      this.fill(page)
    })
  }

  loadOlder(): Promise<void> {
    if (!this.state.older) return Promise.resolve()
    this.running.older ??= this.lengthen('older').finally(() => {
      this.running.older = undefined
    })
    return this.running.older
  }

  loadNewer(): Promise<void> {
    if (!this.state.newer) return Promise.resolve()
    this.running.newer ??= this.lengthen('newer').finally(() => {
      this.running.newer = undefined
    })
    return this.running.newer
  }

  private async lengthen(end: 'older' | 'newer'): Promise<void> {
    const edge = ends(this.state.messages)
    if (!edge) return this.open()
    const move = this.move
    this.set({ loading: end, failure: undefined })
    try {
      const { loader } = this.around
      const page =
        end === 'older' ? await loader.older(this.chat, edge.first) : await loader.newer(this.chat, edge.last)
      if (move === this.move) this.add(page, end)
    } catch (error) {
      if (move === this.move) this.set('failure', asFailure(error).code)
    } finally {
      if (move === this.move) this.set('loading', undefined)
    }
  }

  private add(page: Page, end: 'older' | 'newer'): void {
    batch(() => {
      const all = joined(unwrap(this.state.messages), page.messages)
      const { messages, cut } = trimmed(all, WINDOW_MESSAGES, end === 'older' ? 'new' : 'old')
      this.set('messages', messages)
      if (end === 'older') this.set({ older: page.older, newer: this.state.newer || cut })
      else this.set({ newer: page.newer, older: this.state.older || cut })
      if (page.total) this.set('total', page.total)
      if (end === 'newer' && !page.newer) this.appendWaiting()
    })
    this.around.replies(page.messages)
  }

  async goTo(message: MessageId): Promise<boolean> {
    if (!this.state.messages.some(one => one.id === message)) {
      let found = false
      await this.refill(
        () => this.around.loader.around(this.chat, message),
        page => {
          found = page.messages.some(one => one.id === message)
          if (found) this.fill(page)
        },
      )
      if (!found) return false
    }
    this.anchorAt({ message, at: 'message' })
    return true
  }

  async goToDate(at: number): Promise<void> {
    await this.refill(
      () => this.around.loader.atDate(this.chat, at),
      page => {
        this.fill(page)
        const first = page.messages.find(message => message.at >= at) ?? page.messages.at(-1)
        this.anchorAt(first ? { message: first.id, at: 'message' } : { at: 'end' })
      },
    )
  }

  async goToEnd(): Promise<void> {
    if (this.state.newer || !this.state.messages.length) {
      await this.refill(
        () => this.around.loader.newest(this.chat, page => this.fill(page)),
        page => this.fill(page),
      )
    }
    this.anchorAt({ at: 'end' })
  }

  /** Reads the end again, because what is here may have holes. */
  async refresh(): Promise<void> {
    const first = ends(this.state.messages)?.first ?? 0
    const isAtEnd = !this.state.newer
    await this.refill(
      () => (isAtEnd ? this.around.loader.newest(this.chat) : this.around.loader.around(this.chat, first)),
      page => this.fill(page),
    )
  }

  private async refill(load: () => Promise<Page>, take: (page: Page) => void): Promise<void> {
    this.move++
    this.during = []
    const move = this.move
    this.set({ loading: 'around', failure: undefined })
    try {
      const page = await load()
      if (move === this.move) batch(() => take(page))
    } catch (error) {
      if (move === this.move) this.set('failure', asFailure(error).code)
    } finally {
      if (move === this.move) {
        this.set('loading', undefined)
        this.during = []
      }
    }
  }

  /** The window is this page. Messages that were here keep their identity. */
  private fill(page: Page): void {
    const present = new Map(unwrap(this.state.messages).map(message => [message.id, message]))
    const messages = page.messages.map(message => {
      const before = present.get(message.id)
      if (!before || message.id === 0) return message
      this.replace(before, message)
      return before
    })
    this.set({ messages, older: page.older, newer: page.newer })
    if (page.total) this.set('total', page.total)
    if (!page.newer) this.appendWaiting()
    for (const event of this.during) this.applyOne(event)
    this.around.replies(page.messages)
  }

  private appendWaiting(): void {
    const present = new Set(this.state.messages.map(message => message.key))
    const waiting = this.around.waiting().filter(message => !present.has(message.key))
    if (waiting.length) this.set('messages', sorted([...unwrap(this.state.messages), ...waiting]))
  }

  private anchorAt(place: { message?: MessageId; at: HistoryWindow['anchor']['at'] }): void {
    this.set('anchor', { serial: this.state.anchor.serial + 1, message: place.message, at: place.at })
  }

  // ------------------------------------------------------------ events

  apply(event: Event): void {
    if (this.state.loading === 'around' && event.kind !== 'tooLong' && this.during.length < DURING_EVENTS)
      this.during.push(event)
    this.applyOne(event)
  }

  private applyOne(event: Event): void {
    switch (event.kind) {
      case 'new':
        return this.arrived(event.message)
      case 'queued':
        return this.queued(event.message)
      case 'sent':
        return this.sent(event.key, event.message)
      case 'failed':
        return this.change(message => message.key === event.key, { state: 'failed', failure: event.failure })
      case 'discarded':
        return this.remove(message => message.key === event.key)
      case 'changed':
        return this.edited(event.message)
      case 'removed': {
        const ids = new Set(event.ids)
        return this.remove(message => ids.has(message.id))
      }
      case 'cleared':
        if (event.chat === this.chat) this.remove(message => message.id !== 0 && message.id <= event.upTo)
        return
      case 'contentRead': {
        const ids = new Set(event.ids)
        return this.change(message => ids.has(message.id), { contentUnread: false })
      }
      case 'messagesPinned': {
        const ids = new Set(event.ids)
        return this.change(message => ids.has(message.id), { pinned: event.pinned })
      }
      case 'tooLong':
        void this.refresh()
        return
      default:
    }
  }

  private arrived(message: Message): void {
    if (message.chat !== this.chat || this.state.newer) return
    const last = ends(this.state.messages)?.last ?? 0
    // A window that is not filled yet gets it after its first page.
    if (this.state.anchor.serial === 0 && this.state.loading) return
    if (this.state.messages.some(one => one.id === message.id)) return
    batch(() => {
      const all = joined(unwrap(this.state.messages), [message])
      const { messages, cut } = trimmed(all, WINDOW_MESSAGES, 'old')
      this.set('messages', messages)
      if (cut) this.set('older', true)
      if (message.id > last && this.state.total) this.set('total', this.state.total + 1)
    })
    this.around.replies([message])
  }

  private queued(message: Message): void {
    if (message.chat !== this.chat) return
    if (this.state.newer) {
      void this.goToEnd()
      return
    }
    if (this.state.messages.some(one => one.key === message.key)) {
      this.change(one => one.key === message.key, { ...message, failure: undefined })
      return
    }
    this.set('messages', [...unwrap(this.state.messages), message])
    this.around.replies([message])
  }

  private sent(key: string, message: Message): void {
    if (message.chat !== this.chat) return
    const present = unwrap(this.state.messages)
    const pending = present.find(one => one.key === key)
    if (!pending) return this.arrived(message)
    batch(() => {
      this.replace(pending, { ...message, key })
      // Its other self may have come by another road meanwhile.
      const rest = present.filter(one => one === pending || one.id !== message.id)
      this.set('messages', sorted(rest))
      if (this.state.total) this.set('total', this.state.total + 1)
    })
  }

  private edited(message: Message): void {
    if (message.chat !== this.chat) return
    const before = unwrap(this.state.messages).find(one => one.id === message.id)
    if (!before) return
    this.replace(before, { ...message, key: before.key })
    this.around.replies([message])
  }

  /** Changes in place: what lists hold by reference stays the same thing. */
  private replace(before: Message, next: Message): void {
    const index = unwrap(this.state.messages).indexOf(before)
    const write = produce((message: Message) => {
      const preview = message.reply?.preview
      for (const name of Object.keys(message) as (keyof Message)[])
        if (!(name in next) && name !== 'key') delete message[name]
      Object.assign(message, { ...next, key: before.key })
      if (preview && message.reply && !message.reply.preview) message.reply = { ...message.reply, preview }
    })
    if (index >= 0) this.set('messages', index, write)
    else write(before)
  }

  change(is: (message: Message) => boolean, change: Partial<Message>): void {
    batch(() => this.set('messages', is, change as Message))
  }

  private remove(is: (message: Message) => boolean): void {
    const present = unwrap(this.state.messages)
    const rest = present.filter(message => !is(message))
    if (rest.length === present.length) return
    batch(() => {
      this.set('messages', rest)
      if (this.state.total) this.set('total', Math.max(rest.length, this.state.total - (present.length - rest.length)))
    })
    // A window that lost everything looks again for what is before it.
    if (!rest.length && (this.state.older || this.state.newer)) void this.refresh()
  }
}
