// The state that screens read, and how events change it. Everything here is synchronous and knows no server: whoever applies an
// event has it already. Changes are handed to the keeper as they happen.

import { batch } from 'solid-js'
import { createStore, produce, reconcile, type SetStoreFunction, unwrap } from 'solid-js/store'
import type { Keeper } from './cache/keeper'
import type { EngineState } from './engine'
import type { Event } from './events'
import { CHATS, TYPING_SHOWN_MS } from './limits'
import type { Chat, ChatId, Connection, Message, MessageId, Person, PersonId, Session, Typing } from './types'
import type { Peers } from './wire/ids'
import { emptyChat } from './wire/messages'
import type { KnownPerson } from './wire/people'

type Writable<T> = { -readonly [K in keyof T]: T[K] }
export interface ModelState extends Writable<Omit<EngineState, 'people' | 'chats' | 'typing' | 'order' | 'archive'>> {
  people: Record<PersonId, Person | undefined>
  chats: Record<ChatId, Chat | undefined>
  typing: Record<ChatId, Typing[] | undefined>
  order: ChatId[]
  archive: ChatId[]
}

export function emptyState(): ModelState {
  return {
    session: { step: 'connecting' },
    connection: { state: 'connecting' },
    people: {},
    chats: {},
    order: [],
    archive: [],
    orderComplete: false,
    typing: {},
    unreadTotal: 0,
    newBuild: false,
    withheld: [],
  }
}

export class Model {
  readonly state: ModelState
  readonly set: SetStoreFunction<ModelState>
  /** The order of pinned chats; a chat's `pinned` says the same in short. */
  private pins: ChatId[] = []
  /** The newest message of each chat that its unread count knows of. */
  private readonly counted = new Map<ChatId, MessageId>()
  private isDisordered = false
  private readonly typingEnds = new Map<string, ReturnType<typeof setTimeout>>()
  /** Called when a chat lost its last message and the one before has to be found. */
  onLastLost: (chat: ChatId) => void = () => {}

  constructor(
    readonly peers: Peers,
    private readonly keeper: Keeper,
  ) {
    const [state, set] = createStore<ModelState>(emptyState())
    this.state = state
    this.set = set
  }

  get me(): PersonId {
    return this.peers.me ?? ''
  }

  /** The message at the end of a chat, 0 if none is known. */
  newest(chat: ChatId): number {
    return this.state.chats[chat]?.last?.id ?? 0
  }

  session(session: Session): void {
    this.set('session', reconcile(session))
  }

  connection(connection: Connection): void {
    this.set('connection', reconcile(connection))
  }

  apply(event: Event): void {
    batch(() => this.applyOne(event))
  }

  private applyOne(event: Event): void {
    switch (event.kind) {
      case 'people':
        return this.learn(event.people)
      case 'new':
        return this.arrived(event.message)
      case 'queued':
        return this.queued(event.message)
      case 'sent':
        return this.sent(event.key, event.message)
      case 'failed':
        return this.changeLast(event.chat, last => last.key === event.key, { state: 'failed', failure: event.failure })
      case 'discarded':
        return this.lostLast(event.chat, last => last.key === event.key)
      case 'changed':
        return this.changeLast(event.message.chat, last => last.id === event.message.id, event.message)
      case 'removed':
        return this.removed(new Set(event.ids))
      case 'cleared':
        return this.cleared(event.chat, event.upTo, event.remove)
      case 'readInbox':
        return this.change(event.chat, {
          readInbox: Math.max(event.upTo, this.state.chats[event.chat]?.readInbox ?? 0),
          unread: event.unread,
          unreadMark: false,
        })
      case 'readOutbox':
        return this.change(event.chat, {
          readOutbox: Math.max(event.upTo, this.state.chats[event.chat]?.readOutbox ?? 0),
        })
      case 'chat':
        return this.change(event.chat, event.change)
      case 'pinnedOrder':
        return this.pinned(event.order)
      case 'presence':
        return this.presence(event.person, event)
      case 'typing':
        return this.typing(event.chat, event.person, event.action)
      default:
    }
  }

  // ------------------------------------------------------------ people

  learn(people: KnownPerson[]): void {
    for (const known of people) {
      const before = this.state.people[known.person.id]
      if (known.partial && before) continue
      if (known.accessHash !== undefined && !known.partial) this.peers.set(known.person.id, known.accessHash)
      this.set('people', known.person.id, before ? replacing(before, known.person) : known.person)
      this.keepPerson(known.person.id)
    }
  }

  private presence(id: PersonId, { presence }: { presence: Person['presence'] }): void {
    if (!this.state.people[id]) return
    // Replaced whole: merging would leave 'until' beside 'at'.
    this.set(
      'people',
      id,
      produce((person: Person | undefined) => {
        if (person) person.presence = presence
      }),
    )
    this.keepPerson(id)
  }

