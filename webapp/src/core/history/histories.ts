// All history windows of this tab, what is seen in them, and what is looked up around them.

import Long from 'long'
import { untrack } from 'solid-js'
import { unwrap } from 'solid-js/store'
import type { Caller } from '../client'
import type { HistoryActions, HistoryWindow } from '../engine'
import type { Event } from '../events'
import { PAGE_FOUND, REPLIES, SEEN_MS, WINDOWS } from '../limits'
import type { Model } from '../model'
import type { Sync } from '../sync'
import { type ChatId, Failure, type Message, type MessageId, type PersonId, type Reply } from '../types'
import type { Loader } from './loader'
import type { Stretches } from './stretches'
import { ChatWindow } from './window'

export interface HistoriesPort {
  caller: Caller
  model: Model
  sync: Sync
  loader: Loader
  stretches: Stretches
  waiting(chat: ChatId): Message[]
}

type Kind = 'photo' | 'video' | 'file' | 'voice' | 'link' | 'pinned'
const FILTERS = {
  photo: 'inputMessagesFilterPhotos',
  video: 'inputMessagesFilterVideo',
  file: 'inputMessagesFilterDocument',
  voice: 'inputMessagesFilterVoice',
  link: 'inputMessagesFilterUrl',
  pinned: 'inputMessagesFilterPinned',
} as const

export class Histories implements HistoryActions {
  /** The one used last is the last one. */
  private readonly windows = new Map<ChatId, ChatWindow>()
  private readonly seenUpTo = new Map<ChatId, MessageId>()
  private seenTimer?: ReturnType<typeof setTimeout>

  constructor(private readonly port: HistoriesPort) {}

  window(chat: ChatId, at?: MessageId): HistoryWindow {
    let window = this.windows.get(chat)
    this.windows.delete(chat)
    if (!window) {
      window = this.make(chat)
      // A window that begins elsewhere needs no end first.
      if (at === undefined) void window.open()
    } else if (at === undefined && window.retained === 0) untrack(() => window?.reopen())
    this.windows.set(chat, window)
    if (at !== undefined) void this.openAt(window, at)
    this.dropOld()
    return window
  }

  private async openAt(window: ChatWindow, at: MessageId): Promise<void> {
    if (!(await window.goTo(at)) && !window.messages.length) await window.open()
  }

  private make(chat: ChatId): ChatWindow {
    void this.port.stretches.trim(chat)
    return new ChatWindow(chat, {
      loader: this.port.loader,
      waiting: () => this.port.waiting(chat),
      unread: () => {
        const known = this.port.model.state.chats[chat]
        return { count: known?.unread ?? 0, readInbox: known?.readInbox ?? 0 }
      },
      replies: messages => void this.fillReplies(chat, messages),
    })
  }

  retain(window: HistoryWindow): () => void {
    const held = window as ChatWindow
    held.retained++
    let isHeld = true
    return () => {
      if (isHeld) held.retained--
      isHeld = false
      this.dropOld()
    }
  }

  private dropOld(): void {
    const idle = [...this.windows.values()].filter(window => window.retained === 0)
    for (const window of idle.slice(0, Math.max(0, idle.length - WINDOWS))) this.windows.delete(window.chat)
  }

  apply(event: Event): void {
    for (const window of this.windows.values()) window.apply(event)
  }

  /** Changes fields of messages that only this tab knows, such as an upload's progress. */
  change(chat: ChatId, is: (message: Message) => boolean, change: (message: Message) => Partial<Message>): void {
    const window = this.windows.get(chat)
    const message = window?.messages.find(is)
    if (message) window?.change(one => one.key === message.key, change(message))
  }

  /** Messages on their way, in the windows of this tab. */
  sending(): Message[] {
    return [...this.windows.values()].flatMap(window => window.messages.filter(message => message.state === 'sending'))
  }

  /** Windows that could not be filled while the connection was away are filled now. */
  refreshFailed(): void {
    for (const window of this.windows.values()) if (window.failure) void window.refresh()
  }

  clear(): void {
    this.windows.clear()
    this.seenUpTo.clear()
    clearTimeout(this.seenTimer)
    this.seenTimer = undefined
  }

  // ------------------------------------------------------------ seen

  seen(chat: ChatId, upTo: MessageId): void {
    const known = this.port.model.state.chats[chat]
    if (!known || upTo <= Math.max(known.readInbox, this.seenUpTo.get(chat) ?? 0)) {
      if (!known?.unreadMark) return
    }
    this.seenUpTo.set(chat, upTo)
    this.seenTimer ??= setTimeout(() => {
      this.seenTimer = undefined
      const all = [...this.seenUpTo]
      this.seenUpTo.clear()
      for (const [one, last] of all) void this.tellSeen(one, last)
    }, SEEN_MS)
  }

  private async tellSeen(chat: ChatId, upTo: MessageId): Promise<void> {
    const { caller, model, sync } = this.port
    try {
      const affected = await caller.call({ _: 'messages.readHistory', peer: model.peers.peer(chat), maxId: upTo })
      const unread = await this.unreadAfter(chat, upTo)
      sync.affected(affected, [{ kind: 'readInbox', chat, upTo, unread }])
    } catch (error) {
      console.warn('what was seen was not told', error)
    }
  }

