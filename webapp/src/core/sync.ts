// Keeps this tab's copy of the mailbox true: updates are applied in the order of the log, and whatever is missing is asked for
// (docs/updates-and-gaps.md). Pushes go to one connection of a device, and never to the one that caused them, so tabs tell one
// another what they applied and from which place in the log to which.

import type { tl } from '@mtcute/core'
import type { Caller } from './client'
import type { Event } from './events'
import { DIFFERENCE_SLICES, GAP_MS } from './limits'
import type { PersonId } from './types'
import { peopleOf } from './wire/people'
import { type Aside, eventsOfUpdate } from './wire/updates'

/** A place in both logs. */
export interface Place {
  pts: number
  qts: number
  date: number
  seq: number
}

/** Something that happened, with the stretch of the log it takes: `count` steps that end at `pts`; none for what is not in it. */
export interface Step {
  pts?: number
  count: number
  events: Event[]
}

export interface SyncHooks {
  me(): PersonId
  aside: Aside
  /** Applies to model, windows and cache. */
  apply(events: Event[], place: Place): void
  /** Tells the other tabs. */
  tell(steps: Step[], place: Place): void
  /** The log does not reach back: everything is read anew. */
  startOver(): Promise<void>
  /** Whether the state is being caught up with. */
  catching(isCatching: boolean): void
  /** What waits to be answered first, so that a message that is sent is not taken for a new one. */
  settled(): Promise<void>
}

export class Sync {
  private place?: Place
  /** Steps that came too early. */
  private early: Step[] = []
  private gapTimer?: ReturnType<typeof setTimeout>
  private running?: Promise<void>
  private again = false
  /** Everything up to the present was applied, since the connection was last made. */
  isCurrent = false

  constructor(
    private readonly caller: Caller,
    private readonly hooks: SyncHooks,
  ) {}

  get position(): Place | undefined {
    return this.place
  }

  /** Begins where the cache was written. */
  resume(place: Place | undefined): void {
    this.place = place
  }

  stop(): void {
    this.place = undefined
    this.early = []
    this.isCurrent = false
    clearTimeout(this.gapTimer)
    this.gapTimer = undefined
  }

  /** The connection went: what is pushed from now on is not heard. */
  lost(): void {
    this.isCurrent = false
  }

  // ------------------------------------------------------------ what is pushed

  take(updates: tl.TypeUpdates): void {
    if (!this.place) return
    switch (updates._) {
      case 'updatesTooLong':
        void this.catchUp()
        return
      case 'updateShort':
        this.steps(this.stepsOf([updates.update], true), updates.date)
        return
      case 'updateShortMessage':
      case 'updateShortChatMessage': {
        const update = longMessage(updates, this.hooks.me())
        this.steps(this.stepsOf([update], true), updates.date)
        return
      }
      case 'updates':
      case 'updatesCombined':
        this.batch(updates)
        return
      case 'updateShortSentMessage':
        // Belongs to the call that it answers.
        this.steps([{ pts: updates.pts, count: updates.ptsCount, events: [] }], updates.date)
    }
  }

  /** Updates with people, and with a number of their own. */
  private batch(updates: tl.RawUpdates | tl.RawUpdatesCombined): void {
    const first = updates._ === 'updatesCombined' ? updates.seqStart : updates.seq
    if (this.place && first > 0 && updates.seq > 0) {
      if (first > this.place.seq + 1) {
        void this.catchUp()
        return
      }
      if (updates.seq > this.place.seq) this.place.seq = updates.seq
    }
    const steps = this.stepsOf(updates.updates, true)
    const people = peopleOf(updates.users, updates.chats)
    if (people.length) steps.unshift({ count: 0, events: [{ kind: 'people', people }] })
    this.steps(steps, updates.date)
  }

