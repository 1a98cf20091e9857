/** What the viewer turns over: pictures and videos of messages, pictures sent as files, photos of a profile. */
import type { Engine } from '../../core/engine'
import { isPictureType } from '../../core/media/types-of-bytes'
import type { FileRef, Message, Person, Picture } from '../../core/types'
import type { Sides } from './layout'
import { jpegUrl } from './preview'
import { visualOf } from './visual'

export interface Viewed {
  readonly key: string
  readonly kind: 'photo' | 'video' | 'gif'
  readonly sides: Sides
  readonly preview: string | undefined
  /** Copies of the still picture, the smallest first. */
  readonly stills: readonly FileRef[]
  /** What is saved, and what is played. */
  readonly file: FileRef | undefined
  readonly message: Message | undefined
}

/** Pictures sent as files are looked at up to this size, in bytes. */
const FILE_MAX_BYTES = 40 * 1024 * 1024

export function viewedOf(message: Message): Viewed | undefined {
  const { media, key } = message
  if (
    media?.kind === 'file' &&
    isPictureType(media.file.mime) &&
    media.file.size <= FILE_MAX_BYTES &&
    media.thumbnail
  ) {
    const { file, thumbnail } = media
    const stills = [...thumbnail.sizes.map(size => size.file), file]
    return {
      key,
      kind: 'photo',
      sides: { width: 0, height: 0 },
      preview: jpegUrl(thumbnail.preview),
      stills,
      file,
      message,
    }
  }
  const visual = visualOf(message)
  if (!visual || visual.upload) return undefined
  const { kind, sides, preview, picture, file } = visual
  const stills = picture?.sizes.map(size => size.file) ?? []
  return { key, kind, sides, preview, stills, file: file ?? stills.at(-1), message }
}

/** The photos of a profile, the newest first; the one that everybody sees is there before the others are known. */
export async function viewedOfPerson(engine: Engine, person: Person): Promise<Viewed[]> {
  const details = await engine.people.details(person.id).catch(() => undefined)
  const photos = details && details.photos.length > 0 ? details.photos : person.photo ? [person.photo] : []
  return photos.map(viewedOfPicture)
}

export function viewedOfPicture(picture: Picture): Viewed {
  const { id, preview, width, height } = picture
  const stills = picture.sizes.map(size => size.file)
  return {
    key: id,
    kind: 'photo',
    sides: { width: width || 640, height: height || 640 },
    preview: jpegUrl(preview),
    stills,
    file: stills.at(-1),
    message: undefined,
  }
}