  changePerson(id: PersonId, change: Partial<Person>): void {
    if (!this.state.people[id]) return
    this.set('people', id, change as Person)
    this.keepPerson(id)
  }

  private keepPerson(id: PersonId): void {
    const person = this.state.people[id]
    if (person) this.keeper.put('people', id, { person: unwrap(person), accessHash: this.peers.hash(id) })
  }

  // ------------------------------------------------------------ chats

  /** Chats as a page of the list tells them. What waits here unsent stays their last message. */
  putChats(chats: Chat[]): void {
    batch(() => {
      for (const chat of chats) {
        const before = this.state.chats[chat.id]
        const waiting = before?.last?.id === 0 ? before.last : undefined
        const merged: Chat = { ...chat, blocked: chat.blocked || (before?.blocked ?? false) }
        if (waiting) Object.assign(merged, { last: unwrap(waiting), sortAt: Math.max(chat.sortAt, waiting.at) })
        if (merged.pinned && !this.pins.includes(chat.id)) this.pins.push(chat.id)
        if (!merged.pinned) this.pins = this.pins.filter(id => id !== chat.id)
        this.counted.set(chat.id, Math.max(this.counted.get(chat.id) ?? 0, chat.last?.id ?? 0))
        this.set('chats', chat.id, before ? replacing(before, merged) : merged)
        this.keepChat(chat.id)
      }
      this.arrange()
    })
  }

  /** The chat, made if it is not there. */
  ensure(id: ChatId): Chat {
    const present = this.state.chats[id]
    if (present) return present
    this.set('chats', id, emptyChat(id, this.me))
    return this.state.chats[id] as Chat
  }

  change(id: ChatId, change: Partial<Chat>): void {
    if (!this.state.chats[id] && change.draft === undefined && change.pinned !== true) return
    this.ensure(id)
    if (change.pinned !== undefined) this.pin(id, change.pinned)
    const next: Partial<Chat> = { ...change }
    if ('draft' in change) {
      const last = this.state.chats[id]?.last?.at ?? 0
      next.sortAt = Math.max(last, change.draft?.at ?? 0)
      if (change.draft && last === 0) next.listed = true
    }
    this.set(
      'chats',
      id,
      produce((chat: Chat | undefined) => chat && Object.assign(chat, next)),
    )
    this.keepChat(id)
    this.arrange()
  }

  private pin(id: ChatId, pinned: boolean): void {
    this.pins = this.pins.filter(other => other !== id)
    if (pinned) this.pins.unshift(id)
  }

  private pinned(order: ChatId[]): void {
    const was = this.pins
    this.pins = [...order]
    for (const id of new Set([...was, ...order])) {
      const pinned = order.includes(id)
      if (this.state.chats[id] && this.state.chats[id]?.pinned !== pinned) this.set('chats', id, { pinned } as Chat)
      this.keepChat(id)
    }
    this.arrange()
  }

  forgetChat(id: ChatId): void {
    this.pins = this.pins.filter(other => other !== id)
    this.set(
      'chats',
      id,
      produce((chat: Chat | undefined) => {
        if (!chat) return
        chat.listed = false
        chat.pinned = false
        chat.last = undefined
        chat.unread = 0
      }),
    )
    this.keeper.remove('chats', id)
    this.arrange()
  }

  keepChat(id: ChatId): void {
    const chat = this.state.chats[id]
    if (!chat?.listed) return
    const { last, ...rest } = unwrap(chat)
    const kept: Chat & { pinnedAt?: number } = { ...rest }
    if (last && last.id !== 0) kept.last = unwrap(last)
    if (chat.pinned) kept.pinnedAt = this.pins.indexOf(id)
    this.keeper.put('chats', id, kept)
  }

  /** Sorts the lists anew and counts, once for all events of this moment. */
  arrange(): void {
    if (this.isDisordered) return
    this.isDisordered = true
    queueMicrotask(() => batch(() => this.arrangeNow()))
  }

  arrangeNow(): void {
    this.isDisordered = false
    const listed = Object.values(unwrap(this.state.chats)).filter((chat): chat is Chat => chat?.listed === true)
    const place = new Map(this.pins.map((id, at) => [id, at]))
    const rank = (chat: Chat) => (chat.pinned ? (place.get(chat.id) ?? this.pins.length) : Number.MAX_SAFE_INTEGER)
    listed.sort((one, other) => rank(one) - rank(other) || other.sortAt - one.sortAt || (one.id < other.id ? -1 : 1))
    this.reorder('order', listed.filter(chat => !chat.archived).slice(0, CHATS))
    this.reorder('archive', listed.filter(chat => chat.archived).slice(0, CHATS))
    let unread = 0
    const now = Date.now() / 1000
    for (const chat of listed)
      if (!chat.archived && chat.mutedUntil <= now) unread += chat.unread || Number(chat.unreadMark)
    this.set('unreadTotal', unread)
  }

