// One history window: a stretch of a chat that can be moved and lengthened at both ends, and that follows events.

import { type Accessor, batch, createSignal, type Setter, untrack } from 'solid-js'
import { createStore, produce, type SetStoreFunction, unwrap } from 'solid-js/store'
import { asFailure } from '../client'
import type { HistoryWindow } from '../engine'
import type { Event } from '../events'
import { DURING_EVENTS, PAGE_MESSAGES, WINDOW_MESSAGES } from '../limits'
import type { ChatId, Message, MessageId } from '../types'
import { ends, joined, sorted, trimmed } from './line'
import type { Loader, Page } from './loader'

interface WindowState {
  older: boolean
  newer: boolean
  loading: HistoryWindow['loading']
  failure?: string
  total: number
  anchor: HistoryWindow['anchor']
  unreadFrom: MessageId
}

/** How to change each message that is shown. */
const cells = new WeakMap<Message, SetStoreFunction<Message>>()

/**
 * A message as a window shows it: a small store of its own. One store over the whole row would be walked through, message by message
 * and field by field, whenever the row changes.
 */
function shownOf(message: Message): Message {
  if (cells.has(message)) return message
  const [shown, set] = createStore<Message>({ ...unwrap(message) })
  cells.set(shown, set)
  return shown
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
  private readonly row: Accessor<Message[]>
  private readonly setRow: Setter<Message[]>
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
    const [row, setRow] = createSignal<Message[]>([])
    this.row = row
    this.setRow = setRow
    const [state, set] = createStore<WindowState>({
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
    return this.row()
  }
  /** The row, without following it. */
  private get present(): Message[] {
    return untrack(this.row)
  }
  private put(row: Message[]): void {
    this.setRow(row.map(shownOf))
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

  /** Somebody comes back to a window that was kept warm: it stands where a new one would. */
  reopen(): void {
    const { count, readInbox } = this.around.unread()
    if (this.state.loading === 'around') return
    if (this.state.newer || this.state.failure || !this.present.length) {
      void (count > 0 ? this.open() : this.goToEnd())
      return
    }
    const first = count > 0 ? this.present.find(message => !message.out && message.id > readInbox) : undefined
    batch(() => {
      this.set('unreadFrom', first?.id ?? 0)
      this.anchorAt(first ? { message: first.id, at: 'unread' } : { at: 'end' })
    })
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
    const edge = ends(this.present)
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
      const all = joined(this.present, page.messages)
      const { messages, cut } = trimmed(all, WINDOW_MESSAGES, end === 'older' ? 'new' : 'old')
      this.put(messages)
      if (end === 'older') this.set({ older: page.older, newer: this.state.newer || cut })
      else this.set({ newer: page.newer, older: this.state.older || cut })
      if (page.total) this.set('total', page.total)
      if (end === 'newer' && !page.newer) this.appendWaiting()
    })
    this.around.replies(page.messages)
  }

  async goTo(message: MessageId): Promise<boolean> {
    if (!this.present.some(one => one.id === message)) {
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
    if (this.state.newer || !this.present.length) {
      await this.refill(
        () => this.around.loader.newest(this.chat, page => this.fill(page)),
        page => this.fill(page),
      )
    }
    this.anchorAt({ at: 'end' })
  }

  /** Reads the end again, because what is here may have holes. */
  async refresh(): Promise<void> {
    const first = ends(this.present)?.first ?? 0
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
    const present = new Map(this.present.map(message => [message.id, message]))
    const messages = page.messages.map(message => {
      const before = present.get(message.id)
      if (!before || message.id === 0) return message
      this.replace(before, message)
      return before
    })
    this.put(messages)
    this.set({ older: page.older, newer: page.newer })
    const { total } = this.state
    if (!page.newer) this.appendWaiting()
    for (const event of this.during) this.applyOne(event)
    // What was applied again was counted before.
    const known = this.present.filter(message => message.id !== 0).length
    this.set('total', page.total ? Math.max(page.total, known) : total)
    this.around.replies(page.messages)
  }

  private appendWaiting(): void {
    const present = new Set(this.present.map(message => message.key))
    const waiting = this.around.waiting().filter(message => !present.has(message.key))
    if (waiting.length) this.put(sorted([...this.present, ...waiting]))
  }

  private anchorAt(place: { message?: MessageId; at: HistoryWindow['anchor']['at'] }): void {
    this.set('anchor', { serial: this.state.anchor.serial + 1, message: place.message, at: place.at })
  }

  // ------------------------------------------------------------ events

  apply(event: Event): void {
    if (this.state.loading === 'around' && event.kind !== 'tooLong' && this.during.length < DURING_EVENTS)
      this.during.push(event)
    untrack(() => this.applyOne(event))
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
        this.quoted(event.ids, { text: '', deleted: true })
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
    const last = ends(this.present)?.last ?? 0
    // A window that is not filled yet gets it after its first page.
    if (this.state.anchor.serial === 0 && this.state.loading) return
    if (this.present.some(one => one.id === message.id)) return
    batch(() => {
      const all = joined(this.present, [message])
      const { messages, cut } = trimmed(all, WINDOW_MESSAGES, 'old')
      this.put(messages)
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
    if (this.present.some(one => one.key === message.key)) {
      this.change(one => one.key === message.key, { ...message, failure: undefined })
      return
    }
    batch(() => {
      this.set('unreadFrom', 0)
      const { messages, cut } = trimmed([...this.present, message], WINDOW_MESSAGES, 'old')
      this.put(messages)
      if (cut) this.set('older', true)
    })
    this.around.replies([message])
  }

  private sent(key: string, message: Message): void {
    if (message.chat !== this.chat) return
    const present = this.present
    const pending = present.find(one => one.key === key)
    if (!pending) return this.arrived(message)
    batch(() => {
      this.replace(pending, { ...message, key })
      // Its other self may have come by another road meanwhile.
      const rest = present.filter(one => one === pending || one.id !== message.id)
      this.put(sorted(rest))
      if (this.state.total) this.set('total', this.state.total + 1)
    })
  }

  private edited(message: Message): void {
    if (message.chat !== this.chat) return
    this.quoted([message.id], { text: message.text, deleted: false })
    const before = this.present.find(one => one.id === message.id)
    if (!before) return
    this.replace(before, { ...message, key: before.key })
    this.around.replies([message])
  }

  /** What replies show of these messages is not so any more. */
  private quoted(ids: MessageId[], change: { text: string; deleted: boolean }): void {
    for (const message of this.present) {
      const { reply } = message
      if (!reply?.preview || reply.chat || !ids.includes(reply.id)) continue
      cells.get(message)?.({ reply: { ...unwrap(reply), preview: { ...unwrap(reply.preview), ...change } } })
    }
  }

  /** Changes in place: what lists hold by reference stays the same thing. */
  private replace(before: Message, next: Message): void {
    const write = produce((message: Message) => {
      const preview = message.reply?.preview
      for (const name of Object.keys(message) as (keyof Message)[])
        if (!(name in next) && name !== 'key') delete message[name]
      Object.assign(message, { ...next, key: before.key })
      if (preview && message.reply && !message.reply.preview) message.reply = { ...message.reply, preview }
    })
    cells.get(before)?.(write)
  }

  change(is: (message: Message) => boolean, change: Partial<Message>): void {
    batch(() => {
      for (const message of this.present) if (untrack(() => is(message))) cells.get(message)?.(change)
    })
  }

  private remove(is: (message: Message) => boolean): void {
    const present = this.present
    const rest = present.filter(message => !is(message))
    if (rest.length === present.length) return
    batch(() => {
      this.put(rest)
      if (this.state.total) this.set('total', Math.max(rest.length, this.state.total - (present.length - rest.length)))
    })
    // A window that lost everything looks again for what is before it.
    if (!rest.length && (this.state.older || this.state.newer)) void this.refresh()
  }
}
