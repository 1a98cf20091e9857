/**
 * Files that are being looked at: one entry for each, however many places show it.
 *
 * An entry that nobody shows any more ends its download, unless a person started it, or keeps its address for a while: the
 * list of messages lets pictures go and takes them up again as it is scrolled. Idle addresses are bounded and revoked,
 * the longest unseen first.
 */
import { createComputed, createMemo, createRoot, createSignal, getOwner, on, onCleanup } from 'solid-js'
import { createStore, type SetStoreFunction } from 'solid-js/store'
import type { FileView } from '../contract/files'
import { Failure, type FileRef } from '../types'
import { memorySink, type Fetch } from './download'
import { failureOf } from './failure'
import type { Keep } from './keep'
import {
  DOWNLOADS_AT_ONCE,
  DOWNLOADS_WAITING,
  IDLE_URLS_MAX,
  IDLE_URLS_MAX_BYTES,
  MEMORY_FILE_MAX_BYTES,
  UNWATCHED_MS,
} from './limits'
import { createTurns } from './turns'
import { safeType } from './types-of-bytes'

interface Shown {
  state: FileView['state']
  progress: number
  url: string | undefined
  failure: string | undefined
}

interface Entry {
  readonly key: string
  readonly shown: Shown
  readonly set: SetStoreFunction<Shown>
  holders: number
  /** A person asked for it, so it goes on when nobody looks. */
  wanted: boolean
  running: { readonly stop: AbortController; readonly result: Promise<Blob> } | undefined
  blob: Blob | undefined
  listeners: Set<(done: number, total: number) => void>
}

const NOTHING: Shown = { state: 'none', progress: 0, url: undefined, failure: undefined }

export type Move = (signal: AbortSignal, progress: (done: number, total: number) => void) => Promise<void>

export interface Views {
  view(file: () => FileRef | undefined, options?: { auto?: boolean }): FileView
  download(
    file: FileRef,
    options?: { progress?: (done: number, total: number) => void; signal?: AbortSignal },
  ): Promise<Blob>
  cancel(file: FileRef): void
  /** The bytes, if they are here. */
  blobOf(file: FileRef): Blob | undefined
  /** Shows another way of moving this file (saving it to the disk) as if it were a download. */
  transfer(file: FileRef, move: Move, stop: AbortController): Promise<void>
  /** The bytes are known already: they were sent from here. */
  seed(file: FileRef, blob: Blob): void
  forget(): void
}

