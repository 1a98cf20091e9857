/**
 * What the bytes of a stranger may be called here.
 *
 * A blob address has the origin of this page. So a blob is only ever given a type that a browser shows and does not run;
 * everything else is "just bytes", whatever its sender says: no HTML, no SVG, no XML, no PDF. Pictures are named by their
 * first bytes, not by their claims.
 */
export const JUST_BYTES = 'application/octet-stream'

/** Sound and moving pictures, by what is claimed: a player that is given something else says that it cannot play it. */
const PLAYED = new Set([
  'audio/aac',
  'audio/flac',
  'audio/mp4',
  'audio/mpeg',
  'audio/ogg',
  'audio/opus',
  'audio/wav',
  'audio/webm',
  'audio/x-m4a',
  'audio/x-wav',
  'video/mp4',
  'video/ogg',
  'video/quicktime',
  'video/webm',
])

/** Bytes that must be seen before a picture is known. */
export const HEAD_BYTES = 32

/** The type under which these bytes may become a blob. */
export function safeType(claimed: string, head: Uint8Array): string {
  const picture = pictureType(head)
  if (picture) return picture
  const bare = (claimed.split(';')[0] ?? '').trim().toLowerCase()
  return PLAYED.has(bare) ? bare : JUST_BYTES
}

/** The kind of picture these bytes begin, if it is one that is shown here. */
export function pictureType(head: Uint8Array): string | undefined {
  if (begins(head, [0xff, 0xd8, 0xff])) return 'image/jpeg'
  if (begins(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png'
  if (begins(head, text('GIF87a')) || begins(head, text('GIF89a'))) return 'image/gif'
  if (begins(head, text('RIFF')) && begins(head.subarray(8), text('WEBP'))) return 'image/webp'
  if (begins(head.subarray(4), text('ftypavif'))) return 'image/avif'
  return undefined
}

/** Whether a picture of this type, claimed by its sender, is worth being opened in the viewer. */
export function isPictureType(claimed: string): boolean {
  return ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'].includes(claimed)
}

function begins(bytes: Uint8Array, pattern: readonly number[]): boolean {
  return pattern.every((byte, at) => bytes[at] === byte)
}

function text(letters: string): number[] {
  return [...letters].map(letter => letter.charCodeAt(0))
}