  private reorder(list: 'order' | 'archive', chats: Chat[]): void {
    const next = chats.map(chat => chat.id)
    const before = unwrap(this.state[list])
    if (before.length === next.length && before.every((id, at) => id === next[at])) return
    this.set(list, next)
  }

  // ------------------------------------------------------------ messages, as far as the list shows them

  private arrived(message: Message): void {
    const chat = this.ensure(message.chat)
    const change: Partial<Chat> = {}
    const last = chat.last
    // One that waits here stays at the end of the list until it is sent.
    if (!last || (last.id !== 0 && last.id < message.id)) {
      Object.assign(change, { last: message, sortAt: Math.max(message.at, chat.draft?.at ?? 0), listed: true })
    }
    if (message.out) {
      if (!chat.saved && chat.unreadMark) change.unreadMark = false
    } else if (message.id > Math.max(chat.readInbox, this.counted.get(chat.id) ?? 0)) {
      change.unread = chat.unread + 1
      if (message.mentioned && message.contentUnread) change.unreadMentions = chat.unreadMentions + 1
      this.typing(message.chat, message.from, undefined)
    }
    this.counted.set(chat.id, Math.max(this.counted.get(chat.id) ?? 0, message.out ? 0 : message.id))
    if (Object.keys(change).length) this.change(message.chat, change)
  }

  private queued(message: Message): void {
    this.ensure(message.chat)
    this.change(message.chat, { last: message, sortAt: message.at, listed: true })
  }

  private sent(key: string, message: Message): void {
    const chat = this.ensure(message.chat)
    const isLast = chat.last === undefined || chat.last.key === key || (chat.last.id !== 0 && chat.last.id < message.id)
    if (isLast) this.change(message.chat, { last: { ...message, key }, sortAt: message.at, listed: true })
  }

  private changeLast(id: ChatId, is: (last: Message) => boolean, change: Partial<Message>): void {
    const last = this.state.chats[id]?.last
    if (!last || !is(last)) return
    const { key: _, ...rest } = change
    this.change(id, { last: { ...unwrap(last), ...rest } })
  }

  private lostLast(id: ChatId, is: (last: Message) => boolean): void {
    const last = this.state.chats[id]?.last
    if (!last || !is(last)) return
    this.change(id, { last: undefined })
    this.onLastLost(id)
  }

  private removed(ids: ReadonlySet<number>): void {
    for (const chat of Object.values(this.state.chats)) {
      const last = chat?.last
      if (!chat || !last || !ids.has(last.id)) continue
      this.lostLast(chat.id, () => true)
    }
  }

  private cleared(id: ChatId, upTo: number, remove: boolean): void {
    const chat = this.state.chats[id]
    if (!chat) return
    const isEmpty = (chat.last?.id ?? 0) <= upTo
    if (remove && isEmpty) this.forgetChat(id)
    else if (isEmpty) this.change(id, { last: undefined, unread: 0, unreadMentions: 0 })
  }

  // ------------------------------------------------------------ typing

  private typing(chat: ChatId, person: PersonId, action: Typing['action'] | undefined): void {
    const name = `${chat} ${person}`
    clearTimeout(this.typingEnds.get(name))
    this.typingEnds.delete(name)
    const others = (this.state.typing[chat] ?? []).filter(one => one.person !== person)
    if (!action) {
      if (this.state.typing[chat]) this.set('typing', chat, others.length ? others : undefined)
      return
    }
    this.set('typing', chat, [...others, { person, action }])
    this.typingEnds.set(
      name,
      setTimeout(() => this.typing(chat, person, undefined), TYPING_SHOWN_MS),
    )
  }

  /** Everything of an account, away. */
  clear(): void {
    for (const timer of this.typingEnds.values()) clearTimeout(timer)
    this.typingEnds.clear()
    this.pins = []
    this.counted.clear()
    this.peers.clear()
    const { session, connection, server, newBuild, withheld } = this.state
    batch(() => {
      this.set(
        produce(state => {
          for (const name of ['people', 'chats', 'typing'] as const) state[name] = {}
          Object.assign(state, {
            ...emptyState(),
            session,
            connection,
            server,
            newBuild,
            withheld,
            contacts: undefined,
          })
        }),
      )
    })
  }

  /** Pins as the cache or the server has them. */
  restorePins(order: ChatId[]): void {
    this.pins = order
  }
}

/** The next value with every field that the former one had and this has not set to undefined: a store only merges. */
function replacing<T extends object>(before: T, next: T): T {
  const gone = Object.keys(unwrap(before)).filter(name => !(name in next))
  return { ...Object.fromEntries(gone.map(name => [name, undefined])), ...next } as T
}
