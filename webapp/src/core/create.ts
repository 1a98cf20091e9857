// Puts the core together: who knows whom, what happens at the start, and what every event touches.

import type { tl } from '@mtcute/core'
import { batch } from 'solid-js'
import { type Database, openDatabase } from './cache/database'
import { Keeper } from './cache/keeper'
import { Chats } from './chats'
import { API, asFailure, type Caller, type CallOptions, Client } from './client'
import { createDoor } from './door'
import type { Engine } from './engine'
import type { Event } from './events'
import { callExtension } from './extension'
import { Histories } from './history/histories'
import { Loader } from './history/loader'
import { Stretches } from './history/stretches'
import { forgetJoin } from './joining'
import { CACHE_PEOPLE, INHERIT_MS, NOTIFY_SECONDS, RECONNECT_MAX_MS, SETTLE_MS } from './limits'
import { createFiles, type Files } from './media'
import { Messages } from './messages'
import { Model } from './model'
import { People } from './people'
import { BrowserCrypto } from './platform/crypto'
import { askServer, keepServer, knowServer, type ServerFile, trust } from './platform/server'
import { forgetPersonal } from './personal'
import { attend } from './presence'
import { Outbox } from './sending/outbox'
import { SessionSteps } from './session'
import { Settings } from './settings'
import { followBuilds, withheldHere } from './shell'
import { type Place, Sync } from './sync'
import { Tabs } from './tabs'
import { Failure, type Incoming, type PersonId, type ServerFacts } from './types'
import { Peers } from './wire/ids'
import { personOf } from './wire/people'

const ME = 'me'
const PLACE = 'place'
const SERVER_FACTS = 'serverFacts'

/** The engine of this tab. It begins to work at once; what is asked before it is connected waits. */
export function createEngine(): Engine {
  return new Core().engine
}

class Core implements Caller {
  private readonly crypto = new BrowserCrypto()
  private readonly peers = new Peers()
  private readonly opening = openDatabase()
  private readonly keeper: Keeper
  private readonly model: Model
  private readonly sync: Sync
  private readonly stretches: Stretches
  private readonly histories: Histories
  private readonly outbox: Outbox
  private readonly chats: Chats
  private readonly people: People
  private readonly session: SessionSteps
  private readonly files: Files
  private readonly tabs: Tabs
  private readonly listeners = new Set<(incoming: Incoming) => void>()
  private client?: Client
  private clientReady!: (client: Client) => void
  private readonly whenClient = new Promise<Client>(resolve => {
    this.clientReady = resolve
  })
  /** Chats whose last message is gone. */
  private readonly lostLast = new Set<string>()
  private changedServer?: ServerFile
  private isResumed = false
  /** Nobody was ever here: the door stands before the server was reached. */
  private isUnasked = false
  /** Says that somebody is here, if they are. */
  private tellHere: () => void = () => {}
  readonly engine: Engine

