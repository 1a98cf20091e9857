/**
 * Voice notes are Opus in Ogg; some browsers record Opus in WebM only. The packets are the same, so they are moved from one
 * container to the other, byte for byte, without being decoded.
 *
 * Only what a browser's recorder writes is understood. Anything else gives undefined, and the recording is sent as it is.
 */
const EBML = {
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  track: 0xae,
  codecPrivate: 0x63a2,
  cluster: 0x1f43b675,
  group: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
}
const INSIDE = new Set<number>([EBML.segment, EBML.tracks, EBML.track, EBML.cluster, EBML.group])
/** Samples of a second, in which Ogg counts Opus whatever its rate. */
const RATE = 48_000
/** Segments of a page, in segments of 255 bytes. */
const PAGE_SEGMENTS_MAX = 255
/** A page at least each second, so that players can seek, in samples. */
const PAGE_SAMPLES = RATE

export interface OggVoice {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly seconds: number
}

/** The same sound in Ogg, or undefined when it is not the plain Opus of a recorder. */
export function webmToOgg(webm: Uint8Array): OggVoice | undefined {
  const found = packetsOf(webm)
  if (!found || found.packets.length === 0) return undefined
  const { head, packets } = found
  const preSkip = (head[10] ?? 0) | ((head[11] ?? 0) << 8)
  const samples = packets.reduce((sum, packet) => sum + samplesOf(packet), 0)
  return { bytes: oggOf(head, packets), seconds: Math.max(0, samples - preSkip) / RATE }
}

// ---------------------------------------------------------------- WebM

function packetsOf(webm: Uint8Array): { head: Uint8Array; packets: Uint8Array[] } | undefined {
  const packets: Uint8Array[] = []
  let head: Uint8Array | undefined
  for (let at = 0; at < webm.length; ) {
    const id = variable(webm, at, false)
    const size = id && variable(webm, at + id.length, true)
    if (!id || !size) return undefined
    const from = at + id.length + size.length
    if (INSIDE.has(id.value)) {
      at = from
      continue
    }
    const to = from + size.value
    if (!(to <= webm.length)) break // the recorder was cut off within an element
    const content = webm.subarray(from, to)
    if (id.value === EBML.codecPrivate) head = content
    if (id.value === EBML.simpleBlock || id.value === EBML.block) {
      const packet = packetOf(content)
      if (!packet) return undefined
      packets.push(packet)
    }
    at = to
  }
  return head && isOpusHead(head) ? { head, packets } : undefined
}

/** A block is a track number, a time of two bytes, flags, and the packet; laced blocks hold several and are not understood. */
function packetOf(block: Uint8Array): Uint8Array | undefined {
  const track = variable(block, 0, true)
  const flags = track && block[track.length + 2]
  if (track === undefined || flags === undefined || (flags & 0x06) !== 0) return undefined
  return block.subarray(track.length + 3)
}

/** A number whose first byte tells its length; ids keep the mark of the length, sizes do not. Unknown sizes are endless. */
function variable(bytes: Uint8Array, at: number, isSize: boolean): { value: number; length: number } | undefined {
  const first = bytes[at]
  if (first === undefined || first === 0) return undefined
  const length = Math.clz32(first) - 23
  if (at + length > bytes.length) return undefined
  let value = isSize ? first & (0xff >> length) : first
  let isUnknown = isSize && value === 0xff >> length
  for (let offset = 1; offset < length; offset++) {
    const byte = bytes[at + offset] ?? 0
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return { value: isUnknown ? Number.POSITIVE_INFINITY : value, length }
}

function isOpusHead(head: Uint8Array): boolean {
  return head.length >= 19 && String.fromCharCode(...head.subarray(0, 8)) === 'OpusHead'
}

// ---------------------------------------------------------------- Opus

/** How long a packet sounds, in samples: from its first byte (RFC 6716, section 3.1). */
export function samplesOf(packet: Uint8Array): number {
  const toc = packet[0]
  if (toc === undefined) return 0
  const config = toc >> 3
  const frame = frameSamples(config)
  const code = toc & 3
  if (code === 0) return frame
  return frame * (code === 3 ? (packet[1] ?? 0) & 0x3f : 2)
}

function frameSamples(config: number): number {
  const step = config & 3
  if (config >= 16) return 120 << step // 2.5 to 20 ms
  if (config >= 12) return step % 2 === 0 ? 480 : 960
  return step === 3 ? 2_880 : 480 << step // 10, 20, 40, 60 ms
}

// ---------------------------------------------------------------- Ogg

function oggOf(head: Uint8Array, packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const serial = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1
  const pages: Uint8Array[] = []
  const add = (content: readonly Uint8Array[], granule: number, flags: number) =>
    pages.push(page({ content, granule, flags, serial, number: pages.length }))
  add([head], 0, 0x02)
  add([tags()], 0, 0)
  let [waiting, segments, since, granule]: [Uint8Array[], number, number, number] = [[], 0, 0, 0]
  packets.forEach((packet, at) => {
    const needed = Math.floor(packet.length / 255) + 1
    if (waiting.length > 0 && (segments + needed > PAGE_SEGMENTS_MAX || since >= PAGE_SAMPLES)) {
      add(waiting, granule, 0)
      ;[waiting, segments, since] = [[], 0, 0]
    }
    waiting.push(packet)
    segments += needed
    since += samplesOf(packet)
    granule += samplesOf(packet)
    if (at === packets.length - 1) add(waiting, granule, 0x04)
  })
  return joined(pages)
}

function tags(): Uint8Array {
  const vendor = new TextEncoder().encode('Kentong')
  const bytes = new Uint8Array(16 + vendor.length)
  bytes.set(new TextEncoder().encode('OpusTags'))
  new DataView(bytes.buffer).setUint32(8, vendor.length, true)
  bytes.set(vendor, 12)
  return bytes
}

interface PageOptions {
  content: readonly Uint8Array[]
  granule: number
  flags: number
  serial: number
  number: number
}

/** A page of whole packets: each is cut into segments of 255 bytes, the last one shorter. */
function page({ content, granule, flags, serial, number }: PageOptions): Uint8Array {
  const lacing = content.flatMap(packet => [
    ...new Array<number>(Math.floor(packet.length / 255)).fill(255),
    packet.length % 255,
  ])
  const header = new Uint8Array(27 + lacing.length)
  const view = new DataView(header.buffer)
  header.set(new TextEncoder().encode('OggS'))
  header[5] = flags
  view.setBigUint64(6, BigInt(granule), true)
  view.setUint32(14, serial, true)
  view.setUint32(18, number, true)
  header[26] = lacing.length
  header.set(lacing, 27)
  const bytes = joined([header, ...content])
  new DataView(bytes.buffer).setUint32(22, checksum(bytes), true)
  return bytes
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1
  return value >>> 0
})

/** Ogg's own: not reflected, beginning with 0. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum = ((sum << 8) ^ (TABLE[((sum >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0
  return sum
}
