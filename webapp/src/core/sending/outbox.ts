// The queue. A message has its random number and is on disk before anything is sent, and leaves the disk when the server has
// answered; so a reload, a lost answer or a second tab can make the same request twice, and the server makes one message of it.
//
// Texts of a chat are sent one after the other, in the order they were written. Files go their own way as soon as they are up.

import type { tl } from '@mtcute/core'
import type Long from 'long'
import type { Keeper } from '../cache/keeper'
import { asFailure, type Caller } from '../client'
import type { OutgoingFile, SendOptions } from '../contract/messages'
import type { Event } from '../events'
import {
  ALBUM_FILES,
  CAPTION_CHARS,
  MESSAGE_CHARS,
  QUEUE_FILE_BYTES,
  QUEUE_MESSAGES,
  SEND_TRIES,
  SEND_WAIT_SECONDS,
} from '../limits'
import { type Files, lacksParts, newOutgoing, type Outgoing, startAgain } from '../media'
import type { Model } from '../model'
import type { Sync } from '../sync'
import { type ChatId, Failure, type FormattedText, type Message, type Upload } from '../types'
import { longOfText, randomLong } from '../wire/ids'
import { messageOf } from '../wire/messages'
import { entitiesOf, entitiesToTl } from '../wire/text'
import { type Entry, type Part, shown, type What } from './entry'
import { pieces, tidied } from './split'

export interface OutboxPort {
  caller: Caller
  keeper: Keeper
  model: Model
  sync: Sync
  files: () => Files
  now(): number
  /** Shows how far an upload is: only this tab knows. */
  uploading(chat: ChatId, key: string, change: Partial<Upload>): void
  /** Entries that other tabs are at work on. */
  others(): Promise<Set<number>>
}

export class Outbox {
  private readonly entries = new Map<number, Entry>()
  private readonly stops = new Map<number, AbortController>()
  private readonly outgoing = new Map<string, Outgoing>()
  /** The last text of each chat: the next one waits for it. */
  private readonly chains = new Map<ChatId, Promise<void>>()
  private lastOrder = 0
  /** Requests on the wire whose answers tell numbers of messages. */
  private readonly unanswered = new Set<Promise<unknown>>()

  constructor(private readonly port: OutboxPort) {}

  /** Entries this tab is at work on. */
  get mine(): number[] {
    return [...this.entries.keys()]
  }

  /** Messages of a chat that are not sent. */
  waiting(chat: ChatId): Message[] {
    const entries = [...this.entries.values()].filter(entry => entry.chat === chat)
    entries.sort((one, other) => one.order - other.order)
    return entries.flatMap(entry => shown(entry, this.port.model.me))
  }

  /** Waits until requests under way are answered, but not for long. */
  async settled(milliseconds: number): Promise<void> {
    if (!this.unanswered.size) return
    const all = Promise.allSettled([...this.unanswered])
    await Promise.race([all, new Promise(resolve => setTimeout(resolve, milliseconds))])
  }

  // ------------------------------------------------------------ in

  /** What an earlier page left unsent goes on. */
  async resume(): Promise<void> {
    const kept = await this.port.keeper.database.list<Entry>('outbox').catch(() => [])
    const others = kept.length ? await this.port.others() : new Set<number>()
    for (const entry of kept) {
      if (others.has(entry.order) || this.entries.has(entry.order)) continue
      // Addresses of the former page lead nowhere.
      if (entry.what.kind === 'files') for (const file of entry.what.files) file.localUrl = urlOf(file)
      this.begin(entry)
    }
  }

  /** Whether a message that waits is in anybody's queue. */
  async isQueued(key: string): Promise<boolean> {
    return (await this.find(key)) !== undefined
  }

  text(chat: ChatId, text: FormattedText, options: SendOptions = {}): string[] {
    return pieces(text, MESSAGE_CHARS).flatMap((piece, at) => {
      // Only the first piece answers.
      const own = at === 0 ? options : { ...options, replyTo: undefined }
      return this.add(chat, { kind: 'text', text: piece }, 1, own)
    })
  }

  send(chat: ChatId, files: OutgoingFile[], options: SendOptions = {}): string[] {
    const fitted = files.map(fitCaption)
    const keys = albums(fitted.map(({ file }) => file)).flatMap(album => {
      const what: What = { kind: 'files', files: album }
      if (album.length > 1) what.album = `a${randomLong().toString()}`
      return this.add(chat, what, album.length, options)
    })
    // What a caption has no room for follows as text.
    return [
      ...keys,
      ...fitted.flatMap(({ rest }) => rest.flatMap(text => this.text(chat, text, { silent: options.silent }))),
    ]
  }

