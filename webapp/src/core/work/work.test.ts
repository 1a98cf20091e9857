import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { likelihoodDone, search } from './search'
import { prepare } from './sha256'

/** The same by the platform's own hash. */
function zeroBits(challenge: Uint8Array, answer: bigint): number {
  const tail = Buffer.alloc(8)
  tail.writeBigUInt64BE(answer)
  const digest = createHash('sha256').update(challenge).update(tail).digest('hex')
  return 256 - BigInt(`0x${digest}`).toString(2).length
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 37 + length) & 0xff)
}

it.each([0, 1, 3, 16, 31, 46, 47, 48, 55, 56, 63, 64, 65, 100, 127, 128, 200])(
  'counts as SHA-256 does behind %i bytes',
  length => {
    const challenge = bytes(length)
    const count = prepare(challenge)
    for (const answer of [
      0,
      1,
      255,
      65_536,
      4_294_967_295,
      4_294_967_296,
      9_007_199_254_740_991,
      ...Array.from({ length: 300 }, (_, at) => at * 7919),
    ]) {
      expect(count(answer), String(answer)).toBe(zeroBits(challenge, BigInt(answer)))
    }
  },
)

it('finds an answer that holds', () => {
  const challenge = bytes(40)
  const reports = [...search({ challenge, bits: 12, first: 1, stride: 3 })]
  const answer = reports.at(-1)?.answer ?? -1
  expect(answer % 3).toBe(1)
  expect(zeroBits(challenge, BigInt(answer))).toBeGreaterThanOrEqual(12)
})

it('never says done before it is', () => {
  expect(likelihoodDone(0, 20)).toBe(0)
  expect(likelihoodDone(2 ** 20, 20)).toBeCloseTo(0.632, 3)
  expect(likelihoodDone(2 ** 24, 20)).toBeLessThan(1)
})
