/** A picture or video of a message, the same whether it is on the server or still on its way there. */
import type { FileRef, Message, Picture, Upload } from '../../core/types'
import type { Sides } from './layout'
import { jpegUrl } from './preview'

export interface Visual {
  readonly kind: 'photo' | 'video' | 'gif'
  readonly message: Message
  readonly sides: Sides
  /** Drawn until something better is there. */
  readonly preview: string | undefined
  /** The still picture in its sizes. */
  readonly picture: Picture | undefined
  /** The moving one. */
  readonly file: FileRef | undefined
  readonly duration: number // seconds
  readonly spoiler: boolean
  readonly upload: Upload | undefined
}

/** Undefined for what is not shown as a picture. */
export function visualOf(message: Message): Visual | undefined {
  const { media } = message
  if (media?.kind === 'photo') {
    const { picture, spoiler } = media
    const preview = jpegUrl(picture.preview)
    return {
      kind: 'photo',
      message,
      sides: picture,
      preview,
      picture,
      file: undefined,
      duration: 0,
      spoiler,
      upload: undefined,
    }
  }
  if ((media?.kind === 'video' && !media.round) || media?.kind === 'gif') {
    const { file, thumbnail } = media
    const isVideo = media.kind === 'video'
    return {
      kind: media.kind,
      message,
      sides: media.width > 0 && media.height > 0 ? media : (thumbnail ?? { width: 0, height: 0 }),
      preview: jpegUrl(thumbnail?.preview),
      picture: thumbnail,
      file,
      duration: isVideo ? media.duration : 0,
      spoiler: isVideo && media.spoiler,
      upload: undefined,
    }
  }
  return media?.kind === 'upload' ? ofUpload(message, media.upload) : undefined
}

function ofUpload(message: Message, upload: Upload): Visual | undefined {
  if (upload.as !== 'photo' && upload.as !== 'video' && upload.as !== 'gif') return undefined
  return {
    kind: upload.as,
    message,
    sides: { width: upload.width ?? 0, height: upload.height ?? 0 },
    preview: upload.localUrl,
    picture: undefined,
    file: undefined,
    duration: upload.duration ?? 0,
    spoiler: false,
    upload,
  }
}

/** The smallest copy that is sharp at this width on this screen, in CSS pixels. */
export function sharpSize(picture: Picture | undefined, cssWidth: number): FileRef | undefined {
  if (!picture) return undefined
  const pixels = cssWidth * Math.min(2, window.devicePixelRatio || 1)
  const sharp = picture.sizes.find(({ width }) => width >= pixels * 0.85)
  return (sharp ?? picture.sizes.at(-1))?.file
}
