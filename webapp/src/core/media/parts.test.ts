import { describe, expect, it } from 'vitest'
import { FILE_MAX_BYTES } from './limits'
import { downloadPlan, partRange, uploadPlan } from './parts'

const KIB = 1024
const MIB = 1024 * KIB
const SIZES = [1, 64 * KIB, 64 * KIB + 1, 10 * MIB, 10 * MIB + 1, 40 * MIB, 1000 * MIB, 1000 * MIB + 1, FILE_MAX_BYTES]

describe('the parts of an upload', () => {
  it.each(SIZES)('of %i bytes obey the rules of the server', bytes => {
    const plan = uploadPlan(bytes)
    expect(plan.partBytes % KIB).toBe(0)
    expect((512 * KIB) % plan.partBytes).toBe(0)
    expect(plan.parts).toBeLessThanOrEqual(8_000)
    expect(plan.big).toBe(bytes > 10 * MIB)
  })

  it.each(SIZES)('of %i bytes cover the file, each once', bytes => {
    const plan = uploadPlan(bytes)
    let end = 0
    for (let part = 0; part < plan.parts; part++) {
      const { from, to } = partRange(plan, part)
      expect(from).toBe(end)
      expect(to - from).toBeLessThanOrEqual(plan.partBytes)
      end = to
    }
    expect(end).toBe(bytes)
  })

  it('are refused for nothing and for too much', () => {
    expect(() => uploadPlan(0)).toThrow(RangeError)
    expect(() => uploadPlan(Number.NaN)).toThrow(RangeError)
    expect(() => uploadPlan(FILE_MAX_BYTES + 1)).toThrow(RangeError)
  })
})

describe('the pieces of a download', () => {
  it.each(SIZES)('of %i bytes never span two blocks of 1 MiB', bytes => {
    const plan = downloadPlan(bytes)
    expect(plan.partBytes % (4 * KIB)).toBe(0)
    expect(MIB % plan.partBytes).toBe(0)
    expect(plan.parts * plan.partBytes).toBeGreaterThanOrEqual(bytes)
  })
})
