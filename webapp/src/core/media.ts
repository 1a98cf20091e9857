/**
 * Files: what screens ask of them (`FilesActions`) and what sending needs.
 *
 * The parts are beside this file in `media/`: how files are cut, go up and come down, where they are kept, what their names
 * and types may be. This file only puts them together.
 */
import type { tl } from '@mtcute/core'
import type { FilesActions } from './contract/files'
import type { OutgoingFile } from './contract/messages'
import type { FileRef, Media } from './types'
import { createDownload } from './media/download'
import { failureOf } from './media/failure'
import { createKeep, type Keep } from './media/keep'
import { createLocations } from './media/location'
import { savedName } from './media/names'
import { type Outgoing, lacksParts, newOutgoing, startAgain, storeForAlbum, uploadOutgoing } from './media/outgoing'
import type { Caller } from './media/port'
import { forgetPrivateFiles, handOver, LARGE_MIN_BYTES, nameByType, saveLarge } from './media/save'
import { newUpload, upload } from './media/upload'
import { createViews } from './media/views'

export { avatarOf, documentOf, mediaOf, pictureOf } from './media/of-tl'
export type { Caller } from './media/port'
export { type Outgoing, lacksParts, newOutgoing, startAgain }

export interface FilesPort {
  readonly caller: Caller
  /** The peer of a person's or chat's id ('u5'). */
  readonly peer: (id: string) => Promise<tl.TypeInputPeer>
  /** Ends an upload and with it its message; see `FilesActions.cancelUpload`. */
  readonly cancelUpload: (upload: string) => void
  readonly keep?: Keep
}

export interface TransferOptions {
  readonly signal?: AbortSignal
  /** Bytes that are there, and bytes in all. */
  readonly progress?: (done: number, total: number) => void
}

/** What the sending of messages needs beside what screens use. All promises reject with a `Failure`. */
export interface Files extends FilesActions {
  /** Brings one plain file up, for instance a profile photo. */
  upload(file: Blob, name: string, options?: TransferOptions): Promise<tl.TypeInputFile>
  /** Brings what is sent up, or the rest of it, and describes it to the server. */
  inputMedia(outgoing: Outgoing, options?: TransferOptions): Promise<tl.TypeInputMedia>
  /** Makes one medium of an album out of what `inputMedia` gave. */
  albumMedia(peer: tl.TypeInputPeer, media: tl.TypeInputMedia, signal?: AbortSignal): Promise<tl.TypeInputMedia>
  /** The server has what was sent from here: its bytes need no download. */
  seed(media: Media | undefined, sent: OutgoingFile): void
  /** At sign-out: ends all transfers, revokes all addresses, wipes what was kept. */
  forget(): Promise<void>
}

export function createFiles({ caller, peer, cancelUpload, keep = createKeep() }: FilesPort): Files {
  const locations = createLocations({ caller, peer })
  const fetch = createDownload(caller, locations)
  const views = createViews(fetch, keep)
  const saving = new Map<string, AbortController>()

  /** A large file goes to the disk and not through memory; its progress is shown by its view all the same. */
  async function save(file: FileRef): Promise<void> {
    const here = views.blobOf(file)
    if (here || file.size < LARGE_MIN_BYTES) {
      const blob = here ?? (await views.download(file))
      return handOver(blob, savedName(file.name, nameByType(file.mime)))
    }
    if (saving.has(file.key)) return
    const stop = new AbortController()
    saving.set(file.key, stop)
    const write = views.transfer(file, (signal, progress) => saveLarge(fetch, file, { signal, progress }), stop)
    await write.catch(rethrow).finally(() => saving.delete(file.key))
  }

  return {
    view: views.view,
    download: views.download,
    save,
    cancelUpload,
    cancelDownload(file) {
      saving.get(file.key)?.abort(new DOMException('cancelled', 'AbortError'))
      views.cancel(file)
    },
    cacheSize: () => keep.bytes(),
    async clearCache() {
      await keep.clear()
      await forgetPrivateFiles().catch(() => undefined)
    },
    upload: (file, name, options = {}) =>
      Promise.resolve()
        .then(() => upload(caller, newUpload(file), name, uploadOptions(options)))
        .catch(rethrow),
    inputMedia: (outgoing, options = {}) => uploadOutgoing(caller, outgoing, uploadOptions(options)).catch(rethrow),
    albumMedia: (to, media, signal) => storeForAlbum(caller, to, media, signal).catch(rethrow),
    seed(media, sent) {
      for (const file of sameBytes(media, sent)) views.seed(file, sent.file)
    },
    async forget() {
      for (const stop of saving.values()) stop.abort(new DOMException('signed out', 'AbortError'))
      views.forget()
      locations.forget()
      await keep.clear().catch(() => undefined)
      await forgetPrivateFiles().catch(() => undefined)
    },
  }
}

/** The files on the server that look like what was sent: a photo's larger sizes, a document itself. */
function sameBytes(media: Media | undefined, sent: OutgoingFile): FileRef[] {
  if (!media) return []
  if (media.kind === 'photo' && sent.as === 'photo') return media.picture.sizes.map(({ file }) => file)
  return 'file' in media && media.file.size === sent.file.size ? [media.file] : []
}

function uploadOptions({ signal, progress }: TransferOptions) {
  return {
    ...(signal ? { signal } : {}),
    ...(progress ? { onProgress: ({ done, total }: { done: number; total: number }) => progress(done, total) } : {}),
  }
}

function rethrow(cause: unknown): never {
  throw failureOf(cause)
}
