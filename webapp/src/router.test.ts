import { beforeEach, describe, expect, it, vi } from 'vitest'

/** What lies over the page, as ui/layers would tell it. */
let layers = 0
let changed = (): void => undefined

vi.mock('./ui/layers', () => ({
  covered: () => layers > 0,
  closeTop: () => {
    layers--
    changed()
  },
  watchLayers: (listener: () => void) => {
    changed = listener
  },
}))

/** A tab's history as browsers keep it: a step happens later than it is asked for. */
class Tab {
  private entries: { state: unknown; hash: string }[] = [{ state: null, hash: '#/' }]
  private at = 0
  private steps: number[] = []
  private listeners = new Map<string, () => void>()

  readonly history = tabHistory(this)
  readonly location = tabLocation(this)
  readonly window = { addEventListener: (event: string, listener: () => void) => this.listeners.set(event, listener) }

  get entry(): { state: unknown; hash: string } {
    const entry = this.entries[this.at]
    if (!entry) throw new Error('outside the app')
    return entry
  }

  put(state: unknown, address: string | undefined, by: 0 | 1): void {
    const entry = { state: structuredClone(state), hash: address?.replace(/^[^#]*/, '') || this.entry.hash }
    this.at += by
    this.entries.splice(this.at, by ? this.entries.length : 1, entry)
  }

  ask(by: number): void {
    this.steps.push(by)
  }

  /** What was asked for happens; by default to where it leads from now on, else it is dropped. */
  async settle({ dropped = false } = {}): Promise<void> {
    await new Promise(resolve => setTimeout(resolve))
    for (let by = this.steps.shift(); by !== undefined; by = this.steps.shift()) {
      if (dropped || !this.entries[this.at + by]) continue
      this.at += by
      this.tell()
    }
  }

  /** An address that was typed, or a link that was pressed. */
  follow(hash: string): void {
    this.put(null, hash, 1)
    this.tell()
  }

  /** The browser's own back button. */
  async goBack(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve))
    this.ask(-1)
    await this.settle()
  }

  private tell(): void {
    this.listeners.get('popstate')?.()
    this.listeners.get('hashchange')?.()
  }
}

function tabHistory(tab: Tab) {
  return {
    get state() {
      return tab.entry.state
    },
    pushState: (state: unknown, _: string, address?: string) => tab.put(state, address, 1),
    replaceState: (state: unknown, _: string, address?: string) => tab.put(state, address, 0),
    go: (by: number) => tab.ask(by),
  }
}

function tabLocation(tab: Tab) {
  return {
    get hash() {
      return tab.entry.hash
    },
    get href() {
      return `http://localhost/app/${tab.entry.hash}`
    },
  }
}

let tab: Tab
let router: typeof import('./router')
const hash = (): string => tab.entry.hash

function open(): void {
  layers++
  changed()
}

function close(): void {
  layers--
  changed()
}

beforeEach(async () => {
  layers = 0
  tab = new Tab()
  vi.stubGlobal('history', tab.history)
  vi.stubGlobal('location', tab.location)
  vi.stubGlobal('window', tab.window)
  vi.resetModules()
  router = await import('./router')
})

describe('the way back', () => {
  it('leads from a page to the one before, and to the parent from where one came in', async () => {
    router.go('/chat/u1')
    router.back('/')
    await tab.settle()
    expect(hash()).toBe('#/')
    router.back('/settings')
    await tab.settle()
    expect(hash()).toBe('#/settings')
  })

  it('closes what lies over the page, and nothing else', async () => {
    router.go('/chat/u1')
    open()
    await tab.goBack()
    expect([layers, hash()]).toEqual([0, '#/chat/u1'])
    await tab.goBack()
    expect(hash()).toBe('#/')
  })

  it('closes one layer at a time', async () => {
    router.go('/chat/u1')
    open()
    open()
    await tab.goBack()
    expect([layers, hash()]).toEqual([1, '#/chat/u1'])
    await tab.goBack()
    expect([layers, hash()]).toEqual([0, '#/chat/u1'])
    await tab.goBack()
    expect(hash()).toBe('#/')
  })

  it('passes over what was closed otherwise, by the browser and by the app', async () => {
    const pressed = (): Promise<void> => {
      router.back('/')
      return tab.settle()
    }
    for (const goBack of [() => tab.goBack(), pressed]) {
      router.go('/chat/u1')
      open()
      await tab.settle()
      close()
      await goBack()
      expect(hash()).toBe('#/')
    }
  })

  it('knows a link that was pressed as a page of this app', async () => {
    tab.follow('#/admin')
    tab.follow('#/admin/people')
    router.back('/')
    await tab.settle()
    expect(hash()).toBe('#/admin')
  })
})

describe('a navigation at once after something else', () => {
  it('holds when a dialog has just closed', async () => {
    for (const lead of [() => tab.follow('#/settings'), () => router.go('/settings')]) {
      router.go('/invites')
      open()
      await tab.settle()
      close()
      await Promise.resolve()
      lead()
      await tab.settle()
      expect([hash(), router.route()]).toEqual(['#/settings', ['settings']])
    }
  })

  it('holds when a step back is still to come', async () => {
    for (const lead of [() => tab.follow('#/settings'), () => router.go('/settings')]) {
      router.go('/invites')
      router.back('/')
      lead()
      await tab.settle()
      expect([hash(), router.route()]).toEqual(['#/settings', ['settings']])
      router.go('/')
    }
  })

  it('is not confused by a step back that the browser dropped for it', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    router.go('/invites')
    router.back('/')
    tab.follow('#/settings')
    await tab.settle({ dropped: true })
    vi.advanceTimersByTime(2_000)
    await tab.goBack()
    vi.useRealTimers()
    expect(hash()).toBe('#/invites')
  })
})
