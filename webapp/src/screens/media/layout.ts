/**
 * How large pictures are shown, decided before a byte of them is there: a list of messages must not jump when they come.
 *
 * An album is laid out in rows that fill the width. All ways to break it into rows are tried (ten pictures have 512), and
 * the one that crops least and has the most even tiles wins; with a tall first picture, it may stand beside a column of
 * the others. Tiles are shares of the whole, so that the same layout serves any width.
 */
export interface Sides {
  readonly width: number // pixels
  readonly height: number
}

export interface Tile {
  /** Shares of the mosaic's width and height, from 0 to 1, in reading order from the start. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Mosaic {
  /** Width through height of the whole. */
  readonly ratio: number
  readonly tiles: readonly Tile[]
}

/** The box a single picture is fitted into, in pixels. */
export const PICTURE_BOX: Sides = { width: 420, height: 420 }
/** Narrower than this no caption fits beside it, in pixels. */
const PICTURE_MIN_WIDTH = 180
const PICTURE_MIN_HEIGHT = 96
/** Proportions a single picture is shown in; beyond them it is cropped. */
const SINGLE = { tallest: 0.5, widest: 3.2 }
/** The same for a tile of an album. */
const TILE = { tallest: 0.56, widest: 2.1 }
/** Width of an album, in pixels. */
export const MOSAIC_WIDTH = 420
/** The most even albums are about as high as wide, and not higher than this. */
const WANTED_RATIO = 1.05
const LOWEST_RATIO = 0.68
const ROW_MAX = 4

/** The size of a single picture, in pixels; a square when nothing is known. */
export function pictureSize({ width, height }: Sides, box = PICTURE_BOX): Sides {
  const ratio = width > 0 && height > 0 ? within(width / height, SINGLE.tallest, SINGLE.widest) : 1
  const scale = Math.min(1, box.width / width || 1, box.height / height || 1)
  const wanted = width > 0 && height > 0 ? Math.max(PICTURE_MIN_WIDTH, width * scale) : box.width * 0.66
  const fits = Math.min(wanted, box.width, box.height * ratio)
  const shown = Math.max(PICTURE_MIN_WIDTH, fits)
  return {
    width: Math.round(shown),
    height: Math.max(PICTURE_MIN_HEIGHT, Math.round(Math.min(shown / ratio, box.height))),
  }
}

/** The tiles of an album, in its order. */
export function mosaic(pictures: readonly Sides[]): Mosaic {
  const ratios = pictures.map(({ width, height }) =>
    width > 0 && height > 0 ? within(width / height, TILE.tallest, TILE.widest) : 1,
  )
  if (ratios.length === 0) return { ratio: 1, tiles: [] }
  const candidates = rowBreaks(ratios.length).map(breaks => inRows(ratios, breaks))
  const column = besideColumn(ratios)
  if (column) candidates.push(column)
  return candidates.reduce((best, other) => (cost(other, ratios) < cost(best, ratios) ? other : best))
}

/** All ways to break so many pictures into rows of at most four. */
function rowBreaks(count: number): number[][] {
  if (count === 0) return [[]]
  const firsts = Array.from({ length: Math.min(ROW_MAX, count) }, (_, at) => at + 1)
  return firsts.flatMap(first => rowBreaks(count - first).map(rest => [first, ...rest]))
}

/** Each row fills the width; its height follows from the proportions of its pictures. */
function inRows(ratios: readonly number[], breaks: readonly number[]): Mosaic {
  let from = 0
  const rows = breaks.map(count => {
    const row = ratios.slice(from, from + count)
    from += count
    return row
  })
  const heights = rows.map(row => 1 / sum(row))
  const natural = sum(heights)
  const height = Math.min(natural, 1 / LOWEST_RATIO)
  const tiles: Tile[] = []
  let y = 0
  rows.forEach((row, at) => {
    const share = (heights[at] ?? 0) / natural
    let x = 0
    for (const ratio of row) {
      const width = ratio / sum(row)
      tiles.push({ x, y, width, height: share })
      x += width
    }
    y += share
  })
  return { ratio: 1 / height, tiles }
}

/** The first picture at full height, the others in a column after it: for a tall first and two or three more. */
function besideColumn(ratios: readonly number[]): Mosaic | undefined {
  const [first, ...rest] = ratios
  if (first === undefined || first > 1 || rest.length < 2 || rest.length > 3) return undefined
  // One height h for both: first * h + width = 1, and the column's tiles have the heights width / ratio, which make h.
  const columnPerWidth = sum(rest.map(ratio => 1 / ratio))
  const height = 1 / (first + 1 / columnPerWidth)
  const lead = first * height
  const tiles: Tile[] = [{ x: 0, y: 0, width: lead, height: 1 }]
  let y = 0
  for (const ratio of rest) {
    const share = 1 / ratio / columnPerWidth
    tiles.push({ x: lead, y, width: 1 - lead, height: share })
    y += share
  }
  return { ratio: 1 / height, tiles }
}

/** How far from pleasant: cropped pictures, a whole that is too high or too flat, tiles of very different size. */
function cost({ ratio, tiles }: Mosaic, ratios: readonly number[]): number {
  const cropped = tiles.map((tile, at) => Math.abs(Math.log(((tile.width / tile.height) * ratio) / (ratios[at] ?? 1))))
  const areas = tiles.map(tile => tile.width * tile.height)
  const smallest = Math.min(...areas) * tiles.length
  const narrowest = Math.min(...tiles.map(tile => tile.width))
  return (
    3 * (sum(cropped) / tiles.length) +
    1.4 * Math.abs(Math.log(ratio / WANTED_RATIO)) +
    0.9 * Math.abs(Math.log(Math.min(1, smallest))) +
    (narrowest < 0.19 ? 2 : 0)
  )
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