  contact(chat: ChatId, contact: { phone: string; firstName: string; lastName: string }): string[] {
    return this.add(chat, { kind: 'contact', ...contact }, 1, {})
  }

  forward(
    chat: ChatId,
    from: ChatId,
    origins: Message[],
    options: { hideAuthor?: boolean; silent?: boolean },
  ): string[] {
    const what: What = {
      kind: 'forward',
      from,
      ids: origins.map(message => message.id),
      hideAuthor: options.hideAuthor === true,
      shown: origins,
    }
    return this.add(chat, what, origins.length, options.silent ? { silent: true } : {})
  }

  private add(chat: ChatId, what: What, count: number, options: SendOptions): string[] {
    if (this.entries.size >= QUEUE_MESSAGES) throw new Failure('TOO_LARGE', QUEUE_MESSAGES)
    this.lastOrder = Math.max(Date.now(), this.lastOrder + 1)
    const parts: Part[] = Array.from({ length: count }, () => {
      const randomId = randomLong().toString()
      return { key: `l${randomId}`, randomId }
    })
    const entry: Entry = { order: this.lastOrder, chat, at: this.port.now(), parts, options, what }
    this.keep(entry)
    this.begin(entry)
    return parts.map(part => part.key)
  }

  private begin(entry: Entry): void {
    this.entries.set(entry.order, entry)
    this.lastOrder = Math.max(this.lastOrder, entry.order)
    const events: Event[] = shown(entry, this.port.model.me).map(message => ({ kind: 'queued', message }))
    this.port.sync.did(events)
    if (!entry.failure) this.run(entry)
  }

  // ------------------------------------------------------------ again, and back

  async retry(key: string): Promise<void> {
    const entry = await this.find(key)
    if (!entry?.failure) return
    entry.failure = undefined
    this.keep(entry)
    this.begin(entry)
  }

  async discard(key: string): Promise<void> {
    const entry = await this.find(key)
    if (!entry) return
    this.stops.get(entry.order)?.abort()
    const { chat } = entry
    if (entry.what.kind === 'files' && entry.parts.length > 1) this.discardFile(entry, key)
    else this.done(entry)
    const gone = this.entries.has(entry.order) ? [key] : entry.parts.map(part => part.key)
    this.port.sync.did(gone.map(one => ({ kind: 'discarded', chat, key: one })))
  }

  /** One file of an album. */
  private discardFile(entry: Entry, key: string): void {
    if (entry.what.kind !== 'files') return
    const at = entry.parts.findIndex(part => part.key === key)
    this.release(entry.what.files[at], key)
    entry.parts.splice(at, 1)
    entry.what.files.splice(at, 1)
    this.keep(entry)
    if (!entry.failure) this.run(entry)
  }

  /** Ends an upload; its message fails and may be tried again. */
  cancelUpload(key: string): void {
    const entry = this.mineOf(key)
    if (entry) this.stops.get(entry.order)?.abort()
  }

  private mineOf(key: string): Entry | undefined {
    return [...this.entries.values()].find(entry => entry.parts.some(part => part.key === key))
  }

  private async find(key: string): Promise<Entry | undefined> {
    const mine = this.mineOf(key)
    if (mine) return mine
    const kept = await this.port.keeper.database.list<Entry>('outbox')
    return kept.find(entry => entry.parts.some(part => part.key === key))
  }

  // ------------------------------------------------------------ out

  private run(entry: Entry): void {
    const stop = new AbortController()
    this.stops.set(entry.order, stop)
    const attempt = () => this.attempts(entry, stop.signal)
    if (entry.what.kind === 'files') {
      void attempt()
      return
    }
    const before = this.chains.get(entry.chat) ?? Promise.resolve()
    const turn = before.then(attempt)
    this.chains.set(entry.chat, turn)
    void turn.finally(() => {
      if (this.chains.get(entry.chat) === turn) this.chains.delete(entry.chat)
    })
  }

  /** Tries until it is sent, refused, taken back, or has failed too often. */
  private async attempts(entry: Entry, signal: AbortSignal): Promise<void> {
    for (let tries = 1; !signal.aborted && this.entries.has(entry.order); tries++) {
      try {
        await this.attempt(entry, signal)
        return
      } catch (error) {
        const failure = asFailure(error)
        if (signal.aborted || tries >= SEND_TRIES || !(await this.isWorthAnother(entry, failure, tries))) {
          this.failed(entry, signal.aborted ? 'CANCELLED' : failure.code)
          return
        }
      }
    }
  }

