/**
 * A file to the person's own disk.
 *
 * With a place to write to (File System Access), pieces go straight there. Without, they are collected in the browser's
 * private files, or, where there are none (a page opened over plain http), in memory, up to a limit that is said. Then the
 * browser's own download takes over: an address with `download`, whose type is one that is never opened as a page.
 */
import { Failure, type FileRef } from '../types'
import { memorySink, type Fetch, type Sink } from './download'
import { MEMORY_FILE_MAX_BYTES } from './limits'
import { savedName } from './names'
import { JUST_BYTES, safeType } from './types-of-bytes'

/** Files from this on go to the disk piece by piece, in bytes; smaller ones come as anything else that is looked at. */
export const LARGE_MIN_BYTES = 64 * 1024 * 1024
/** The address of a finished download is let go after this time, in ms: the browser has begun to read by then. */
const RELEASE_AFTER_MS = 60_000
const FOLDER = 'kentong-downloads'

export interface SaveOptions {
  readonly signal: AbortSignal
  readonly progress?: (done: number, total: number) => void
}

type Picker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>

/** Saves a file under its name, without holding it in memory where the browser allows that. */
export async function saveLarge(fetch: Fetch, file: FileRef, options: SaveOptions): Promise<void> {
  const name = savedName(file.name, nameByType(file.mime))
  const picker = (globalThis as { showSaveFilePicker?: Picker }).showSaveFilePicker
  if (picker) {
    const place = await picker({ suggestedName: name }).catch((cause: unknown) => {
      throw new Failure('CANCELLED', undefined, { cause })
    })
    return writeTo(fetch, file, place, options)
  }
  const place = await privatePlace().catch(() => undefined)
  if (place) {
    await writeTo(fetch, file, place, options)
    return handOver(await place.getFile(), name)
  }
  if (file.size > MEMORY_FILE_MAX_BYTES) throw new Failure('TOO_LARGE', MEMORY_FILE_MAX_BYTES)
  const sink = memorySink()
  await fetch(file, sink, options)
  handOver(await sink.blob(head => safeType(file.mime, head)), name)
}

/** What a file without a name is called. */
export function nameByType(mime: string): string {
  const [kind, ending] = mime.split('/')
  const known: Record<string, string> = { jpeg: 'jpg', quicktime: 'mov', mpeg: 'mp3', 'x-m4a': 'm4a' }
  if (kind === 'image' || kind === 'video' || kind === 'audio')
    return `${kind}.${known[ending ?? ''] ?? ending ?? 'bin'}`
  return 'file'
}

/** Gives a blob to the browser's download. */
export function handOver(blob: Blob, name: string): void {
  const isSafe = safeType(blob.type, new Uint8Array()) !== JUST_BYTES || blob.type.startsWith('image/')
  const isRunnable = blob.type.includes('svg') || blob.type.includes('xml')
  const safe = isSafe && !isRunnable ? blob : new Blob([blob], { type: JUST_BYTES })
  const url = URL.createObjectURL(safe)
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = name
  anchor.rel = 'noopener'
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(url), RELEASE_AFTER_MS)
}

async function writeTo(fetch: Fetch, file: FileRef, place: FileSystemFileHandle, options: SaveOptions): Promise<void> {
  const out = await place.createWritable()
  const sink: Sink = {
    write: (position, bytes) => out.write({ type: 'write', position, data: bytes as BufferSource }),
  }
  try {
    await fetch(file, sink, options)
    await out.close()
  } catch (cause) {
    await out.abort().catch(() => undefined)
    throw cause
  }
}

/** One file of the browser's private ones; what an earlier download left there goes first. */
async function privatePlace(): Promise<FileSystemFileHandle> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(FOLDER, { create: true })
  for await (const old of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
    const age = Date.now() - Number(old)
    if (!(age < 24 * 3_600_000)) await folder.removeEntry(old).catch(() => undefined)
  }
  const place = await folder.getFileHandle(String(Date.now()), { create: true })
  if (typeof place.createWritable !== 'function') throw new Error('this browser writes no private files')
  return place
}

/** Removes what downloads left in the browser's private files. */
export async function forgetPrivateFiles(): Promise<void> {
  const root = await navigator.storage?.getDirectory?.()
  await root?.removeEntry(FOLDER, { recursive: true })
}
