// Several tabs of one device. Each has a connection of its own, but the server tells news to one of them only; so tabs tell one
// another what they applied. One of them, whoever is oldest, does what must be done once: notifications.

import type { Place, Step } from './sync'

export type Told =
  | { kind: 'steps'; steps: Step[]; place: Place }
  /** Somebody signed in or out: whoever hears it starts anew. */
  | { kind: 'session' }
  /** Here I am; the oldest leads. */
  | { kind: 'here'; tab: string; since: number }
  | { kind: 'gone'; tab: string }
  /** Who is at work on which entries of the queue? */
  | { kind: 'whoSends'; tab: string }
  | { kind: 'sends'; orders: number[] }

export interface TabsPort {
  steps(steps: Step[], place: Place): void
  session(): void
  sends(): number[]
  /** Another tab went; what it had begun may be nobody's now. */
  gone(): void
}

const CHANNEL = 'kentong'
/** Milliseconds between signs of life, and without one after which a tab counts as gone. */
const HERE_MS = 5_000
const GONE_MS = 12_000
/** Milliseconds that other tabs have to answer. */
const ANSWER_MS = 200

export class Tabs {
  private readonly tab = Math.random().toString(36).slice(2)
  private readonly since = Date.now()
  private readonly others = new Map<string, { since: number; seen: number }>()
  private readonly channel?: BroadcastChannel
  private readonly answers = new Set<(orders: number[]) => void>()

  constructor(private readonly port: TabsPort) {
    if (typeof BroadcastChannel === 'undefined') return
    this.channel = new BroadcastChannel(CHANNEL)
    this.channel.onmessage = (event: MessageEvent<Told>) => this.hear(event.data)
    this.here()
    const beating = setInterval(() => this.here(), HERE_MS)
    window.addEventListener('pagehide', () => {
      this.say({ kind: 'gone', tab: this.tab })
      clearInterval(beating)
    })
    // A page that comes back from the browser's back-forward cache lives on.
    window.addEventListener('pageshow', event => {
      if (event.persisted) setInterval(() => this.here(), HERE_MS)
    })
  }

  /** Whether this tab does what must be done once. */
  get leads(): boolean {
    const now = Date.now()
    for (const [tab, { since, seen }] of this.others) {
      if (now - seen > GONE_MS) this.others.delete(tab)
      else if (since < this.since || (since === this.since && tab < this.tab)) return false
    }
    return true
  }

  tell(steps: Step[], place: Place): void {
    this.say({ kind: 'steps', steps, place })
  }

  session(): void {
    this.say({ kind: 'session' })
  }

  /** Entries of the queue that other tabs are at work on. */
  sending(): Promise<Set<number>> {
    const found = new Set<number>()
    if (!this.channel) return Promise.resolve(found)
    const take = (orders: number[]) => {
      for (const order of orders) found.add(order)
    }
    this.answers.add(take)
    this.say({ kind: 'whoSends', tab: this.tab })
    return new Promise(resolve =>
      setTimeout(() => {
        this.answers.delete(take)
        resolve(found)
      }, ANSWER_MS),
    )
  }

  private hear(told: Told): void {
    switch (told.kind) {
      case 'steps':
        return this.port.steps(told.steps, told.place)
      case 'session':
        return this.port.session()
      case 'here':
        this.others.set(told.tab, { since: told.since, seen: Date.now() })
        return
      case 'gone':
        this.others.delete(told.tab)
        this.port.gone()
        return
      case 'whoSends':
        return this.say({ kind: 'sends', orders: this.port.sends() })
      case 'sends':
        for (const take of this.answers) take(told.orders)
    }
  }

  private here(): void {
    this.say({ kind: 'here', tab: this.tab, since: this.since })
  }

  private say(told: Told): void {
    try {
      this.channel?.postMessage(told)
    } catch (error) {
      console.warn('other tabs were not told', error)
    }
  }
}
