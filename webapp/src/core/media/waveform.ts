/** The waveform of a voice note: a hundred samples from 0 to 31, packed five bits each, the lowest bits first. */
export const SAMPLES = 100
const BITS = 5
const PEAK = (1 << BITS) - 1

/** Samples of what somebody sent; not more than there are bits for. */
export function decodeWaveform(packed: Uint8Array): number[] {
  const count = Math.min(SAMPLES, Math.floor((packed.length * 8) / BITS))
  return Array.from({ length: count }, (_, at) => {
    const bit = at * BITS
    const pair = (packed[bit >> 3] ?? 0) | ((packed[(bit >> 3) + 1] ?? 0) << 8)
    return (pair >> (bit & 7)) & PEAK
  })
}

/** The opposite. */
export function encodeWaveform(samples: readonly number[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil((samples.length * BITS) / 8))
  samples.forEach((sample, at) => {
    const bit = at * BITS
    const shifted = Math.max(0, Math.min(PEAK, Math.round(sample))) << (bit & 7)
    packed[bit >> 3] = (packed[bit >> 3] ?? 0) | (shifted & 0xff)
    if (shifted > 0xff) packed[(bit >> 3) + 1] = (packed[(bit >> 3) + 1] ?? 0) | (shifted >> 8)
  })
  return packed
}

/** The loudness of a recording in so many steps, the loudest being the highest; of sound samples from -1 to 1. */
export function waveformOf(sound: Float32Array, steps = SAMPLES): number[] {
  const peaks = Array.from({ length: steps }, (_, step) => {
    const from = Math.floor((step * sound.length) / steps)
    const to = Math.floor(((step + 1) * sound.length) / steps)
    let peak = 0
    for (let at = from; at < to; at++) peak = Math.max(peak, Math.abs(sound[at] ?? 0))
    return peak
  })
  return scaled(peaks)
}

/** Peaks brought to 0..31. Silence stays silence. */
export function scaled(peaks: readonly number[]): number[] {
  const loudest = Math.max(...peaks, 1e-3)
  return peaks.map(peak => Math.round((peak / loudest) * PEAK))
}

/** Another number of bars for the same sound: the loudest of each stretch. */
export function resample(samples: readonly number[], bars: number): number[] {
  if (samples.length === 0) return new Array(bars).fill(0)
  return Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * samples.length) / bars)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * samples.length) / bars))
    return Math.max(...samples.slice(from, to))
  })
}