  /** How many incoming messages follow a number. */
  private async unreadAfter(chat: ChatId, upTo: MessageId): Promise<number> {
    const { model, stretches } = this.port
    if (upTo >= model.newest(chat)) return 0
    const known = model.state.chats[chat]
    const kept = await stretches.after(chat, upTo, PAGE_COUNTED)
    if (kept && kept.length < PAGE_COUNTED) return kept.filter(message => !message.out).length
    const window = this.windows.get(chat)
    const seen = window?.messages.filter(
      message => !message.out && message.id > (known?.readInbox ?? 0) && message.id <= upTo,
    ).length
    return Math.max(0, (known?.unread ?? 0) - (seen ?? 0))
  }

  contentSeen(chat: ChatId, messages: MessageId[]): void {
    void chat
    this.port.caller
      .call({ _: 'messages.readMessageContents', id: messages })
      .then(affected => this.port.sync.affected(affected, [{ kind: 'contentRead', ids: messages }]))
      .catch(error => console.warn('what was heard was not told', error))
  }

  // ------------------------------------------------------------ looked up

  message(chat: ChatId, id: MessageId): Promise<Message | undefined> {
    const shown = this.windows.get(chat)?.messages.find(message => message.id === id)
    return shown ? Promise.resolve(unwrap(shown)) : this.port.loader.message(chat, id)
  }

  async readAt(chat: ChatId, id: MessageId): Promise<number | undefined> {
    try {
      const peer = this.port.model.peers.peer(chat)
      return (await this.port.caller.call({ _: 'messages.getOutboxReadDate', peer, msgId: id })).date
    } catch (error) {
      const isHidden = error instanceof Failure && /NOT_READ|PRIVACY|TOO_OLD|MESSAGE_ID_INVALID/.test(error.code)
      if (isHidden) return undefined
      throw error
    }
  }

  async find(
    chat: ChatId,
    query: string,
    options: { from?: PersonId; kind?: Kind; next?: string; signal?: AbortSignal } = {},
  ) {
    const { caller, model, loader } = this.port
    const offsetId = options.next ? Number(options.next) : 0
    const answer = await caller.call(
      {
        _: 'messages.search',
        peer: model.peers.peer(chat),
        q: query,
        ...(options.from ? { fromId: model.peers.peer(options.from) } : {}),
        filter: { _: options.kind ? FILTERS[options.kind] : 'inputMessagesFilterEmpty' },
        minDate: 0,
        maxDate: 0,
        offsetId,
        addOffset: 0,
        limit: PAGE_FOUND,
        maxId: 0,
        minId: 0,
        hash: Long.ZERO,
      },
      { signal: options.signal },
    )
    const page = loader.take(answer)
    const messages = page.messages.reverse()
    const last = messages.at(-1)
    const next = messages.length >= PAGE_FOUND && last ? { next: String(last.id) } : {}
    return { messages, total: page.total, ...next }
  }

  // ------------------------------------------------------------ replies

  /** Tells messages what they answer: from their window, from this device, else from the server, all at once. */
  private async fillReplies(chat: ChatId, messages: Message[]): Promise<void> {
    const wanted = [
      ...new Set(messages.flatMap(({ reply }) => (reply && !reply.preview && !reply.chat ? [reply.id] : []))),
    ]
    if (!wanted.length) return
    const found = new Map<MessageId, Message>()
    const shown = new Map(this.windows.get(chat)?.messages.map(message => [message.id, message]))
    for (const id of wanted) {
      const message = shown.get(id) ?? (await this.port.stretches.message(chat, id))
      if (message) found.set(id, message)
    }
    this.putPreviews(chat, found, [])
    const missing = wanted.filter(id => !found.has(id)).slice(0, REPLIES)
    if (!missing.length) return
    try {
      const asked = await this.port.loader.messages(chat, missing)
      this.putPreviews(chat, new Map(asked.map(message => [message.id, message])), missing)
    } catch {
      // Without a connection a reply shows no origin; the next page asks again.
    }
  }

  private putPreviews(chat: ChatId, found: Map<MessageId, Message>, asked: MessageId[]): void {
    const window = this.windows.get(chat)
    if (!window) return
    for (const message of window.messages) {
      const reply = message.reply
      if (!reply || reply.preview) continue
      const origin = found.get(reply.id)
      if (!origin && !asked.includes(reply.id)) continue
      window.change(one => one.key === message.key, { reply: { ...unwrap(reply), preview: previewOf(origin) } })
    }
  }
}

/** Messages counted on this device before the rest is estimated. */
const PAGE_COUNTED = 300

function previewOf(origin: Message | undefined): NonNullable<Reply['preview']> {
  if (!origin) return { text: '', deleted: true }
  const preview: NonNullable<Reply['preview']> = { from: origin.from, text: origin.text, deleted: false }
  if (origin.media) preview.media = origin.media.kind
  return preview
}
