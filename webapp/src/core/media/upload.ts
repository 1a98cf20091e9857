/**
 * Files on their way up: in parts, several at once, each read from the disk when its turn comes, so that a file of 4,000 MiB costs a few parts of
 * memory.
 *
 * An upload is a thing of its own that outlives a failed try: what the server has is not sent again. A lost connection is no failure, for the parts
 * under way are sent again by the session; a refusal is, and then `upload` may be called again on the same upload.
 */
import type { tl } from '@mtcute/core'
import Long from 'long'
import { UPLOAD_PARTS_IN_FLIGHT, UPLOADS_AT_ONCE } from './limits'
import { partRange, uploadPlan, type Plan } from './parts'
import type { Caller } from './port'
import { createTurns } from './turns'

const MAIN_LINE_MAX_BYTES = 128 * 1024 // so little does not hold messages up

export interface Upload {
  readonly file: Blob
  readonly plan: Plan
  readonly fileId: Long
  /** Parts the server has. */
  readonly done: Set<number>
}

export interface Progress {
  readonly done: number // bytes
  readonly total: number // bytes
}

export interface UploadOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

/** The file cannot be read any more: it was changed, moved or deleted since it was chosen. */
export class FileGone extends Error {
  override readonly name = 'FileGone'
}

const turns = createTurns({ atOnce: UPLOADS_AT_ONCE, waiting: 1_000, newestFirst: false })

export function newUpload(file: Blob): Upload {
  const [low, high] = crypto.getRandomValues(new Int32Array(2))
  return { file, plan: uploadPlan(file.size), fileId: Long.fromBits(low ?? 0, high ?? 0), done: new Set() }
}

/** Brings what is missing to the server; gives what `inputMedia…` wants to hear. Rejects when called off or refused. */
export function upload(
  caller: Caller,
  job: Upload,
  name: string,
  options: UploadOptions = {},
): Promise<tl.TypeInputFile> {
  return turns.run(async () => {
    await sendMissing(caller, job, options)
    return inputFile(job, name)
  }, options.signal)
}

/** Forgets the parts, so that they are all sent again: the server removes uploads that rest for a day. */
export function startOver(job: Upload): Upload {
  return newUpload(job.file)
}

async function sendMissing(caller: Caller, job: Upload, { signal, onProgress }: UploadOptions): Promise<void> {
  const missing = Array.from({ length: job.plan.parts }, (_, part) => part).filter(part => !job.done.has(part))
  const failure = new AbortController()
  const stop = signal ? anyOf(signal, failure.signal) : failure.signal
  const report = () => onProgress?.({ done: bytesDone(job), total: job.plan.bytes })
  const worker = async () => {
    for (let part = missing.shift(); part !== undefined; part = missing.shift()) {
      await sendPart(caller, job, part, stop)
      job.done.add(part)
      report()
    }
  }
  report()
  const workers = Array.from({ length: Math.min(UPLOAD_PARTS_IN_FLIGHT, missing.length) }, worker)
  try {
    await Promise.all(workers)
  } catch (cause) {
    failure.abort(cause)
    await Promise.allSettled(workers)
    throw cause
  }
}

async function sendPart(
  caller: Caller,
  { file, plan, fileId }: Upload,
  part: number,
  abortSignal: AbortSignal,
): Promise<void> {
  const { from, to } = partRange(plan, part)
  const bytes = await readSlice(file, from, to)
  abortSignal.throwIfAborted()
  const kind = plan.bytes <= MAIN_LINE_MAX_BYTES ? 'main' : 'upload'
  const taken = plan.big
    ? await caller.call(
        { _: 'upload.saveBigFilePart', fileId, filePart: part, fileTotalParts: plan.parts, bytes },
        { kind, abortSignal },
      )
    : await caller.call({ _: 'upload.saveFilePart', fileId, filePart: part, bytes }, { kind, abortSignal })
  if (!taken) throw new Error(`part ${part} was not taken`)
}

async function readSlice(file: Blob, from: number, to: number): Promise<Uint8Array> {
  const read = file.slice(from, to).arrayBuffer()
  const bytes = await read.catch((cause: unknown) => {
    throw new FileGone('the file cannot be read any more', { cause })
  })
  if (bytes.byteLength !== to - from) throw new FileGone('the file became shorter')
  return new Uint8Array(bytes)
}

function inputFile({ plan, fileId }: Upload, name: string): tl.TypeInputFile {
  if (plan.big) return { _: 'inputFileBig', id: fileId, parts: plan.parts, name }
  return { _: 'inputFile', id: fileId, parts: plan.parts, name, md5Checksum: '' }
}

function bytesDone({ plan, done }: Upload): number {
  let bytes = done.size * plan.partBytes
  if (done.has(plan.parts - 1)) bytes -= plan.parts * plan.partBytes - plan.bytes
  return bytes
}

/** `AbortSignal.any`, which browsers of two years ago lack. */
function anyOf(one: AbortSignal, other: AbortSignal): AbortSignal {
  const both = new AbortController()
  for (const signal of [one, other]) {
    if (signal.aborted) both.abort(signal.reason)
    else signal.addEventListener('abort', () => both.abort(signal.reason), { once: true, signal: both.signal })
  }
  return both.signal
}