  constructor() {
    const database = later(this.opening)
    this.keeper = new Keeper(database)
    this.model = new Model(this.peers, this.keeper)
    const { model, keeper } = this
    this.sync = new Sync(this, {
      me: () => model.me,
      aside: {
        loginToken: () => this.session.renewQr(),
        devices: () => {},
        named: (person, change) => model.changePerson(person, change),
        pins: () => background(this.chats.refreshPins()),
        person: person => background(this.people.refresh(person)),
      },
      apply: (events, place) => this.apply(events, place),
      tell: (steps, place) => this.tabs.tell(steps, place),
      startOver: () => this.chats.reload(),
      catching: isCatching => this.catching(isCatching),
      settled: () => this.outbox.settled(SETTLE_MS),
    })
    const now = () => this.now()
    this.stretches = new Stretches(database, keeper)
    const loader = new Loader(this, model, this.stretches, () => this.sync.isCurrent)
    this.histories = new Histories({
      caller: this,
      model,
      sync: this.sync,
      loader,
      stretches: this.stretches,
      waiting: chat => this.outbox.waiting(chat),
    })
    this.tabs = new Tabs({
      steps: (steps, place) => this.sync.heard(steps, place),
      session: () => location.reload(),
      sends: () => this.outbox.mine,
      gone: () => background(this.inherit()),
    })
    this.outbox = new Outbox({
      caller: this,
      keeper,
      model,
      sync: this.sync,
      files: () => this.files,
      now,
      uploading: (chat, key, change) =>
        this.histories.change(
          chat,
          message => message.key === key,
          message =>
            message.media?.kind === 'upload'
              ? { media: { kind: 'upload', upload: { ...message.media.upload, ...change } } }
              : {},
        ),
      others: () => this.tabs.sending(),
    })
    this.files = createFiles({
      caller: { call: (request, options) => this.call(request, fileOptions(options)) },
      peer: async id => this.peers.peer(id),
      cancelUpload: key => this.outbox.cancelUpload(key),
    })
    this.people = new People({ caller: this, model, sync: this.sync, keeper, files: () => this.files })
    this.chats = new Chats({
      caller: this,
      model,
      sync: this.sync,
      keeper,
      now,
      person: id => this.people.person(id),
      seen: (chat, upTo) => this.histories.seen(chat, upTo),
      lookedAt: id => this.people.lookedAt(id),
    })
    const client = () => this.connected()
    this.session = new SessionSteps({
      call: (request, options) => this.call(request, options),
      client,
      model,
      enter: user => this.enter(user),
      leave: isKnown => this.leave(isKnown),
      start: () => this.whoAmI(),
      acceptServerKey: () => this.acceptServerKey(),
    })
    model.onLastLost = chat => this.lostLast.add(chat)
    this.engine = this.put(client)
    background(this.start())
  }

  private put(client: () => Client): Engine {
    const { model, sync, outbox, histories } = this
    const call = <T extends tl.RpcMethod>(request: T) => this.call(request)
    const door = createDoor({
      call,
      crypto: this.crypto,
      app: API,
      enter: authorization => this.session.authorized(authorization),
      waiting: place => model.session(place ? { step: 'waitingRoom', ...place } : { step: 'signedOut' }),
      server: facts => this.learnServer(facts),
    })
    return {
      state: model.state,
      session: this.session,
      door,
      chats: this.chats,
      history: histories,
      messages: new Messages({
        caller: this,
        model,
        sync,
        outbox,
        histories,
        now: () => this.now(),
        wrote: chat => this.chats.forgetDraft(chat),
      }),
      people: this.people,
      files: this.files,
      settings: new Settings({ call, client, model, leave: () => this.leave() }),
      extension: (method, params) => callExtension(call, method, params),
      onIncoming: listener => {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
      },
      now: () => this.now(),
      reload: () => location.reload(),
    }
  }

  // ------------------------------------------------------------ calls

  async call<T extends tl.RpcMethod>(request: T, options?: CallOptions): Promise<tl.RpcCallReturn[T['_']]> {
    const client = this.client ?? (await this.whenClient)
    return client.call(request, options)
  }

  private connected(): Client {
    if (!this.client) throw new Failure('OFFLINE')
    return this.client
  }

  private now(): number {
    return this.client?.now() ?? Math.floor(Date.now() / 1000)
  }

  // ------------------------------------------------------------ the start

  private async start(): Promise<void> {
    const crypto = this.crypto.initialize()
    const asking = askServer()
    const database = await this.opening
    this.model.set('withheld', withheldHere(database.persistent))
    followBuilds(() => this.model.set('newBuild', true))
    await this.restore(database)
    await crypto
    await this.reachServer(await asking)
  }

