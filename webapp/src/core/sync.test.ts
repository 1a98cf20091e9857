import type { tl } from '@mtcute/core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Event } from './events'
import { GAP_MS } from './limits'
import { type Place, type Step, Sync } from './sync'

const me = 'u1'
const peer = (userId: number): tl.RawPeerUser => ({ _: 'peerUser', userId })

function message(id: number, text = `m${id}`): tl.RawMessage {
  return { _: 'message', id, peerId: peer(2), fromId: peer(2), date: 1000 + id, message: text }
}
function arrival(id: number, pts: number): tl.RawUpdates {
  const update: tl.RawUpdateNewMessage = { _: 'updateNewMessage', message: message(id), pts, ptsCount: 1 }
  return { _: 'updates', updates: [update], users: [], chats: [], date: 1000 + id, seq: 0 }
}

class Bench {
  applied: Event[] = []
  told: Step[][] = []
  started = 0
  answers: unknown[] = []
  asked: tl.RpcMethod[] = []
  /** Answers wait for it. */
  gate = Promise.resolve()
  readonly sync = new Sync(
    {
      call: async request => {
        this.asked.push(request)
        await this.gate
        const answer = this.answers.shift()
        if (!answer) throw new Error(`nothing to answer to ${request._}`)
        return answer as never
      },
    },
    {
      me: () => me,
      aside: { loginToken() {}, devices() {}, named() {}, pins() {}, person() {} },
      apply: events => this.applied.push(...events),
      tell: steps => this.told.push(steps),
      startOver: async () => {
        this.started++
      },
      catching() {},
      settled: async () => {},
    },
  )
  texts(): string[] {
    return this.applied.flatMap(event => (event.kind === 'new' ? [event.message.text] : []))
  }
}

const place: Place = { pts: 10, qts: 0, date: 1000, seq: 0 }
let bench: Bench

beforeEach(() => {
  vi.useFakeTimers()
  bench = new Bench()
  bench.sync.resume({ ...place })
})

describe('updates in their order', () => {
  it('applies what is next, once', () => {
    bench.sync.take(arrival(1, 11))
    bench.sync.take(arrival(1, 11))
    expect(bench.texts()).toEqual(['m1'])
    expect(bench.sync.position?.pts).toBe(11)
  })

  it('holds back what comes too early until the gap closes', () => {
    bench.sync.take(arrival(2, 12))
    expect(bench.texts()).toEqual([])
    bench.sync.take(arrival(1, 11))
    expect(bench.texts()).toEqual(['m1', 'm2'])
  })

  it('asks for the difference when the gap stays', async () => {
    bench.answers.push({
      _: 'updates.difference',
      newMessages: [message(1), message(2)],
      newEncryptedMessages: [],
      otherUpdates: [],
      chats: [],
      users: [],
      state: { _: 'updates.state', pts: 12, qts: 0, date: 1010, seq: 0, unreadCount: 0 },
    })
    bench.sync.take(arrival(2, 12))
    await vi.advanceTimersByTimeAsync(GAP_MS + 1)
    expect(bench.asked.map(request => request._)).toEqual(['updates.getDifference'])
    expect(bench.texts()).toEqual(['m1', 'm2'])
    expect(bench.sync.position?.pts).toBe(12)
  })

  it('does not ask when the gap closed in time', async () => {
    bench.sync.take(arrival(2, 12))
    bench.sync.take(arrival(1, 11))
    await vi.advanceTimersByTimeAsync(GAP_MS * 2)
    expect(bench.asked).toEqual([])
  })

  it('takes people before the messages that name them', () => {
    const updates = arrival(1, 11)
    updates.users = [{ _: 'user', id: 2, firstName: 'Budi' }]
    bench.sync.take(updates)
    expect(bench.applied.map(event => event.kind)).toEqual(['people', 'new'])
  })
})

describe('catching up', () => {
  it('follows slices to their end', async () => {
    const slice = (id: number) => ({
      _: 'updates.differenceSlice',
      newMessages: [message(id)],
      newEncryptedMessages: [],
      otherUpdates: [],
      chats: [],
      users: [],
      intermediateState: { _: 'updates.state', pts: 10 + id, qts: 0, date: 1010, seq: 0, unreadCount: 0 },
    })
    bench.answers.push(slice(1), slice(2), { _: 'updates.differenceEmpty', date: 1020, seq: 3 })
    await bench.sync.catchUp()
    expect(bench.texts()).toEqual(['m1', 'm2'])
    expect(bench.sync.position).toEqual({ pts: 12, qts: 0, date: 1020, seq: 3 })
    expect(bench.sync.isCurrent).toBe(true)
  })

  it('starts over when the log does not reach back', async () => {
    bench.answers.push(
      { _: 'updates.differenceTooLong', pts: 9000 },
      { _: 'updates.state', pts: 9000, qts: 0, date: 2000, seq: 0, unreadCount: 0 },
    )
    await bench.sync.catchUp()
    expect(bench.applied.map(event => event.kind)).toEqual(['tooLong'])
    expect(bench.started).toBe(1)
    expect(bench.sync.position?.pts).toBe(9000)
  })

  it('runs again when it was asked to while it ran', async () => {
    bench.answers.push(
      { _: 'updates.differenceEmpty', date: 1, seq: 0 },
      { _: 'updates.differenceEmpty', date: 1, seq: 0 },
    )
    let open = () => {}
    bench.gate = new Promise(resolve => {
      open = resolve
    })
    const first = bench.sync.catchUp()
    await vi.waitFor(() => expect(bench.asked).toHaveLength(1))
    void bench.sync.catchUp()
    open()
    await first
    expect(bench.asked).toHaveLength(2)
  })
})

describe('other tabs', () => {
  it('hears what another tab applied, and tells nobody again', () => {
    const steps: Step[] = [{ pts: 11, count: 1, events: [{ kind: 'removed', ids: [5] }] }]
    bench.sync.heard(steps, { ...place, pts: 11 })
    expect(bench.applied).toEqual([{ kind: 'removed', ids: [5] }])
    expect(bench.told).toEqual([])
    expect(bench.sync.position?.pts).toBe(11)
  })

  it('tells where in the log its own call stood', () => {
    bench.sync.affected({ pts: 12, ptsCount: 2 }, [{ kind: 'removed', ids: [1, 2] }])
    expect(bench.told).toEqual([[{ pts: 12, count: 2, events: [{ kind: 'removed', ids: [1, 2] }] }]])
  })
})
