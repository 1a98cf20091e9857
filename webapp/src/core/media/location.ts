/**
 * Where a file lies, for the server, and what to do when its reference has grown old.
 *
 * A reference counts for a day, and messages in the cache are older. So the first refusal asks for the message (or the
 * profile) again; the new references of everything in it are remembered beside the messages, a bounded number of them.
 */
import type { tl } from '@mtcute/core'
import Long from 'long'
import type { FileLocation, FileSource, PersonId } from '../types'
import { FRESH_REFERENCES, REFERENCE_RETRIES } from './limits'
import { type Caller, refusalOf } from './port'
import { base64, bytesOfBase64 } from './stripped'

export interface Locations {
  /** Calls with the location of a file, again with a new reference when the server says that the old one is worn out. */
  withLocation<T>(location: FileLocation, call: (location: tl.TypeInputFileLocation) => Promise<T>): Promise<T>
  forget(): void
}

/** What else the locations need: who a person is to the server. */
export interface LocationsOptions {
  readonly caller: Caller
  /** The peer of a person or chat id ('u5'). */
  readonly peer: (id: string) => Promise<tl.TypeInputPeer>
}

export function createLocations({ caller, peer }: LocationsOptions): Locations {
  const fresh = new Map<string, Uint8Array>()
  const asking = new Map<string, Promise<void>>()

  async function inputOf(location: FileLocation): Promise<tl.TypeInputFileLocation> {
    if (location.kind === 'avatar') {
      const { person, photoId, big } = location
      return { _: 'inputPeerPhotoFileLocation', peer: await peer(person), photoId: Long.fromString(photoId), big }
    }
    return {
      _: location.kind === 'photo' ? 'inputPhotoFileLocation' : 'inputDocumentFileLocation',
      id: Long.fromString(location.id),
      accessHash: Long.fromString(location.accessHash),
      fileReference: fresh.get(location.id) ?? bytesOfBase64(location.fileReference),
      thumbSize: location.thumb,
    }
  }

  function remember(id: Long, reference: Uint8Array): void {
    fresh.delete(id.toString())
    fresh.set(id.toString(), reference)
    const oldest = fresh.keys().next()
    if (fresh.size > FRESH_REFERENCES && !oldest.done) fresh.delete(oldest.value)
  }

  /** Everything below an answer that has a reference: messages, photos of link previews, profile photos. */
  function rememberAll(value: unknown): void {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Long.isLong(value)) return
    const { id, fileReference } = value as { id?: unknown; fileReference?: unknown }
    if (Long.isLong(id) && fileReference instanceof Uint8Array) remember(id, fileReference)
    for (const below of Object.values(value)) rememberAll(below)
  }

  /** Asks once for each source at a time, however many of its files wait. */
  function renew(source: FileSource): Promise<void> {
    const name = JSON.stringify(source)
    const running = asking.get(name)
    if (running) return running
    const mine = askFor(source)
      .then(rememberAll)
      .finally(() => asking.delete(name))
    asking.set(name, mine)
    return mine
  }

  async function askFor(source: FileSource): Promise<unknown> {
    if ('profileOf' in source) {
      const userId = await userOf(source.profileOf)
      return caller.call({ _: 'photos.getUserPhotos', userId, offset: 0, maxId: Long.ZERO, limit: 100 })
    }
    const id: tl.TypeInputMessage[] = [{ _: 'inputMessageID', id: source.message }]
    if (!source.chat.startsWith('c')) return caller.call({ _: 'messages.getMessages', id })
    const channel = await peer(source.chat)
    if (channel._ !== 'inputPeerChannel') throw new Error(`no channel: ${channel._}`)
    return caller.call({ _: 'channels.getMessages', channel: { ...channel, _: 'inputChannel' }, id })
  }

  async function userOf(person: PersonId): Promise<tl.TypeInputUser> {
    const found = await peer(person)
    if (found._ === 'inputPeerSelf') return { _: 'inputUserSelf' }
    if (found._ !== 'inputPeerUser') throw new Error(`no person: ${found._}`)
    return { ...found, _: 'inputUser' }
  }

  return {
    async withLocation(location, call) {
      for (let tries = 0; ; tries++) {
        const input = await inputOf(location)
        try {
          return await call(input)
        } catch (cause) {
          const source = location.kind === 'avatar' ? undefined : location.source
          const isOld = refusalOf(cause).startsWith('FILE_REFERENCE_')
          if (!isOld || !source || tries >= REFERENCE_RETRIES) throw cause
          if (!isNewer(input, location)) await renew(source)
        }
      }
    },
    forget() {
      fresh.clear()
      asking.clear()
    },
  }

  /** Whether somebody brought a newer reference while this call was under way. */
  function isNewer(used: tl.TypeInputFileLocation, location: FileLocation): boolean {
    if (location.kind === 'avatar' || !('fileReference' in used)) return false
    const known = fresh.get(location.id)
    return known !== undefined && base64(known) !== base64(used.fileReference as Uint8Array)
  }
}