  /** What this device knows is shown before anything is asked. */
  private async restore(database: Database): Promise<void> {
    const [me, place, facts] = await Promise.all([
      database.get<PersonId>('facts', ME),
      database.get<Place>('facts', PLACE),
      database.get<ServerFacts>('facts', SERVER_FACTS),
    ])
    if (facts) this.model.set('server', facts)
    if (!me) {
      // Without a key nobody can be signed in, and the first screen need not wait for the server to say so.
      const [key] = await database.list('keys', {}, 1)
      if (key) return
      this.isUnasked = true
      return this.model.session({ step: 'signedOut' })
    }
    this.peers.me = me
    await this.people.restore(CACHE_PEOPLE)
    await this.chats.restore()
    this.sync.resume(place)
    this.model.session({ step: 'ready', me })
  }

  private async reachServer(answer: ServerFile | undefined): Promise<void> {
    const { database } = this.keeper
    const known = await knowServer(database, answer, this.crypto)
    if (known.kind === 'ready') return this.connect(known.server)
    if (known.kind === 'changed') {
      this.changedServer = known.server
      this.model.session({ step: 'keyChanged', known: known.known, now: known.now })
      return
    }
    const retryAt = Date.now() + RECONNECT_MAX_MS * (0.5 + Math.random() / 2)
    this.model.session({ step: 'offline', retryAt })
    this.model.connection({ state: 'offline', retryAt })
    const again = new Promise<void>(resolve => {
      setTimeout(resolve, retryAt - Date.now())
      window.addEventListener('online', () => resolve(), { once: true })
    })
    await again
    await this.reachServer(await askServer())
  }

  private async connect(server: ServerFile): Promise<void> {
    trust(server, this.crypto)
    const client = new Client(server, this.keeper.database, this.crypto, {
      updates: updates => {
        // Told to a device on which nobody is signed in, so that it has no place in any log.
        const isAccepted = updates._ === 'updateShort' && updates.update._ === 'updateLoginToken'
        if (isAccepted) this.session.renewQr()
        else this.sync.take(updates)
      },
      usable: () => background(this.usable()),
      waiting: milliseconds => this.waiting(milliseconds),
      offline: () => this.away({ state: 'offline', retryAt: 0 }),
      unauthorized: code => background(this.unauthorized(code)),
    })
    this.client = client
    this.clientReady(client)
    this.tellHere = attend({
      call: request => client.call(request),
      isReady: () => this.model.state.session.step === 'ready',
      isOnline: () => this.model.state.connection.state === 'online',
      lookAgain: () => {
        if (this.model.state.connection.state === 'offline') client.hurry()
        else if (this.model.state.session.step === 'ready') background(this.sync.catchUp())
      },
    })
    await client.connect()
  }

  private async acceptServerKey(): Promise<void> {
    if (!this.changedServer) return
    await this.keeper.database.wipe()
    await this.files.forget()
    forgetPersonal()
    await keepServer(this.keeper.database, this.changedServer)
    this.tabs.session()
    location.reload()
  }

  // ------------------------------------------------------------ the connection

  private async usable(): Promise<void> {
    this.isUnasked = false
    this.sync.lost()
    if (this.peers.me) await this.goOn()
    else {
      this.model.connection({ state: 'online' })
      await this.whoAmI()
    }
    background(this.engine.door.facts())
  }

  /** Signed in and connected: catches up, and sends what waits. */
  private async goOn(): Promise<void> {
    try {
      await this.sync.catchUp()
    } catch (error) {
      // A device that was sent away has been told so; there is nothing to catch up with.
      if (this.model.state.session.step === 'ended') return
      console.warn('catching up failed', asFailure(error).code)
    }
    if (!this.peers.me) return
    this.model.connection({ state: 'online' })
    this.tellHere()
    this.histories.refreshFailed()
    background(this.people.refreshPresence())
    if (!this.isResumed) {
      this.isResumed = true
      await this.outbox.resume()
    }
    if (!this.model.state.orderComplete) await this.chats.more()
  }

  private waiting(milliseconds: number | undefined): void {
    if (milliseconds === undefined) this.away({ state: 'connecting' })
    else this.away({ state: 'offline', retryAt: Date.now() + milliseconds })
  }

