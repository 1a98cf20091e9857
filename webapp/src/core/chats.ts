// The list of chats, and what can be done to a chat as a whole.

import type { tl } from '@mtcute/core'
import Long from 'long'
import { untrack } from 'solid-js'
import type { Keeper } from './cache/keeper'
import type { Caller } from './client'
import type { ChatsActions } from './contract/chats'
import type { Event } from './events'
import { CACHE_CHATS, DRAFT_MS, PAGE_CHATS, PAGE_FOUND, TYPING_SENT_MS } from './limits'
import type { Model } from './model'
import type { Sync } from './sync'
import { type Chat, type ChatId, type Draft, Failure, type Message, type PersonId, type TypingAction } from './types'
import { chatOfPeer } from './wire/ids'
import { ARCHIVE_FOLDER, chatOfDialog, messagesOf } from './wire/messages'
import { peopleOf } from './wire/people'
import { entitiesToTl } from './wire/text'
import { typingToTl } from './wire/updates'

export interface ChatsPort {
  caller: Caller
  model: Model
  sync: Sync
  keeper: Keeper
  now(): number
  /** Makes sure somebody is known, with what it takes to name them. */
  person(id: PersonId): Promise<unknown>
  seen(chat: ChatId, upTo: number): void
  /** Somebody's chat is opened: how they are now is of interest. */
  lookedAt(id: PersonId): void
}

type Answer = tl.messages.TypeDialogs | tl.messages.TypePeerDialogs

export class Chats implements ChatsActions {
  private running?: Promise<void>
  /** Where the next page of each folder begins; undefined: at its end. */
  private next: { date: number; id: number; chat?: ChatId } | undefined = { date: 0, id: 0 }
  private readonly drafts = new Map<ChatId, ReturnType<typeof setTimeout>>()
  private readonly typingSent = new Map<ChatId, { action: TypingAction | undefined; at: number }>()

  constructor(private readonly port: ChatsPort) {}

  // ------------------------------------------------------------ the list

  /** Shows what this device knows, before the server is asked. */
  async restore(): Promise<void> {
    const { keeper, model } = this.port
    const kept = await keeper.database.list<Chat & { pinnedAt?: number }>('chats').catch(() => [])
    kept.sort((one, other) => other.sortAt - one.sortAt)
    const pinned = kept.filter(chat => chat.pinnedAt !== undefined)
    pinned.sort((one, other) => (one.pinnedAt ?? 0) - (other.pinnedAt ?? 0))
    model.restorePins(pinned.map(chat => chat.id))
    model.putChats([...new Set([...pinned, ...kept.slice(0, CACHE_CHATS)])].map(({ pinnedAt: _, ...chat }) => chat))
  }

  /** Reads the list anew, as after a long absence or a first sign-in. */
  async reload(): Promise<void> {
    this.next = { date: 0, id: 0 }
    this.port.model.set('orderComplete', false)
    await this.more()
    await this.archivePage()
  }

  more(): Promise<void> {
    if (!this.next || this.port.model.state.orderComplete) return Promise.resolve()
    this.running ??= this.page().finally(() => {
      this.running = undefined
    })
    return this.running
  }

  private async page(): Promise<void> {
    const from = this.next
    if (!from) return
    const { caller, model } = this.port
    const answer = await caller.call({
      _: 'messages.getDialogs',
      folderId: 0,
      offsetDate: from.date,
      offsetId: from.id,
      offsetPeer: from.chat ? model.peers.peer(from.chat) : { _: 'inputPeerEmpty' },
      limit: PAGE_CHATS,
      hash: Long.ZERO,
    })
    const chats = this.take(answer)
    const rows = chats.filter(chat => !chat.pinned)
    const last = rows.at(-1)
    const isAll = answer._ === 'messages.dialogs' || chats.length < PAGE_CHATS / 2 || !last?.last
    this.next = isAll || !last?.last ? undefined : { date: last.last.at, id: last.last.id, chat: last.id }
    if (!this.next) model.set('orderComplete', true)
  }