  private async isWorthAnother(entry: Entry, failure: Failure, tries: number): Promise<boolean> {
    if (lacksParts(failure)) {
      for (const part of entry.parts) {
        const outgoing = this.outgoing.get(part.key)
        if (outgoing) startAgain(outgoing)
      }
      return tries === 1
    }
    const isFlood = failure.code === 'FLOOD_WAIT' || failure.code === 'SLOWMODE_WAIT'
    if (!isFlood && failure.code !== 'TIMEOUT') return false
    const seconds = isFlood ? (failure.amount ?? 1) : 2 ** tries
    if (seconds > SEND_WAIT_SECONDS) return false
    await new Promise(resolve => setTimeout(resolve, seconds * 1000))
    return true
  }

  private async attempt(entry: Entry, signal: AbortSignal): Promise<void> {
    const request = await this.request(entry, signal)
    const asking = this.port.caller.call(request, { signal, timeout: Number.POSITIVE_INFINITY })
    this.unanswered.add(asking)
    try {
      this.sent(entry, (await asking) as tl.TypeUpdates)
    } finally {
      this.unanswered.delete(asking)
    }
  }

  private async request(entry: Entry, signal: AbortSignal) {
    const { model } = this.port
    const peer = model.peers.peer(entry.chat)
    const common = {
      peer,
      silent: entry.options.silent,
      replyTo: replyToTl(entry.options.replyTo, model),
      randomId: longOfText(entry.parts[0]?.randomId ?? '0'),
    }
    const { what } = entry
    switch (what.kind) {
      case 'text':
        return {
          _: 'messages.sendMessage' as const,
          ...common,
          noWebpage: entry.options.noPreview,
          message: what.text.text,
          entities: entitiesToTl(what.text.entities, model.peers),
          clearDraft: true,
        }
      case 'contact': {
        const { phone, firstName, lastName } = what
        const media = { _: 'inputMediaContact' as const, phoneNumber: phone, firstName, lastName, vcard: '' }
        return { _: 'messages.sendMedia' as const, ...common, media, message: '' }
      }
      case 'forward':
        return {
          _: 'messages.forwardMessages' as const,
          fromPeer: model.peers.peer(what.from),
          toPeer: peer,
          id: what.ids,
          randomId: entry.parts.map(part => longOfText(part.randomId)),
          dropAuthor: what.hideAuthor,
          silent: entry.options.silent,
        }
      case 'files':
        return this.filesRequest(entry, what.files, common, signal)
    }
  }

  private async filesRequest(
    entry: Entry,
    files: OutgoingFile[],
    common: { peer: tl.TypeInputPeer; silent?: boolean; replyTo?: tl.TypeInputReplyTo; randomId: Long },
    signal: AbortSignal,
  ) {
    const { peers } = this.port.model
    const caption = (file: OutgoingFile) => ({
      message: file.caption?.text ?? '',
      entities: entitiesToTl(file.caption?.entities ?? [], peers),
    })
    const media = await Promise.all(files.map((file, at) => this.up(entry, file, at, signal)))
    const [only] = files
    const [first] = media
    if (files.length === 1 && only && first)
      return { _: 'messages.sendMedia' as const, ...common, media: first, ...caption(only) }
    const multiMedia = await Promise.all(
      files.map(
        async (file, at): Promise<tl.TypeInputSingleMedia> => ({
          _: 'inputSingleMedia',
          media: await this.port.files().albumMedia(common.peer, media[at] as tl.TypeInputMedia, signal),
          randomId: longOfText(entry.parts[at]?.randomId ?? '0'),
          ...caption(file),
        }),
      ),
    )
    const { peer, silent, replyTo } = common
    return { _: 'messages.sendMultiMedia' as const, peer, silent, replyTo, multiMedia }
  }

  /** Brings one file up, or the rest of it after a failed try. */
  private async up(entry: Entry, file: OutgoingFile, at: number, signal: AbortSignal): Promise<tl.TypeInputMedia> {
    const key = entry.parts[at]?.key ?? ''
    const tell = (change: Partial<Upload>) => this.port.uploading(entry.chat, key, change)
    const outgoing = this.outgoing.get(key) ?? newOutgoing(file)
    this.outgoing.set(key, outgoing)
    tell({ state: 'running' })
    return this.port.files().inputMedia(outgoing, { signal, progress: sent => tell({ sent }) })
  }

  // ------------------------------------------------------------ answered

  private sent(entry: Entry, updates: tl.TypeUpdates): void {
    const events = sentEvents(entry, updates, this.port.model.me)
    const numbers = new Set(events.flatMap(event => (event.kind === 'sent' ? [event.message.id] : [])))
    this.port.sync.answered(updates, update =>
      update._ === 'updateMessageID' || (update._ === 'updateNewMessage' && numbers.has(update.message.id))
        ? []
        : undefined,
    )
    if (entry.what.kind === 'files') {
      for (const [at, event] of events.entries()) {
        const file = entry.what.files[at]
        if (event.kind === 'sent' && file) this.port.files().seed(event.message.media, file)
      }
    }
    this.port.sync.did(events)
    this.done(entry)
  }