  /**
   * The answer of a call that changed something: its place in the log counts like any other's, and `instead` says what it means
   * where the caller knows better than the update.
   */
  answered(updates: tl.TypeUpdates, instead?: (update: tl.TypeUpdate) => Event[] | undefined): void {
    if (updates._ === 'updates' || updates._ === 'updatesCombined') {
      const steps = this.stepsOf(updates.updates, false, instead)
      const people = peopleOf(updates.users, updates.chats)
      if (people.length) steps.unshift({ count: 0, events: [{ kind: 'people', people }] })
      this.steps(steps, updates.date)
    } else this.take(updates)
  }

  /** A call's place in the log that came without updates (messages.affectedMessages and the like), and what it did. */
  affected({ pts, ptsCount }: { pts: number; ptsCount: number }, events: Event[]): void {
    this.steps([{ pts, count: ptsCount, events }])
  }

  /** What this tab did that has no place in the log. */
  did(events: Event[]): void {
    this.steps([{ count: 0, events }])
  }

  /** What another tab applied. */
  heard(steps: Step[], place: Place): void {
    if (!this.place) return
    this.steps(steps, place.date, true)
    if (this.place.seq < place.seq) this.place.seq = place.seq
  }

  private stepsOf(
    updates: tl.TypeUpdate[],
    live: boolean,
    instead?: (update: tl.TypeUpdate) => Event[] | undefined,
  ): Step[] {
    return updates.flatMap(update => {
      const events = instead?.(update) ?? eventsOfUpdate(update, this.hooks.me(), live, this.hooks.aside)
      const place = placeOf(update)
      if (!events.length && !place) return []
      return [{ pts: place?.pts, count: place?.count ?? 0, events }]
    })
  }

  // ------------------------------------------------------------ order

  private steps(steps: Step[], date?: number, isHeard = false): void {
    if (!this.place) return
    const applied: Step[] = []
    for (const step of steps) this.step(step, applied)
    this.drainEarly(applied)
    if (date && date > this.place.date) this.place.date = date
    this.finish(applied, isHeard)
    if (this.early.length && !this.gapTimer) {
      this.gapTimer = setTimeout(() => {
        this.gapTimer = undefined
        if (this.early.length) void this.catchUp()
      }, GAP_MS)
    }
  }

  /** One step, if it is its turn. */
  private step(step: Step, applied: Step[]): void {
    const place = this.place as Place
    if (step.pts === undefined) {
      applied.push(step)
      return
    }
    if (step.pts <= place.pts && step.count > 0) return
    if (place.pts + step.count < step.pts) {
      this.early.push(step)
      return
    }
    place.pts = Math.max(place.pts, step.pts)
    applied.push(step)
  }

  private drainEarly(applied: Step[]): void {
    let before: number
    do {
      before = this.early.length
      const waiting = this.early.sort((one, other) => (one.pts ?? 0) - (other.pts ?? 0))
      this.early = []
      for (const step of waiting) this.step(step, applied)
    } while (this.early.length && this.early.length < before)
  }

  private finish(applied: Step[], isHeard: boolean): void {
    if (!applied.length || !this.place) return
    this.hooks.apply(
      applied.flatMap(step => step.events),
      { ...this.place },
    )
    if (!isHeard) this.hooks.tell(applied, { ...this.place })
  }

  // ------------------------------------------------------------ catching up

  /** Asks for everything since the place; from the start if there is none. Calls while it runs make it run once more. */
  catchUp(): Promise<void> {
    if (this.running) {
      this.again = true
      return this.running
    }
    this.running = this.run().finally(() => {
      this.running = undefined
      this.hooks.catching(false)
    })
    return this.running
  }

  private async run(): Promise<void> {
    this.hooks.catching(true)
    await this.hooks.settled()
    do {
      this.again = false
      if (this.place) await this.difference()
      else await this.begin()
    } while (this.again)
    this.isCurrent = true
  }