  /** The archive is short, and asked for as one page. */
  private async archivePage(): Promise<void> {
    const answer = await this.port.caller.call({
      _: 'messages.getDialogs',
      folderId: ARCHIVE_FOLDER,
      offsetDate: 0,
      offsetId: 0,
      offsetPeer: { _: 'inputPeerEmpty' },
      limit: PAGE_CHATS,
      hash: Long.ZERO,
    })
    this.take(answer)
  }

  /** Some chats as the server has them now. */
  async refresh(chats: ChatId[]): Promise<void> {
    const { caller, model } = this.port
    const peers = chats.map(chat => ({ _: 'inputDialogPeer' as const, peer: model.peers.peer(chat) }))
    this.take(await caller.call({ _: 'messages.getPeerDialogs', peers }))
  }

  /** The pinned chats and their order. */
  async refreshPins(): Promise<void> {
    const answer = await this.port.caller.call({ _: 'messages.getPinnedDialogs', folderId: 0 })
    const chats = this.take(answer)
    this.port.sync.did([{ kind: 'pinnedOrder', order: chats.map(chat => chat.id) }])
  }

  private take(answer: Answer): Chat[] {
    if (answer._ === 'messages.dialogsNotModified') return []
    const { model } = this.port
    model.learn(peopleOf(answer.users, answer.chats))
    const messages = new Map(
      messagesOf(answer.messages, model.me).map(message => [`${message.chat} ${message.id}`, message]),
    )
    const chats = answer.dialogs.flatMap(dialog => {
      if (dialog._ !== 'dialog' || dialog.peer._ === 'peerChannel') return []
      const last = messages.get(`${chatOfPeer(dialog.peer)} ${dialog.topMessage}`)
      return [chatOfDialog(dialog, last, model.me)]
    })
    model.putChats(chats)
    return chats
  }

  async open(chat: ChatId): Promise<void> {
    const { model } = this.port
    const isKnown = untrack(() => model.state.chats[chat]?.listed && model.state.people[chat])
    this.port.lookedAt(chat)
    if (isKnown) return
    await this.port.person(chat)
    model.ensure(chat)
    if (model.peers.hash(chat) !== undefined) await this.refreshOne(chat)
  }

  /** A chat that the list does not have comes as a dialog without messages: then it stays out of the list. */
  private async refreshOne(id: ChatId): Promise<void> {
    const { caller, model } = this.port
    const answer = await caller.call({
      _: 'messages.getPeerDialogs',
      peers: [{ _: 'inputDialogPeer', peer: model.peers.peer(id) }],
    })
    const isListed = model.state.chats[id]?.listed === true
    const [chat] = this.take(answer)
    if (chat && !chat.last && !chat.draft && !isListed) model.change(id, { listed: false })
  }

  // ------------------------------------------------------------ one chat

  async pin(chat: ChatId, pinned: boolean): Promise<void> {
    await this.port.caller.call({ _: 'messages.toggleDialogPin', pinned, peer: this.dialogPeer(chat) })
    this.changed(chat, { pinned })
  }

  async reorderPinned(chats: ChatId[]): Promise<void> {
    this.port.sync.did([{ kind: 'pinnedOrder', order: chats }])
    const order = chats.map(chat => this.dialogPeer(chat))
    await this.port.caller.call({ _: 'messages.reorderPinnedDialogs', force: true, folderId: 0, order })
  }

  async archive(chat: ChatId, archived: boolean): Promise<void> {
    const peer = this.port.model.peers.peer(chat)
    const updates = await this.port.caller.call({
      _: 'folders.editPeerFolders',
      folderPeers: [{ _: 'inputFolderPeer', peer, folderId: archived ? ARCHIVE_FOLDER : 0 }],
    })
    this.port.sync.answered(updates)
    this.changed(chat, archived ? { archived, pinned: false } : { archived })
  }

