/**
 * Pictures made ready to be sent as photos: turned upright, at most 2560 pixels, without the places and devices that a
 * camera writes into its files.
 */
import { PHOTO_QUALITY, PHOTO_RATIO_MAX, PHOTO_SIDE_MAX, PHOTO_SIDES_SUM_MAX, PHOTO_SOURCE_MAX_BYTES } from './limits'
import { HEAD_BYTES, pictureType } from './types-of-bytes'

export interface Sides {
  readonly width: number // pixels
  readonly height: number
}

export interface ReadyPhoto extends Sides {
  readonly blob: Blob
}

/** A part of a picture, in its pixels. */
export interface Cut extends Sides {
  readonly x: number
  readonly y: number
}

/** A photo out of a picture file, or undefined when it cannot be one: then it is sent as the file it is. */
export async function readyPhoto(file: Blob): Promise<ReadyPhoto | undefined> {
  if (!(await maybePhoto(file))) return undefined
  const picture = await decode(file)
  if (!picture) return undefined
  try {
    const sides = { width: picture.width, height: picture.height }
    if (!mayBePhoto(sides)) return undefined
    const target = fitted(sides, PHOTO_SIDE_MAX)
    const blob = await draw(picture, { x: 0, y: 0, ...sides }, target)
    return blob && { blob, ...target }
  } finally {
    picture.close()
  }
}

/** A square cut out of a picture, for a profile. */
export async function cutSquare(file: Blob, cut: Cut, side: number): Promise<Blob | undefined> {
  const picture = await decode(file)
  if (!picture) return undefined
  try {
    const target = Math.round(Math.min(side, Math.max(160, cut.width)))
    return await draw(picture, cut, { width: target, height: target })
  } finally {
    picture.close()
  }
}

/** A small JPEG of a picture file, for a file that shows what is in it. */
export async function smallCopy(file: Blob, side: number): Promise<Blob | undefined> {
  if (!(await maybePhoto(file))) return undefined
  const picture = await decode(file)
  if (!picture) return undefined
  try {
    const sides = { width: picture.width, height: picture.height }
    return await draw(picture, { x: 0, y: 0, ...sides }, fitted(sides, side))
  } finally {
    picture.close()
  }
}

/** Sides within a square of so many pixels, in the same proportion; never larger than they were. */
export function fitted({ width, height }: Sides, side: number): Sides {
  const scale = Math.min(1, side / Math.max(width, height, 1))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** The server's rules for photos, after they were made smaller. */
export function mayBePhoto(sides: Sides): boolean {
  const { width, height } = fitted(sides, PHOTO_SIDE_MAX)
  const [short, long] = width < height ? [width, height] : [height, width]
  return short > 0 && long / short <= PHOTO_RATIO_MAX && width + height <= PHOTO_SIDES_SUM_MAX
}

/** By the first bytes: a still picture that is not too large to be decoded. Moving ones stay what they are. */
async function maybePhoto(file: Blob): Promise<boolean> {
  if (file.size === 0 || file.size > PHOTO_SOURCE_MAX_BYTES) return false
  const head = await file
    .slice(0, HEAD_BYTES)
    .arrayBuffer()
    .catch(() => undefined)
  const type = head && pictureType(new Uint8Array(head))
  return type !== undefined && type !== 'image/gif'
}

/** Upright, as the camera says it was held. Undefined when it is no picture that this browser reads. */
async function decode(file: Blob): Promise<ImageBitmap | undefined> {
  if (typeof createImageBitmap !== 'function') return undefined
  return createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined)
}

async function draw(picture: CanvasImageSource, from: Cut, to: Sides): Promise<Blob | undefined> {
  const canvas = document.createElement('canvas')
  canvas.width = to.width
  canvas.height = to.height
  const pen = canvas.getContext('2d', { alpha: false })
  if (!pen) return undefined
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, to.width, to.height)
  pen.imageSmoothingQuality = 'high'
  pen.drawImage(picture, from.x, from.y, from.width, from.height, 0, 0, to.width, to.height)
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', PHOTO_QUALITY))
  canvas.width = 0 // gives the pixels back at once
  return blob ?? undefined
}
