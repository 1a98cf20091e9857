/**
 * What a person chose, pasted or dropped, on its way to being sent: looked at once, then a photo, a video, a recording or
 * a plain file, as they wish.
 */
import type { OutgoingFile } from '../contract/messages'
import type { FormattedText } from '../types'
import { FILE_MAX_BYTES, STILL_SIDE } from './limits'
import { type ReadyPhoto, readyPhoto, smallCopy } from './picture'
import { probeAudio, probeVideo, type VideoFacts } from './probe'
import { HEAD_BYTES, pictureType, safeType } from './types-of-bytes'

/** What it can be sent as, besides a file. */
export type Look =
  | { kind: 'photo'; photo: ReadyPhoto }
  | { kind: 'video'; facts: VideoFacts }
  | { kind: 'gif'; width: number; height: number }
  | { kind: 'audio'; duration: number }
  | { kind: 'file' }

export interface Attachment {
  readonly id: number
  readonly file: File
  readonly look: Look
  /** A small picture of it, when there is one. */
  readonly small: Blob | undefined
}

/** Why something cannot be sent at all. */
export type Unfit = 'empty' | 'tooLarge'

let count = 0

/** Undefined when it can be sent. A folder, which browsers hand over as an empty file, cannot. */
export function unfit(file: File): Unfit | undefined {
  if (file.size === 0) return 'empty'
  return file.size > FILE_MAX_BYTES ? 'tooLarge' : undefined
}

/** Looks into a file, as far as this browser can. Never rejects: what it cannot read is a file. */
export async function attachmentOf(file: File): Promise<Attachment> {
  const look = await lookAt(file).catch((): Look => ({ kind: 'file' }))
  const small = await smallOf(file, look).catch(() => undefined)
  return { id: ++count, file, look, small }
}

async function lookAt(file: File): Promise<Look> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  const picture = pictureType(head)
  if (picture === 'image/gif') return gifOf(file)
  if (picture) {
    const photo = await readyPhoto(file)
    return photo ? { kind: 'photo', photo } : { kind: 'file' }
  }
  const type = safeType(file.type, head)
  if (type.startsWith('video/')) {
    const facts = await probeVideo(file)
    return facts ? { kind: 'video', facts } : { kind: 'file' }
  }
  if (type.startsWith('audio/')) {
    const duration = await probeAudio(file)
    return duration === undefined ? { kind: 'file' } : { kind: 'audio', duration }
  }
  return { kind: 'file' }
}

async function gifOf(file: File): Promise<Look> {
  const first = await createImageBitmap(file)
  const { width, height } = first
  first.close()
  return { kind: 'gif', width, height }
}

async function smallOf(file: File, look: Look): Promise<Blob | undefined> {
  if (look.kind === 'photo') return look.photo.blob
  if (look.kind === 'video') return look.facts.still
  if (look.kind === 'gif') return file
  return look.kind === 'file' ? smallCopy(file, STILL_SIDE) : undefined
}

export interface SendAs {
  readonly asFile: boolean
  readonly spoiler: boolean
  readonly caption?: FormattedText
}

/** The attachment as it is handed to the engine. `localUrl`, if any, is the engine's to revoke. */
export function outgoingOf({ file, look, small }: Attachment, { asFile, spoiler, caption }: SendAs): OutgoingFile {
  const common = { name: file.name || 'file', ...(caption ? { caption } : {}) }
  const address = (blob: Blob | undefined) => (blob ? { localUrl: URL.createObjectURL(blob) } : {})
  if (asFile || look.kind === 'file') {
    const thumbnail = look.kind === 'video' && small ? { thumbnail: small } : {}
    return { ...common, ...thumbnail, file, as: 'file' }
  }
  if (look.kind === 'photo') {
    const { blob, width, height } = look.photo
    return { ...common, file: blob, as: 'photo', width, height, spoiler, ...address(blob) }
  }
  if (look.kind === 'video') {
    const { width, height, duration, still } = look.facts
    const thumbnail = still ? { thumbnail: still } : {}
    return { ...common, ...thumbnail, file, as: 'video', width, height, duration, spoiler, ...address(still) }
  }
  if (look.kind === 'gif')
    return { ...common, file, as: 'gif', width: look.width, height: look.height, ...address(file) }
  return { ...common, file, as: 'audio', duration: look.duration }
}
