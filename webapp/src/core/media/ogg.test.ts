import { describe, expect, it } from 'vitest'
import { checksum, samplesOf, webmToOgg } from './ogg'

const bytes = (...values: number[]) => Uint8Array.from(values)
const letters = (text: string) => Uint8Array.from(text, letter => letter.charCodeAt(0))
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap(part => [...part]))

/** An element with a size of four bytes. */
function element(id: number[], content: Uint8Array): Uint8Array {
  const { length } = content
  return joined(
    bytes(...id, 0x10 | (length >>> 24), (length >>> 16) & 255, (length >>> 8) & 255, length & 255),
    content,
  )
}

const HEAD = joined(letters('OpusHead'), bytes(1, 1, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0))
const UNKNOWN = bytes(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
/** 20 ms of the widest band: configuration 31, one frame. */
const packet = (size: number, fill: number) => joined(bytes(31 << 3), new Uint8Array(size - 1).fill(fill))
const block = (content: Uint8Array, flags = 0x80) => element([0xa3], joined(bytes(0x81, 0, 0, flags), content))

function webm(blocks: Uint8Array[]): Uint8Array {
  const tracks = element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x63, 0xa2], HEAD)))
  return joined(
    element([0x1a, 0x45, 0xdf, 0xa3], letters('webm')),
    bytes(0x18, 0x53, 0x80, 0x67),
    UNKNOWN,
    tracks,
    bytes(0x1f, 0x43, 0xb6, 0x75),
    UNKNOWN,
    element([0xe7], bytes(0)),
    ...blocks,
  )
}

interface Page {
  flags: number
  granule: number
  number: number
  packets: Uint8Array[]
}

function pagesOf(ogg: Uint8Array): Page[] {
  const pages: Page[] = []
  for (let at = 0; at < ogg.length; ) {
    expect(String.fromCharCode(...ogg.subarray(at, at + 4))).toBe('OggS')
    const view = new DataView(ogg.buffer, at)
    const lacing = [...ogg.subarray(at + 27, at + 27 + (ogg[at + 26] ?? 0))]
    const length = 27 + lacing.length + lacing.reduce((sum, segment) => sum + segment, 0)
    const whole = ogg.slice(at, at + length)
    const claimed = view.getUint32(22, true)
    whole.fill(0, 22, 26)
    expect(checksum(whole)).toBe(claimed)
    let from = 27 + lacing.length
    let [packets, size]: [Uint8Array[], number] = [[], 0]
    for (const segment of lacing) {
      size += segment
      if (segment === 255) continue
      packets = [...packets, whole.slice(from, from + size)]
      from += size
      size = 0
    }
    pages.push({
      flags: whole[5] ?? 0,
      granule: Number(view.getBigUint64(6, true)),
      number: view.getUint32(18, true),
      packets,
    })
    at += length
  }
  return pages
}

describe('from WebM to Ogg', () => {
  const packets = Array.from({ length: 120 }, (_, at) => packet(at === 7 ? 510 : 60 + at, at))
  const made = webmToOgg(webm(packets.map(content => block(content))))

  it('moves every packet as it is, in order', () => {
    const pages = pagesOf(made?.bytes ?? bytes())
    expect(pages[0]?.packets).toEqual([HEAD])
    expect(String.fromCharCode(...(pages[1]?.packets[0]?.subarray(0, 8) ?? []))).toBe('OpusTags')
    expect(pages.slice(2).flatMap(page => page.packets)).toEqual(packets)
  })

  it('marks the first and the last page, numbers them, and counts samples', () => {
    const pages = pagesOf(made?.bytes ?? bytes())
    expect(pages.map(({ number }) => number)).toEqual(pages.map((_, at) => at))
    expect(pages[0]?.flags).toBe(2)
    expect(pages.at(-1)?.flags).toBe(4)
    expect(pages.at(-1)?.granule).toBe(120 * 960)
    expect(pages.length).toBeGreaterThan(4)
  })

  it('tells the length without what a player skips', () => {
    expect(made?.seconds).toBeCloseTo(2.4 - 0x138 / 48_000)
  })

  it('takes a recording that was cut off', () => {
    const whole = webm(packets.slice(0, 3).map(content => block(content)))
    const cut = webmToOgg(whole.subarray(0, whole.length - 5))
    expect(
      pagesOf(cut?.bytes ?? bytes())
        .slice(2)
        .flatMap(page => page.packets),
    ).toEqual(packets.slice(0, 2))
  })

  it('leaves alone what it does not understand', () => {
    expect(webmToOgg(bytes())).toBe(undefined)
    expect(webmToOgg(letters('<html>'))).toBe(undefined)
    expect(webmToOgg(webm([]))).toBe(undefined)
    expect(webmToOgg(webm([block(packet(20, 1), 0x82)]))).toBe(undefined)
    for (let length = 0; length < 90; length++) webmToOgg(webm([block(packet(20, 1))]).subarray(0, length))
  })
})

it('the first byte of a packet tells how long it sounds', () => {
  expect(samplesOf(bytes(31 << 3))).toBe(960)
  expect(samplesOf(bytes((31 << 3) | 1))).toBe(1920)
  expect(samplesOf(bytes((31 << 3) | 3, 3))).toBe(2880)
  expect(samplesOf(bytes(16 << 3))).toBe(120)
  expect(samplesOf(bytes(3 << 3))).toBe(2880)
  expect(samplesOf(bytes(13 << 3))).toBe(960)
})

it('the checksum is the one of the standard', () => {
  expect(checksum(letters('123456789'))).toBe(0x89a1897f)
})