  async mute(chat: ChatId, until: number): Promise<void> {
    await this.port.caller.call({
      _: 'account.updateNotifySettings',
      peer: { _: 'inputNotifyPeer', peer: this.port.model.peers.peer(chat) },
      settings: { _: 'inputPeerNotifySettings', muteUntil: until },
    })
    this.changed(chat, { mutedUntil: until })
  }

  async markUnread(chat: ChatId, unread: boolean): Promise<void> {
    await this.port.caller.call({ _: 'messages.markDialogUnread', unread, peer: this.dialogPeer(chat) })
    this.changed(chat, { unreadMark: unread })
  }

  async markRead(chat: ChatId): Promise<void> {
    if (this.port.model.state.chats[chat]?.unreadMark) await this.markUnread(chat, false)
    const newest = this.port.model.newest(chat)
    if (newest) this.port.seen(chat, newest)
  }

  async clear(chat: ChatId, options: { forBoth: boolean; remove: boolean }): Promise<void> {
    const { caller, model, sync } = this.port
    const upTo = model.newest(chat)
    // The server empties as much at once as it likes, and says whether there is more.
    for (let more = true; more; ) {
      const affected = await caller.call({
        _: 'messages.deleteHistory',
        peer: model.peers.peer(chat),
        maxId: 0,
        revoke: options.forBoth,
        justClear: !options.remove,
      })
      more = affected.offset > 0
      const events: Event[] = more
        ? []
        : [{ kind: 'cleared', chat, upTo: Math.max(upTo, model.newest(chat)), remove: options.remove }]
      sync.affected(affected, events)
    }
  }

  async vanishAfter(chat: ChatId, seconds: number): Promise<void> {
    const peer = this.port.model.peers.peer(chat)
    this.port.sync.answered(await this.port.caller.call({ _: 'messages.setHistoryTTL', peer, period: seconds }))
  }

  private changed(chat: ChatId, change: Partial<Chat>): void {
    this.port.sync.did([{ kind: 'chat', chat, change }])
  }

  private dialogPeer(chat: ChatId): tl.TypeInputDialogPeer {
    return { _: 'inputDialogPeer', peer: this.port.model.peers.peer(chat) }
  }

  // ------------------------------------------------------------ writing

  setDraft(chat: ChatId, draft: Omit<Draft, 'at'> | undefined): void {
    const before = this.port.model.state.chats[chat]?.draft
    const isEmpty = !draft || (!draft.text.trim() && !draft.replyTo)
    if (isEmpty && !before) return
    const next: Draft | undefined = isEmpty ? undefined : { ...draft, at: this.port.now() }
    this.changed(chat, { draft: next })
    clearTimeout(this.drafts.get(chat))
    this.drafts.set(
      chat,
      setTimeout(() => void this.saveDraft(chat, next), isEmpty ? 0 : DRAFT_MS),
    )
  }

  private async saveDraft(chat: ChatId, draft: Draft | undefined): Promise<void> {
    this.drafts.delete(chat)
    const { peers } = this.port.model
    const request: tl.messages.RawSaveDraftRequest = {
      _: 'messages.saveDraft',
      peer: peers.peer(chat),
      message: draft?.text ?? '',
      entities: entitiesToTl(draft?.entities ?? [], peers),
    }
    if (draft?.replyTo) request.replyTo = { _: 'inputReplyToMessage', replyToMsgId: draft.replyTo }
    // A draft that the server refuses is still on this device.
    await this.port.caller.call(request).catch(error => console.warn('a draft stays on this device', error))
  }

  /** The message that was written is on its way: its draft is gone without a request of its own. */
  forgetDraft(chat: ChatId): void {
    clearTimeout(this.drafts.get(chat))
    this.drafts.delete(chat)
    if (this.port.model.state.chats[chat]?.draft) this.changed(chat, { draft: undefined })
    this.typingSent.delete(chat)
  }

