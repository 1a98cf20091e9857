/**
 * Files on their way down: pieces, several at once, written where they belong as they come.
 *
 * Where they go is up to the sink: memory for what is looked at, the disk for what is saved.
 */
import type { tl } from '@mtcute/core'
import type { FileRef } from '../types'
import { DOWNLOAD_PARTS_IN_FLIGHT } from './limits'
import type { Locations } from './location'
import { downloadPlan, type Plan } from './parts'
import type { CallOptions, Caller } from './port'

/** Files of unknown length are read until a piece is short; not further than this, in bytes. */
const UNKNOWN_MAX_BYTES = 8 * 1024 * 1024
const MAIN_LINE_MAX_BYTES = 1024 * 1024

/** Takes pieces in any order. */
export interface Sink {
  write(offset: number, bytes: Uint8Array): Promise<void> | void
}

export interface DownloadOptions {
  readonly signal: AbortSignal
  readonly progress?: (done: number, total: number) => void
}

/** A file that ended before its time, or the server sent something that is no file. */
export class BrokenFile extends Error {
  override readonly name = 'BrokenFile'
}

export type Fetch = (file: FileRef, sink: Sink, options: DownloadOptions) => Promise<void>

/** What brings a file into a sink. */
export function createDownload(caller: Caller, locations: Locations): Fetch {
  async function piece(file: FileRef, offset: number, limit: number, options: CallOptions): Promise<Uint8Array> {
    const answer = await locations.withLocation(file.location, location =>
      caller.call({ _: 'upload.getFile', location, offset, limit } satisfies tl.upload.RawGetFileRequest, options),
    )
    if (answer._ !== 'upload.file') throw new BrokenFile(`no file: ${answer._}`)
    return answer.bytes
  }

  /** A profile photo says nothing of its length. */
  async function unknownLength(file: FileRef, sink: Sink, { signal, progress }: DownloadOptions): Promise<void> {
    const { partBytes } = downloadPlan(1)
    const options: CallOptions = { kind: 'main', abortSignal: signal }
    for (let offset = 0; offset < UNKNOWN_MAX_BYTES; offset += partBytes) {
      const bytes = await piece(file, offset, partBytes, options)
      await sink.write(offset, bytes)
      progress?.(offset + bytes.length, 0)
      if (bytes.length < partBytes) return
    }
    throw new BrokenFile('a file of unknown length does not end')
  }

  async function knownLength(file: FileRef, plan: Plan, sink: Sink, { signal, progress }: DownloadOptions) {
    const failure = new AbortController()
    const stop = () => failure.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    const kind = plan.bytes <= MAIN_LINE_MAX_BYTES ? 'main' : 'download'
    const options: CallOptions = { kind, abortSignal: failure.signal }
    let [next, done] = [0, 0]
    const worker = async () => {
      while (next < plan.parts) {
        const offset = next++ * plan.partBytes
        const bytes = await piece(file, offset, plan.partBytes, options)
        if (bytes.length !== Math.min(plan.partBytes, plan.bytes - offset)) throw new BrokenFile(`short at ${offset}`)
        failure.signal.throwIfAborted()
        await sink.write(offset, bytes)
        done += bytes.length
        progress?.(done, plan.bytes)
      }
    }
    const workers = Array.from({ length: Math.min(DOWNLOAD_PARTS_IN_FLIGHT, plan.parts) }, worker)
    try {
      await Promise.all(workers)
    } catch (cause) {
      failure.abort(cause)
      await Promise.allSettled(workers)
      throw cause
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  return async (file, sink, options) => {
    options.signal.throwIfAborted()
    if (file.size === 0) return unknownLength(file, sink, options)
    return knownLength(file, downloadPlan(file.size), sink, options)
  }
}

/** A sink in memory. Pieces become blobs at once, so that the browser may move them to its disk. */
export function memorySink(): Sink & { blob(type: (head: Uint8Array) => string): Promise<Blob> } {
  const pieces = new Map<number, Blob>()
  return {
    write(offset, bytes) {
      pieces.set(offset, new Blob([bytes as BlobPart]))
    },
    async blob(type) {
      const ordered = [...pieces].sort(([one], [other]) => one - other).map(([, blob]) => blob)
      const all = new Blob(ordered)
      const head = new Uint8Array(await all.slice(0, 32).arrayBuffer())
      return new Blob([all], { type: type(head) })
    },
  }
}
