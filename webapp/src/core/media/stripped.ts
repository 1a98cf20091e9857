/** The picture of at most 40 pixels that comes with a message: a JPEG without its header, which all clients have. */
import { strippedPhotoToJpg } from '@mtcute/core/utils.js'
import type { tl } from '@mtcute/core'

/** Longest one that is looked at, in bytes. */
const STRIPPED_MAX_BYTES = 4096

/** The whole JPEG in base64, or undefined when there is none or it is none. */
export function previewOf(sizes: readonly tl.TypePhotoSize[]): string | undefined {
  for (const one of sizes) if (one._ === 'photoStrippedSize') return wholeJpeg(one.bytes)
  return undefined
}

export function wholeJpeg(stripped: Uint8Array): string | undefined {
  if (stripped.length < 3 || stripped.length > STRIPPED_MAX_BYTES || stripped[0] !== 1) return undefined
  return base64(strippedPhotoToJpg(stripped))
}

export function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}