  private failed(entry: Entry, failure: string): void {
    if (!this.entries.has(entry.order)) return
    entry.failure = failure
    this.keep(entry)
    this.stops.delete(entry.order)
    const state = failure === 'CANCELLED' ? 'cancelled' : 'failed'
    for (const { key } of entry.parts) if (entry.what.kind === 'files') this.port.uploading(entry.chat, key, { state })
    this.port.sync.did(entry.parts.map(({ key }) => ({ kind: 'failed', chat: entry.chat, key, failure })))
  }

  private done(entry: Entry): void {
    this.entries.delete(entry.order)
    this.stops.delete(entry.order)
    this.port.keeper.remove('outbox', entry.order)
    void this.port.keeper.flush()
    if (entry.what.kind !== 'files') return
    for (const [at, part] of entry.parts.entries()) this.release(entry.what.files[at], part.key)
  }

  private release(file: OutgoingFile | undefined, key: string): void {
    this.outgoing.delete(key)
    const url = file?.localUrl
    // A moment for the picture that takes its place.
    if (url) setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }

  /** On disk, so that it outlives the page; but not what would be copied there for minutes. */
  private keep(entry: Entry): void {
    const bytes = entry.what.kind === 'files' ? entry.what.files.reduce((sum, { file }) => sum + file.size, 0) : 0
    if (bytes > QUEUE_FILE_BYTES) return
    this.port.keeper.put('outbox', entry.order, entry)
    void this.port.keeper.flush()
  }

  /** At sign-out. */
  clear(): void {
    for (const stop of this.stops.values()) stop.abort()
    this.entries.clear()
    this.stops.clear()
    this.outgoing.clear()
    this.chains.clear()
  }
}

/** What an answer says about each message of an entry. */
export function sentEvents(entry: Entry, updates: tl.TypeUpdates, me: string): Event[] {
  if (updates._ === 'updateShortSentMessage') {
    const [pending] = shown(entry, me)
    if (!pending) return []
    const { id, date } = updates
    const entities = updates.entities ? entitiesOf(updates.entities, pending.text) : pending.entities
    const message: Message = { ...pending, id, at: date, entities, state: 'sent' }
    return [{ kind: 'sent', key: pending.key, message }]
  }
  if (updates._ !== 'updates' && updates._ !== 'updatesCombined') return []
  const numbers = new Map<string, number>()
  for (const update of updates.updates) {
    if (update._ === 'updateMessageID') numbers.set(update.randomId.toString(), update.id)
  }
  return entry.parts.flatMap(({ key, randomId }): Event[] => {
    const id = numbers.get(randomId)
    const update = updates.updates.find(one => one._ === 'updateNewMessage' && one.message.id === id)
    const message = update?._ === 'updateNewMessage' ? messageOf(update.message, me) : undefined
    return message ? [{ kind: 'sent', key, message: { ...message, key } }] : []
  })
}

function replyToTl(replyTo: SendOptions['replyTo'], model: Model): tl.TypeInputReplyTo | undefined {
  if (!replyTo) return undefined
  const { id, quote } = replyTo
  if (!quote) return { _: 'inputReplyToMessage', replyToMsgId: id }
  return {
    _: 'inputReplyToMessage',
    replyToMsgId: id,
    quoteText: quote.text,
    quoteEntities: entitiesToTl(quote.entities, model.peers),
    quoteOffset: quote.offset,
  }
}

/** Photos and videos travel together, up to ten; everything else of its own kind too, but never mixed with pictures. */
export function albums(files: OutgoingFile[]): OutgoingFile[][] {
  const kind = ({ as }: OutgoingFile) =>
    as === 'photo' || as === 'video' ? 'pictures' : as === 'file' ? 'files' : as === 'audio' ? 'audio' : ''
  const groups: OutgoingFile[][] = []
  for (const file of files) {
    const last = groups.at(-1)
    const first = last?.[0]
    if (last && first && kind(file) && kind(first) === kind(file) && last.length < ALBUM_FILES) last.push(file)
    else groups.push([file])
  }
  return groups
}

function fitCaption(file: OutgoingFile): { file: OutgoingFile; rest: FormattedText[] } {
  if (!file.caption) return { file, rest: [] }
  const [first, ...rest] = pieces(tidied(file.caption), CAPTION_CHARS)
  return { file: { ...file, caption: first }, rest }
}

function urlOf(file: OutgoingFile): string | undefined {
  return file.as === 'photo' || file.as === 'gif' ? URL.createObjectURL(file.file) : undefined
}
