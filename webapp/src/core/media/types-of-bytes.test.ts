import { describe, expect, it } from 'vitest'
import { JUST_BYTES, pictureType, safeType } from './types-of-bytes'

const bytes = (text: string) => Uint8Array.from(text, letter => letter.charCodeAt(0))

describe('the type of a blob', () => {
  it.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'application/pdf',
    'application/javascript',
    'text/html; charset=utf-8',
    'IMAGE/SVG+XML',
    '',
  ])('is just bytes when somebody claims %s', claimed => {
    expect(safeType(claimed, bytes('<svg onload=alert(1)>'))).toBe(JUST_BYTES)
  })

  it('of a picture is what its first bytes say', () => {
    expect(safeType('text/html', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe('image/jpeg')
    expect(safeType('image/jpeg', bytes('<html>'))).toBe(JUST_BYTES)
    expect(pictureType(bytes('RIFF....WEBPVP8 '))).toBe('image/webp')
    expect(pictureType(bytes('GIF89a'))).toBe('image/gif')
    expect(pictureType(new Uint8Array())).toBe(undefined)
  })

  it('of sound and video may be claimed', () => {
    expect(safeType('audio/ogg; codecs=opus', bytes('OggS'))).toBe('audio/ogg')
    expect(safeType('video/mp4', new Uint8Array(32))).toBe('video/mp4')
  })
})
