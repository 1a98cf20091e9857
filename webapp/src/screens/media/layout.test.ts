import { describe, expect, it } from 'vitest'
import { type Mosaic, mosaic, PICTURE_BOX, pictureSize, type Sides } from './layout'

const TALL: Sides = { width: 900, height: 1600 }
const WIDE: Sides = { width: 1600, height: 900 }
const SQUARE: Sides = { width: 800, height: 800 }
const KINDS = [TALL, WIDE, SQUARE, { width: 4000, height: 300 }, { width: 0, height: 0 }]

/** Albums of one to ten pictures, in many mixtures. */
function albums(): Sides[][] {
  return Array.from({ length: 10 }, (_, length) => length + 1).flatMap(count =>
    Array.from({ length: 25 }, (_, seed) =>
      Array.from({ length: count }, (_, at) => KINDS[(seed * 7 + at * (seed + 3)) % KINDS.length] ?? SQUARE),
    ),
  )
}

function overlap(one: Mosaic['tiles'][number], other: Mosaic['tiles'][number]): boolean {
  const apart = 1e-9
  return (
    one.x + one.width > other.x + apart &&
    other.x + other.width > one.x + apart &&
    one.y + one.height > other.y + apart &&
    other.y + other.height > one.y + apart
  )
}

describe('a mosaic', () => {
  it('covers its whole, and no tile lies on another', () => {
    for (const album of albums()) {
      const { tiles } = mosaic(album)
      expect(tiles.length).toBe(album.length)
      const area = tiles.reduce((sum, tile) => sum + tile.width * tile.height, 0)
      expect(area).toBeCloseTo(1, 6)
      for (const [at, tile] of tiles.entries()) {
        expect(Math.min(tile.x, tile.y)).toBeGreaterThanOrEqual(0)
        expect(Math.max(tile.x + tile.width, tile.y + tile.height)).toBeLessThanOrEqual(1 + 1e-9)
        for (const other of tiles.slice(at + 1)) expect(overlap(tile, other)).toBe(false)
      }
    }
  })

  it('keeps the order of the album: down, and along each row', () => {
    for (const album of albums()) {
      const { tiles } = mosaic(album)
      for (const [at, tile] of tiles.entries()) {
        const before = tiles[at - 1]
        if (before) expect(tile.y > before.y - 1e-9 || tile.x > before.x).toBe(true)
      }
    }
  })

  it('has tiles that a finger can hit, and is not higher than a screen', () => {
    for (const album of albums()) {
      const { ratio, tiles } = mosaic(album)
      expect(ratio).toBeGreaterThanOrEqual(0.6)
      for (const tile of tiles) {
        expect(tile.width * 420).toBeGreaterThan(60)
        expect((tile.height * 420) / ratio).toBeGreaterThan(44)
      }
    }
  })

  it('puts two tall ones side by side, and two wide ones below one another', () => {
    const [left, right] = mosaic([TALL, TALL]).tiles
    expect(left?.y).toBe(right?.y)
    const [above, below] = mosaic([WIDE, WIDE]).tiles
    expect(above?.x).toBe(below?.x)
  })

  it('lets a tall one stand beside the others', () => {
    const [first, second, third] = mosaic([TALL, SQUARE, SQUARE]).tiles
    expect(first?.height).toBe(1)
    expect(second?.x).toBe(third?.x)
  })

  it('is the same whenever it is asked for', () => {
    expect(mosaic([TALL, WIDE, SQUARE, WIDE])).toEqual(mosaic([TALL, WIDE, SQUARE, WIDE]))
  })
})

describe('a single picture', () => {
  it('keeps its proportion within the box', () => {
    for (const sides of [TALL, WIDE, SQUARE]) {
      const shown = pictureSize(sides)
      expect(shown.width).toBeLessThanOrEqual(PICTURE_BOX.width)
      expect(shown.height).toBeLessThanOrEqual(PICTURE_BOX.height)
      expect(shown.width / shown.height).toBeCloseTo(sides.width / sides.height, 1)
    }
  })

  it('has a size even when nothing is known, or what is known is absurd', () => {
    for (const sides of [
      { width: 0, height: 0 },
      { width: 1, height: 10_000 },
      { width: 10_000, height: 1 },
      { width: 3, height: 3 },
    ]) {
      const { width, height } = pictureSize(sides)
      expect(width).toBeGreaterThanOrEqual(180)
      expect(width).toBeLessThanOrEqual(PICTURE_BOX.width)
      expect(height).toBeGreaterThanOrEqual(96)
      expect(height).toBeLessThanOrEqual(PICTURE_BOX.height)
    }
  })
})
