/**
 * From the protocol's media to ours.
 *
 * Nothing in here trusts a number: sides, lengths and durations that make no sense become 0. Names stay as their sender
 * wrote them; `names.ts` makes them fit to be shown.
 */
import type { tl } from '@mtcute/core'
import type { FileLocation, FileRef, FileSource, Media, PersonId, Picture, PictureSize } from '../types'
import { base64, previewOf, wholeJpeg } from './stripped'
import { decodeWaveform } from './waveform'

/** What is attached to a message; undefined when nothing is. `heard`: the voice note was listened to. */
export function mediaOf(
  raw: tl.TypeMessageMedia | undefined,
  source: FileSource | undefined,
  heard = true,
): Media | undefined {
  if (!raw || raw._ === 'messageMediaEmpty') return undefined
  switch (raw._) {
    case 'messageMediaPhoto':
      if (raw.photo?._ !== 'photo') return { kind: 'expired' }
      return { kind: 'photo', picture: pictureOf(raw.photo, source), spoiler: raw.spoiler === true }
    case 'messageMediaDocument':
      if (raw.document?._ !== 'document') return { kind: 'expired' }
      return documentOf(raw.document, source, { heard, spoiler: raw.spoiler === true })
    case 'messageMediaGeo':
      return placeOf(raw.geo) ?? unsupported(raw)
    case 'messageMediaVenue':
      return placeOf(raw.geo, raw.title, raw.address) ?? unsupported(raw)
    case 'messageMediaContact':
      return cardOf(raw)
    case 'messageMediaWebPage':
      return linkOf(raw.webpage, source)
    default:
      return unsupported(raw)
  }
}

/** A photo of a message or a profile, with all sizes that are files. */
export function pictureOf(raw: tl.RawPhoto, source: FileSource | undefined): Picture {
  const sizes = sizesOf('photo', raw, raw.sizes, source)
  const largest = sizes.at(-1)
  return whole({
    id: raw.id.toString(),
    width: largest?.width ?? 0,
    height: largest?.height ?? 0,
    preview: previewOf(raw.sizes),
    sizes,
  })
}

/** The small and the big square of a person's photo. They need no file reference: whoever may see it may have it. */
export function avatarOf(raw: tl.TypeUserProfilePhoto | undefined, person: PersonId): Picture | undefined {
  if (raw?._ !== 'userProfilePhoto') return undefined
  const photoId = raw.photoId.toString()
  const square = (side: number, big: boolean): PictureSize => ({
    width: side,
    height: side,
    file: {
      key: `avatar-${photoId}-${big ? 'big' : 'small'}`,
      size: 0,
      mime: 'image/jpeg',
      location: { kind: 'avatar', person, photoId, big },
    },
  })
  const preview = raw.strippedThumb && wholeJpeg(raw.strippedThumb)
  return whole({ id: photoId, width: 0, height: 0, preview, sizes: [square(160, false), square(640, true)] })
}

/** A document of a message: a file, unless an attribute says that it is more. */
export function documentOf(
  raw: tl.RawDocument,
  source: FileSource | undefined,
  { heard = true, spoiler = false } = {},
): Media {
  const { image, video, audio, sticker, animated } = attributesOf(raw.attributes)
  const file = fileOf(raw, source)
  const thumbnail = thumbnailOf(raw, source)
  const sides = { width: sane(video?.w ?? image?.w), height: sane(video?.h ?? image?.h) }
  const duration = sane(video?.duration ?? audio?.duration)
  if (sticker) return whole({ kind: 'sticker', file, thumbnail, ...sides, emoji: sticker.alt })
  if (animated) return whole({ kind: 'gif', file, thumbnail, ...sides })
  if (video) {
    return whole({ kind: 'video', file, thumbnail, ...sides, duration, round: video.roundMessage === true, spoiler })
  }
  if (audio?.voice) {
    return { kind: 'voice', file, duration, waveform: decodeWaveform(audio.waveform ?? new Uint8Array()), heard }
  }
  if (audio) {
    return whole({ kind: 'audio', file, duration, title: audio.title, performer: audio.performer, thumbnail })
  }
  return whole({ kind: 'file', file, thumbnail })
}

