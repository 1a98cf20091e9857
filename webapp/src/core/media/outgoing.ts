/**
 * What is sent: an upload becomes the protocol's "uploaded photo" or "uploaded document", with all that clients of others
 * need to show it before they have it: sides, length, waveform, a thumbnail.
 */
import type { tl } from '@mtcute/core'
import type { OutgoingFile } from '../contract/messages'
import { Failure } from '../types'
import { FILE_MAX_BYTES } from './limits'
import { savedName } from './names'
import type { Caller } from './port'
import { newUpload, startOver, upload, type Upload, type UploadOptions } from './upload'
import { encodeWaveform } from './waveform'

/** Something that is being sent, with what the server has of it already; it outlives a failed try. */
export interface Outgoing {
  readonly file: OutgoingFile
  job: Upload
  thumbnail: Upload | undefined
}

export function newOutgoing(file: OutgoingFile): Outgoing {
  if (file.file.size === 0) throw new Failure('FILE_EMPTY')
  if (file.file.size > FILE_MAX_BYTES) throw new Failure('TOO_LARGE', FILE_MAX_BYTES)
  const thumbnail = file.thumbnail && file.thumbnail.size > 0 ? newUpload(file.thumbnail) : undefined
  return { file, job: newUpload(file.file), thumbnail }
}

/** Brings it up and describes it. May be called again after a failure: only what is missing is sent. */
export async function uploadOutgoing(
  caller: Caller,
  outgoing: Outgoing,
  options: UploadOptions,
): Promise<tl.TypeInputMedia> {
  const { file } = outgoing
  const name = savedName(file.name, 'file')
  const signal = options.signal ? { signal: options.signal } : {}
  const thumb = outgoing.thumbnail && (await upload(caller, outgoing.thumbnail, 'thumb.jpg', signal))
  const input = await upload(caller, outgoing.job, name, options)
  const spoiler = file.spoiler === true
  if (file.as === 'photo') return { _: 'inputMediaUploadedPhoto', file: input, spoiler }
  return {
    _: 'inputMediaUploadedDocument',
    file: input,
    ...(thumb ? { thumb } : {}),
    mimeType: mimeOf(file),
    attributes: attributesOf(file, name),
    forceFile: file.as === 'file',
    spoiler,
  }
}

/** The server does not have the parts any more (it waits a day for the rest): all are sent again. */
export function startAgain(outgoing: Outgoing): void {
  outgoing.job = startOver(outgoing.job)
  if (outgoing.thumbnail) outgoing.thumbnail = startOver(outgoing.thumbnail)
}

/** Whether a refusal of a send means that parts are missing on the server. */
export function lacksParts(failure: Failure): boolean {
  return failure.code.startsWith('FILE_PART') || failure.code === 'FILE_ID_INVALID'
}

/**
 * The media of an album one by one: each upload becomes a medium of its own, so that pictures are worked on while others
 * are still on their way, and a bad one is known by its own refusal.
 */
export async function storeForAlbum(
  caller: Caller,
  peer: tl.TypeInputPeer,
  media: tl.TypeInputMedia,
  signal?: AbortSignal,
): Promise<tl.TypeInputMedia> {
  const options = signal ? { abortSignal: signal } : {}
  const stored = await caller.call({ _: 'messages.uploadMedia', peer, media }, options)
  const spoiler = 'spoiler' in media && media.spoiler === true
  if (stored._ === 'messageMediaPhoto' && stored.photo?._ === 'photo') {
    const { id, accessHash, fileReference } = stored.photo
    return { _: 'inputMediaPhoto', id: { _: 'inputPhoto', id, accessHash, fileReference }, spoiler }
  }
  if (stored._ === 'messageMediaDocument' && stored.document?._ === 'document') {
    const { id, accessHash, fileReference } = stored.document
    return { _: 'inputMediaDocument', id: { _: 'inputDocument', id, accessHash, fileReference }, spoiler }
  }
  throw new Failure('MEDIA_INVALID')
}

function attributesOf(file: OutgoingFile, name: string): tl.TypeDocumentAttribute[] {
  const attributes: tl.TypeDocumentAttribute[] = []
  const [w, h, duration] = [file.width ?? 0, file.height ?? 0, file.duration ?? 0]
  if (file.as !== 'voice') attributes.push({ _: 'documentAttributeFilename', fileName: name })
  if (file.as === 'video' || (file.as === 'gif' && file.file.type.startsWith('video/'))) {
    attributes.push({ _: 'documentAttributeVideo', duration, w, h, supportsStreaming: false })
  }
  if (file.as === 'gif') attributes.push({ _: 'documentAttributeAnimated' })
  if (file.as === 'gif' && file.file.type.startsWith('image/') && w > 0) {
    attributes.push({ _: 'documentAttributeImageSize', w, h })
  }
  if (file.as === 'audio') attributes.push({ _: 'documentAttributeAudio', duration: Math.round(duration) })
  if (file.as === 'voice') {
    const waveform = encodeWaveform(file.waveform ?? [])
    attributes.push({ _: 'documentAttributeAudio', voice: true, duration: Math.round(duration), waveform })
  }
  return attributes
}

/** Voice notes are named as other clients expect; parameters of the type (`;codecs=`) are not part of it. */
function mimeOf({ file, as }: OutgoingFile): string {
  const bare = (file.type.split(';')[0] ?? '').trim().toLowerCase()
  if (as === 'voice' && bare === 'audio/opus') return 'audio/ogg'
  return bare || 'application/octet-stream'
}
