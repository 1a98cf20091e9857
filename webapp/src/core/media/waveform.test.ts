import { describe, expect, it } from 'vitest'
import { decodeWaveform, encodeWaveform, resample, waveformOf } from './waveform'

describe('a waveform', () => {
  it('survives being packed', () => {
    const samples = Array.from({ length: 100 }, (_, at) => (at * 7) % 32)
    const packed = encodeWaveform(samples)
    expect(packed.length).toBe(63)
    expect(decodeWaveform(packed)).toEqual(samples)
  })

  it('is packed as the protocol says: five bits each, the lowest first', () => {
    expect([...encodeWaveform([31, 0, 1])]).toEqual([0b0001_1111, 0b0000_0100])
  })

  it('of a stranger is bounded', () => {
    expect(decodeWaveform(new Uint8Array(10_000)).length).toBe(100)
    expect(decodeWaveform(new Uint8Array())).toEqual([])
  })

  it('has its peak at the loudest place, and silence stays silent', () => {
    const sound = new Float32Array(1000)
    sound[505] = -0.4
    const wave = waveformOf(sound, 10)
    expect(wave[5]).toBe(31)
    expect(wave.filter(sample => sample > 0).length).toBe(1)
    expect(waveformOf(new Float32Array(1000), 10)).toEqual(new Array(10).fill(0))
  })

  it('keeps its peaks with fewer bars', () => {
    expect(resample([1, 9, 2, 8, 3, 7], 3)).toEqual([9, 8, 7])
    expect(resample([], 3)).toEqual([0, 0, 0])
    expect(resample([4, 5], 4).length).toBe(4)
  })
})