type Attribute<Name extends tl.TypeDocumentAttribute['_']> = Extract<tl.TypeDocumentAttribute, { _: Name }> | undefined

function attributesOf(all: readonly tl.TypeDocumentAttribute[]) {
  const find = <Name extends tl.TypeDocumentAttribute['_']>(name: Name) =>
    all.find(one => one._ === name) as Attribute<Name>
  return {
    image: find('documentAttributeImageSize'),
    video: find('documentAttributeVideo'),
    audio: find('documentAttributeAudio'),
    sticker: find('documentAttributeSticker'),
    name: find('documentAttributeFilename'),
    animated: find('documentAttributeAnimated'),
  }
}

function fileOf(raw: tl.RawDocument, source: FileSource | undefined): FileRef {
  return whole({
    key: `document-${raw.id}`,
    size: sane(raw.size),
    mime: raw.mimeType.toLowerCase(),
    name: attributesOf(raw.attributes).name?.fileName || undefined,
    location: locationOf('document', raw, '', source),
  })
}

function thumbnailOf(raw: tl.RawDocument, source: FileSource | undefined): Picture | undefined {
  const sizes = sizesOf('document', raw, raw.thumbs ?? [], source)
  const preview = previewOf(raw.thumbs ?? [])
  const largest = sizes.at(-1)
  if (!largest) return undefined
  return whole({ id: raw.id.toString(), width: largest.width, height: largest.height, preview, sizes })
}

function sizesOf(
  kind: 'photo' | 'document',
  raw: tl.RawPhoto | tl.RawDocument,
  all: readonly tl.TypePhotoSize[],
  source: FileSource | undefined,
): PictureSize[] {
  const sizes = all.flatMap((one): PictureSize[] => {
    if (one._ !== 'photoSize' && one._ !== 'photoSizeProgressive') return []
    const bytes = one._ === 'photoSize' ? one.size : Math.max(0, ...one.sizes)
    const file: FileRef = {
      key: `${kind}-${raw.id}-${one.type}`,
      size: sane(bytes),
      mime: 'image/jpeg',
      location: locationOf(kind, raw, one.type, source),
    }
    return [{ width: sane(one.w), height: sane(one.h), file }]
  })
  return sizes.sort((one, other) => one.width * one.height - other.width * other.height)
}

function locationOf(
  kind: 'photo' | 'document',
  raw: tl.RawPhoto | tl.RawDocument,
  thumb: string,
  source: FileSource | undefined,
): FileLocation {
  const [id, accessHash, fileReference] = [raw.id.toString(), raw.accessHash.toString(), base64(raw.fileReference)]
  return whole({ kind, id, accessHash, fileReference, thumb, source })
}

type Kind<Name extends Media['kind']> = Extract<Media, { kind: Name }>

function placeOf(geo: tl.TypeGeoPoint, title?: string, address?: string): Media | undefined {
  if (geo._ !== 'geoPoint') return undefined
  return whole<Kind<'location'>>({ kind: 'location', latitude: geo.lat, longitude: geo.long, title, address })
}

function cardOf(raw: tl.RawMessageMediaContact): Media {
  return whole({
    kind: 'contact',
    firstName: raw.firstName,
    lastName: raw.lastName,
    phone: raw.phoneNumber,
    person: raw.userId ? `u${raw.userId}` : undefined,
  })
}

function linkOf(page: tl.TypeWebPage, source: FileSource | undefined): Media | undefined {
  if (page._ !== 'webPage') return undefined
  const picture = page.photo?._ === 'photo' ? pictureOf(page.photo, source) : undefined
  const { url, siteName: site, title, description } = page
  return whole<Kind<'link'>>({ kind: 'link', url, site, title, description, picture })
}

function unsupported(raw: tl.TypeMessageMedia): Media {
  return { kind: 'unsupported', what: raw._ }
}

/** Without the fields that are undefined: what is not known is absent. */
function whole<T extends object>(fields: { [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

function sane(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : 0
}
