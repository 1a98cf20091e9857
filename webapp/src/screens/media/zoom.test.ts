import { describe, expect, it } from 'vitest'
import { fitInto, framed, kept, SCALE_MAX, UPRIGHT, zoomAt } from './zoom'

const STAGE = { width: 400, height: 800 }

describe('a closer look', () => {
  it('keeps the point under the finger where it is', () => {
    const at = { x: 70, y: -40 }
    const before = { scale: 1.5, x: 10, y: 20 }
    const after = zoomAt(before, at, 1.7)
    const under = (pose: typeof before) => ({ x: (at.x - pose.x) / pose.scale, y: (at.y - pose.y) / pose.scale })
    expect(under(after).x).toBeCloseTo(under(before).x)
    expect(under(after).y).toBeCloseTo(under(before).y)
  })

  it('has ends', () => {
    expect(zoomAt(UPRIGHT, { x: 0, y: 0 }, 0.1).scale).toBe(1)
    expect(zoomAt(UPRIGHT, { x: 0, y: 0 }, 1000).scale).toBe(SCALE_MAX)
  })

  it('does not let the picture leave the stage', () => {
    const picture = { width: 400, height: 300 }
    expect(kept({ scale: 2, x: 900, y: 900 }, picture, STAGE)).toEqual({ scale: 2, x: 200, y: 0 })
    expect(kept({ scale: 1, x: 5, y: 5 }, picture, STAGE)).toEqual({ scale: 1, x: 0, y: 0 })
  })
})

describe('a picture in a stage', () => {
  it('fits without being distorted or enlarged', () => {
    expect(fitInto({ width: 800, height: 400 }, STAGE)).toEqual({ width: 400, height: 200 })
    expect(fitInto({ width: 100, height: 50 }, STAGE)).toEqual({ width: 100, height: 50 })
    expect(fitInto({ width: 0, height: 0 }, STAGE)).toEqual(STAGE)
  })
})

describe('a frame', () => {
  const natural = { width: 1000, height: 2000 }
  const shown = { width: 300, height: 600 }

  it('shows the middle at first', () => {
    expect(framed(UPRIGHT, natural, shown, 300)).toEqual({ x: 0, y: 500, width: 1000, height: 1000 })
  })

  it('shows what is moved and enlarged into it', () => {
    const cut = framed({ scale: 2, x: 150, y: 0 }, natural, shown, 300)
    expect(cut).toEqual({ x: 0, y: 750, width: 500, height: 500 })
  })

  it('never reaches beyond the picture', () => {
    const cut = framed({ scale: 1, x: 9999, y: -9999 }, natural, shown, 300)
    expect(cut.x).toBe(0)
    expect(cut.y + cut.height).toBeLessThanOrEqual(2000)
  })
})