  private async begin(): Promise<void> {
    const state = await this.caller.call({ _: 'updates.getState' })
    this.place = { pts: state.pts, qts: state.qts, date: state.date, seq: state.seq }
    await this.hooks.startOver()
    this.hooks.apply([], { ...this.place })
  }

  private async difference(): Promise<void> {
    for (let slice = 0; slice < DIFFERENCE_SLICES && this.place; slice++) {
      const { pts, qts, date } = this.place
      const answer = await this.caller.call({ _: 'updates.getDifference', pts, qts, date })
      if (!this.place) return
      switch (answer._) {
        case 'updates.differenceEmpty':
          this.place.date = answer.date
          this.place.seq = answer.seq
          this.early = []
          this.hooks.apply([], { ...this.place })
          return
        case 'updates.difference':
          this.caughtUp(answer, answer.state)
          return
        case 'updates.differenceSlice':
          this.caughtUp(answer, answer.intermediateState)
          break
        case 'updates.differenceTooLong':
          this.tooLong()
          return this.begin()
      }
    }
    this.tooLong()
    await this.begin()
  }

  private caughtUp(
    answer: tl.updates.RawDifference | tl.updates.RawDifferenceSlice,
    state: tl.updates.TypeState,
  ): void {
    const events: Event[] = [{ kind: 'people', people: peopleOf(answer.users, answer.chats) }]
    const { aside } = this.hooks
    const me = this.hooks.me()
    const messages = answer.newMessages.map(message => ({
      _: 'updateNewMessage' as const,
      message,
      pts: 0,
      ptsCount: 0,
    }))
    for (const update of [...messages, ...answer.otherUpdates]) events.push(...eventsOfUpdate(update, me, true, aside))
    this.place = { pts: state.pts, qts: state.qts, date: state.date, seq: state.seq }
    this.early = this.early.filter(step => (step.pts ?? 0) > state.pts)
    this.hooks.apply(events, { ...this.place })
    // Other tabs have the same gap, or had it; what they know already changes nothing.
    this.hooks.tell([{ count: 0, events }], { ...this.place })
  }

  private tooLong(): void {
    this.early = []
    this.hooks.apply([{ kind: 'tooLong' }], { pts: 0, qts: 0, date: 0, seq: 0 })
  }
}

/** Where an update stands in the log of messages, if it does. Those of channels have logs of their own. */
function placeOf(update: tl.TypeUpdate): { pts: number; count: number } | undefined {
  switch (update._) {
    case 'updateNewMessage':
    case 'updateEditMessage':
    case 'updateDeleteMessages':
    case 'updateReadHistoryInbox':
    case 'updateReadHistoryOutbox':
    case 'updateReadMessagesContents':
    case 'updatePinnedMessages':
    case 'updateWebPage':
    case 'updateFolderPeers':
      return { pts: update.pts, count: update.ptsCount }
    default:
      return undefined
  }
}

/** The short form of a message, in full. */
function longMessage(
  short: tl.RawUpdateShortMessage | tl.RawUpdateShortChatMessage,
  me: PersonId,
): tl.RawUpdateNewMessage {
  const self: tl.TypePeer = { _: 'peerUser', userId: Number(me.slice(1)) }
  const isPrivate = short._ === 'updateShortMessage'
  const peerId: tl.TypePeer = isPrivate
    ? { _: 'peerUser', userId: short.userId }
    : { _: 'peerChat', chatId: short.chatId }
  const author: tl.TypePeer = isPrivate ? peerId : { _: 'peerUser', userId: short.fromId }
  const { out, mentioned, mediaUnread, silent, id, date, fwdFrom, replyTo, entities, ttlPeriod, pts, ptsCount } = short
  const fields = { out, mentioned, mediaUnread, silent, id, date, fwdFrom, replyTo, entities, ttlPeriod }
  const message: tl.RawMessage = {
    ...fields,
    _: 'message',
    message: short.message,
    peerId,
    fromId: out ? self : author,
  }
  return { _: 'updateNewMessage', message, pts, ptsCount }
}