  private away(connection: { state: 'connecting' } | { state: 'offline'; retryAt: number }): void {
    this.sync.lost()
    this.model.connection(connection)
    const { step } = this.model.state.session
    const isBeginning = step === 'connecting' || (this.isUnasked && step === 'signedOut')
    if (isBeginning && connection.state === 'offline')
      this.model.session({ step: 'offline', retryAt: connection.retryAt })
  }

  private catching(isCatching: boolean): void {
    const { state } = this.model.state.connection
    if (isCatching) this.model.connection({ state: 'updating' })
    else if (state === 'updating') this.model.connection({ state: 'online' })
  }

  // ------------------------------------------------------------ who

  private async whoAmI(): Promise<void> {
    try {
      const [user] = await this.call({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] })
      if (user?._ !== 'user') throw new Failure('AUTH_KEY_UNREGISTERED')
      await this.enter(user)
    } catch (error) {
      const { code } = asFailure(error)
      if (code === 'SESSION_PASSWORD_NEEDED') return this.session.askPassword()
      if (code === 'TIMEOUT' || code === 'INTERNAL') throw error
      const { step } = this.model.state.session
      if (step === 'connecting' || step === 'offline' || step === 'ended') this.model.session({ step: 'signedOut' })
    }
  }

  private async enter(user: tl.RawUser): Promise<void> {
    const known = personOf(user)
    this.peers.me = known.person.id
    this.model.learn([known])
    this.keeper.put('facts', ME, known.person.id, ME)
    await this.keeper.flush()
    await this.client?.storage.holdKeys()
    this.model.session({ step: 'ready', me: known.person.id })
    this.tabs.session()
    this.isResumed = true
    background(this.goOn())
    background(this.engine.door.facts())
  }

  /** Forgets whoever was here. If the server does not know that they left, the keys go, too, and the page begins anew. */
  private async leave(isKnown = true): Promise<void> {
    this.sync.stop()
    this.outbox.clear()
    this.histories.clear()
    this.chats.clearAll()
    this.model.clear()
    this.keeper.forget()
    this.stretches.forget()
    const { database } = this.keeper
    const stores = ['people', 'chats', 'messages', 'stretches', 'outbox', 'files'] as const
    const facts = [ME, PLACE, 'contacts']
    await database.commit([
      ...stores.map(store => ({ store, clear: true as const })),
      ...facts.map(name => ({ store: 'facts' as const, remove: name })),
    ])
    await this.files.forget()
    forgetJoin()
    forgetPersonal()
    if (!isKnown) await this.client?.storage.forgetKeys()
    this.tabs.session()
    if (!isKnown) location.reload()
  }

  private async unauthorized(code: string): Promise<void> {
    if (this.model.state.session.step !== 'ready') return
    const reason = code === 'USER_DEACTIVATED_BAN' ? 'banned' : code === 'USER_DEACTIVATED' ? 'deleted' : 'signedOut'
    this.model.session({ step: 'ended', reason })
    await this.leave()
  }

  private learnServer(facts: ServerFacts): void {
    this.model.set('server', facts)
    this.keeper.put('facts', SERVER_FACTS, facts, SERVER_FACTS)
  }

  // ------------------------------------------------------------ events

  private apply(events: Event[], place: Place): void {
    // One batch, so that screens are drawn once for a page of news.
    batch(() => {
      for (const event of events) {
        this.model.apply(event)
        this.histories.apply(event)
      }
    })
    const remembering = Promise.allSettled(events.map(event => this.remember(event)))
    for (const event of events) if (event.kind === 'new' && event.live) this.tellIncoming(event)
    // What is gone must be gone from this device before the message before it is looked for.
    const lost = [...this.lostLast]
    this.lostLast.clear()
    for (const chat of lost) background(remembering.then(() => this.findLast(chat)))
    if (place.pts) this.keeper.put('facts', PLACE, place, PLACE)
  }

  /** What an event means for what is kept of histories. */
  private async remember(event: Event): Promise<void> {
    switch (event.kind) {
      case 'new':
      case 'sent':
        return this.stretches.arrived(event.message)
      case 'changed':
        return this.stretches.changed(event.message)
      case 'removed':
        return this.countRemoved(event.ids)
      case 'cleared':
        return this.stretches.cleared(event.chat, event.upTo)
      case 'contentRead':
        return this.stretches.patch(event.ids, { contentUnread: false })
      case 'messagesPinned':
        return this.stretches.patch(event.ids, { pinned: event.pinned })
      case 'tooLong':
        return this.stretches.dropAll()
      case 'contacts':
        return this.people.contactsChanged()
      default:
    }
  }

  /** Unread messages that are gone are not unread. */
  private async countRemoved(ids: number[]): Promise<void> {
    const gone = await this.stretches.removed(ids)
    const counts = new Map<string, number>()
    for (const { chat, id, out } of gone) {
      if (!out && id > (this.model.state.chats[chat]?.readInbox ?? 0)) counts.set(chat, (counts.get(chat) ?? 0) + 1)
    }
    for (const [chat, count] of counts) {
      const unread = Math.max(0, (this.model.state.chats[chat]?.unread ?? 0) - count)
      this.sync.did([{ kind: 'chat', chat, change: { unread } }])
    }
  }

  /** Another tab went: what it left in the queue goes on here, and what it never wrote down is not shown as on its way. */
  private async inherit(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, INHERIT_MS))
    if (!this.peers.me || !this.isResumed) return
    if (this.tabs.leads) await this.outbox.resume()
    for (const { chat, key } of this.histories.sending()) {
      if (await this.outbox.isQueued(key)) continue
      const { position } = this.sync
      if (position) this.apply([{ kind: 'discarded', chat, key }], position)
    }
  }

  /** The message that is the last one now: from this device, else from the server. */
  private async findLast(chat: string): Promise<void> {
    const waiting = this.outbox.waiting(chat).at(-1)
    const kept = await this.stretches.before(chat, undefined, 1)
    const last = waiting ?? kept?.messages.at(-1)
    if (last && !this.model.state.chats[chat]?.last) this.model.change(chat, { last, sortAt: last.at })
    else if (!last && this.sync.isCurrent) {
      await this.chats.refresh([chat]).catch(() => this.model.change(chat, { listed: false }))
    }
  }

  private tellIncoming({ message }: { message: Incoming['message'] }): void {
    const chat = this.model.state.chats[message.chat]
    const isOld = message.at < this.now() - NOTIFY_SECONDS || message.id <= (chat?.readInbox ?? 0)
    if (message.out || isOld || message.event || !this.tabs.leads) return
    const muted = (chat?.mutedUntil ?? 0) > this.now()
    for (const listener of this.listeners) listener({ chat: message.chat, message, muted })
  }
}

/** Work whose failure is nobody's to handle: it is said. */
function background(work: Promise<unknown> | undefined): void {
  work?.catch(error => {
    const failure = asFailure(error)
    if (failure.code !== 'CANCELLED') console.debug('in the background', failure.code, failure.cause ?? '')
  })
}

/** Files move without a bound on their time. */
function fileOptions(options: { kind?: string; abortSignal?: AbortSignal } = {}): CallOptions {
  const kind = options.kind === 'upload' ? 'upload' : options.kind?.startsWith('download') ? 'download' : 'main'
  const call: CallOptions = { kind, timeout: Number.POSITIVE_INFINITY, patience: 30 }
  if (options.abortSignal) call.signal = options.abortSignal
  return call
}

/** A database that is still being opened. */
function later(opening: Promise<Database>): Database {
  return {
    persistent: true,
    get: async (store, key) => (await opening).get(store, key),
    list: async (store, range, limit, backwards) => (await opening).list(store, range, limit, backwards),
    messagesById: async id => (await opening).messagesById(id),
    commit: async changes => (await opening).commit(changes),
    wipe: async () => (await opening).wipe(),
    close: () => void opening.then(database => database.close()),
  }
}