  typing(chat: ChatId, action: TypingAction | undefined): void {
    const now = Date.now()
    const sent = this.typingSent.get(chat)
    if (!action && !sent?.action) return
    if (sent && sent.action === action && now - sent.at < TYPING_SENT_MS) return
    if (chat === this.port.model.me || this.port.model.state.connection.state !== 'online') return
    this.typingSent.set(chat, { action, at: now })
    const peer = this.port.model.peers.peer(chat)
    this.port.caller.call({ _: 'messages.setTyping', peer, action: typingToTl(action) }).catch(() => undefined)
  }

  // ------------------------------------------------------------ finding

  async find(query: string, signal?: AbortSignal): Promise<{ known: ChatId[]; global: PersonId[] }> {
    const known = this.findKnown(query)
    const bare = query.trim().replace(/^@/, '')
    if (bare.length < 2) return { known, global: [] }
    const { caller, model } = this.port
    try {
      const answer = await caller.call({ _: 'contacts.search', q: bare, limit: PAGE_FOUND }, { signal })
      model.learn(peopleOf(answer.users, answer.chats))
      const people = [...answer.myResults, ...answer.results].map(chatOfPeer)
      const own = answer.myResults.map(chatOfPeer).filter(id => !known.includes(id))
      const all = [...known, ...own]
      return { known: all, global: [...new Set(people)].filter(id => !all.includes(id)) }
    } catch (error) {
      if (error instanceof Failure && (error.code === 'OFFLINE' || error.code === 'TIMEOUT'))
        return { known, global: [] }
      if (error instanceof Failure && error.code === 'QUERY_TOO_SHORT') return { known, global: [] }
      throw error
    }
  }

  /** Chats first, in the list's order, then other people this device knows. */
  private findKnown(query: string): ChatId[] {
    const words = folded(query).split(/\s+/).filter(Boolean)
    if (!words.length) return []
    const digits = query.replace(/\D/g, '')
    const { state } = this.port.model
    const matches = (id: PersonId) => {
      const person = state.people[id]
      if (!person || person.deleted) return false
      if (digits.length > 2 && person.phone?.includes(digits)) return true
      const names = [...folded(person.name).split(/\s+/), folded(person.username ?? '')]
      return words.every(word => names.some(name => name.startsWith(word.replace(/^@/, ''))))
    }
    const listed = [...state.order, ...state.archive]
    const others = Object.keys(state.people).filter(id => state.people[id]?.contact && !listed.includes(id))
    return [...listed, ...others].filter(matches).slice(0, PAGE_FOUND)
  }

  async findMessages(query: string, next?: string, signal?: AbortSignal) {
    const { caller, model } = this.port
    const [rate = 0, id = 0, chat] = next ? (JSON.parse(next) as [number, number, ChatId]) : []
    const answer = await caller.call(
      {
        _: 'messages.searchGlobal',
        q: query,
        filter: { _: 'inputMessagesFilterEmpty' },
        minDate: 0,
        maxDate: 0,
        offsetRate: rate,
        offsetPeer: chat ? model.peers.peer(chat) : { _: 'inputPeerEmpty' },
        offsetId: id,
        limit: PAGE_FOUND,
      },
      { signal },
    )
    if (answer._ === 'messages.messagesNotModified') return { found: [], total: 0 }
    model.learn(peopleOf(answer.users, answer.chats))
    const messages: Message[] = messagesOf(answer.messages, model.me)
    const last = messages.at(-1)
    const found = messages.map(message => ({ chat: message.chat, message }))
    const total = 'count' in answer ? answer.count : messages.length
    const rateNext = 'nextRate' in answer ? (answer.nextRate ?? last?.at ?? 0) : 0
    const hasMore = answer._ !== 'messages.messages' && messages.length >= PAGE_FOUND && last
    return hasMore ? { found, total, next: JSON.stringify([rateNext, last.id, last.chat]) } : { found, total }
  }

  clearAll(): void {
    for (const timer of this.drafts.values()) clearTimeout(timer)
    this.drafts.clear()
    this.typingSent.clear()
    this.next = { date: 0, id: 0 }
  }
}

/** Without case and accents. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