export function createViews(fetch: Fetch, keep: Keep): Views {
  const entries = new Map<string, Entry>()
  const turns = createTurns({ atOnce: DOWNLOADS_AT_ONCE, waiting: DOWNLOADS_WAITING, newestFirst: true })

  function entryOf(key: string): Entry {
    const known = entries.get(key)
    if (known) {
      entries.delete(key)
      entries.set(key, known) // the youngest stand last
      return known
    }
    const [shown, set] = createRoot(() => createStore<Shown>({ ...NOTHING }))
    const made: Entry = {
      key,
      shown,
      set,
      holders: 0,
      wanted: false,
      running: undefined,
      blob: undefined,
      listeners: new Set(),
    }
    entries.set(key, made)
    return made
  }

  function ready(entry: Entry, blob: Blob): void {
    entry.blob = blob
    entry.wanted = false
    entry.set({ state: 'ready', progress: 1, url: entry.shown.url ?? URL.createObjectURL(blob), failure: undefined })
    tidy()
  }

  function begin(entry: Entry, file: FileRef): Promise<Blob> {
    if (entry.blob) return Promise.resolve(entry.blob)
    if (entry.running && !entry.running.stop.signal.aborted) return entry.running.result
    const stop = new AbortController()
    const isMine = () => entry.running?.stop === stop
    const result = bring(entry, file, stop.signal).then(
      blob => {
        if (isMine()) entry.running = undefined
        ready(entry, blob)
        return blob
      },
      (cause: unknown) => {
        const failure = failureOf(cause)
        if (isMine()) gaveUp(entry, failure)
        throw failure
      },
    )
    entry.running = { stop, result }
    entry.set({ state: 'running', progress: 0, failure: undefined })
    result.catch(() => undefined) // the view shows it
    return result
  }

  function gaveUp(entry: Entry, failure: Failure): void {
    const isCancelled = failure.code === 'CANCELLED'
    entry.running = undefined
    entry.wanted = false
    entry.set({ ...NOTHING, state: isCancelled ? 'none' : 'failed', failure: isCancelled ? undefined : failure.code })
    if (entry.holders === 0) entries.delete(entry.key)
  }

  async function bring(entry: Entry, file: FileRef, signal: AbortSignal): Promise<Blob> {
    const kept = await keep.get(file.key)
    if (kept) return kept
    if (file.size > MEMORY_FILE_MAX_BYTES) throw new Failure('TOO_LARGE', MEMORY_FILE_MAX_BYTES)
    const sink = memorySink()
    const progress = (done: number, total: number) => {
      entry.set('progress', total > 0 ? done / total : 0)
      for (const listener of entry.listeners) listener(done, total)
    }
    await turns.run(() => fetch(file, sink, { signal, progress }), signal)
    const blob = await sink.blob(head => safeType(file.mime, head))
    void keep.put(file.key, blob)
    return blob
  }

  /** What is scrolled past comes back, often at once: a download ends only when nobody looked for a moment. */
  function letGo(entry: Entry): void {
    entry.holders -= 1
    if (entry.holders > 0) return
    tidy()
    if (!entry.running) return
    setTimeout(() => {
      const isLeft = entry.holders === 0 && !entry.wanted
      if (isLeft) entry.running?.stop.abort(new DOMException('nobody looks', 'AbortError'))
    }, UNWATCHED_MS)
  }

  /** Revokes addresses that nobody shows, the longest unseen first, until the rest is within bounds. */
  function tidy(): void {
    const idle = [...entries.values()].filter(entry => entry.holders === 0 && !entry.running)
    let bytes = idle.reduce((sum, entry) => sum + (entry.blob?.size ?? 0), 0)
    let count = idle.length
    for (const entry of idle) {
      if (bytes <= IDLE_URLS_MAX_BYTES && count <= IDLE_URLS_MAX) return
      drop(entry)
      bytes -= entry.blob?.size ?? 0
      count -= 1
    }
  }

  function drop(entry: Entry): void {
    entries.delete(entry.key)
    if (entry.shown.url) URL.revokeObjectURL(entry.shown.url)
  }

  function view(file: () => FileRef | undefined, options: { auto?: boolean } = {}): FileView {
    if (!getOwner()) throw new Error('files.view needs an owner: call it within a component')
    const [held, hold] = createSignal<Shown>(NOTHING)
    const key = createMemo(() => file()?.key)
    const follow = (name: string | undefined) => {
      const asked = file()
      if (name === undefined || !asked) return void hold(NOTHING)
      const entry = entryOf(name)
      entry.holders += 1
      hold(entry.shown)
      if (options.auto && !entry.blob && entry.shown.state !== 'failed') void begin(entry, asked)
      onCleanup(() => letGo(entry))
    }
    createComputed(on(key, follow))
    return {
      get state() {
        return held().state
      },
      get progress() {
        return held().progress
      },
      get url() {
        return held().url
      },
      get failure() {
        return held().failure
      },
    } as FileView
  }

  return {
    view,
    async download(file, { progress, signal } = {}) {
      const entry = entryOf(file.key)
      entry.wanted = true
      if (progress) entry.listeners.add(progress)
      const cancel = () => entry.running?.stop.abort(signal?.reason)
      signal?.addEventListener('abort', cancel, { once: true })
      try {
        return await begin(entry, file)
      } finally {
        signal?.removeEventListener('abort', cancel)
        if (progress) entry.listeners.delete(progress)
      }
    },
    blobOf: file => entries.get(file.key)?.blob,
    async transfer(file, move, stop) {
      const entry = entryOf(file.key)
      if (entry.running) throw new Failure('BUSY')
      const busy = { state: entry.shown.state, progress: 1 }
      entry.wanted = true
      entry.set({ state: 'running', progress: 0, failure: undefined })
      const result = move(stop.signal, (done, total) => entry.set('progress', total > 0 ? done / total : 0))
      entry.running = { stop, result: result.then(() => entry.blob ?? new Blob()) }
      entry.running.result.catch(() => undefined)
      try {
        await result
      } finally {
        entry.running = undefined
        entry.wanted = false
        entry.set(busy.state === 'running' ? NOTHING : busy)
        tidy()
      }
    },
    cancel(file) {
      entries.get(file.key)?.running?.stop.abort(new DOMException('cancelled', 'AbortError'))
    },
    seed(file, blob) {
      const entry = entryOf(file.key)
      if (!entry.blob) ready(entry, blob)
    },
    forget() {
      for (const entry of [...entries.values()]) {
        entry.running?.stop.abort(new DOMException('signed out', 'AbortError'))
        drop(entry)
      }
    },
  }
}
