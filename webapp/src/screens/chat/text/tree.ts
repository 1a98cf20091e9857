/**
 * From flat formatting, as the protocol carries it, to a tree as the screen draws it. Entities come from strangers: they
 * may lie outside the text, overlap, cross each other. What crosses is split, what lies outside is cut off or dropped;
 * the letters themselves always all appear, once.
 */
import type { Entity, FormattedText } from '../../../core/types'

export type Piece = string | Formatted

export interface Formatted {
  entity: Entity
  /** The letters under it, for links and for copying. */
  text: string
  children: Piece[]
}

/** Entities beyond these are not drawn: the server takes a hundred. */
const ENTITIES = 200

interface Stretch {
  start: number
  end: number
  entity: Entity
}

export function treeOf({ text, entities }: FormattedText): Piece[] {
  const stretches = entities
    .slice(0, ENTITIES)
    .map(entity => stretchOf(entity, text.length))
    .filter(stretch => stretch.end > stretch.start)
    .sort(outerFirst)
  return nest(text, 0, text.length, stretches)
}

function stretchOf(entity: Entity, length: number): Stretch {
  const start = clamp(entity.offset, length)
  return { start, end: clamp(start + Math.max(0, entity.length), length), entity }
}

function clamp(at: number, length: number): number {
  return Number.isFinite(at) ? Math.min(length, Math.max(0, Math.trunc(at))) : 0
}

/** Blocks before inline ones of the same stretch: a bold quote is a quote. */
function outerFirst(one: Stretch, other: Stretch): number {
  return one.start - other.start || other.end - one.end || Number(isBlock(other.entity)) - Number(isBlock(one.entity))
}

export function isBlock(entity: Entity): boolean {
  return entity.kind === 'pre' || entity.kind === 'quote'
}

function nest(text: string, from: number, to: number, stretches: readonly Stretch[]): Piece[] {
  const pieces: Piece[] = []
  let at = from
  let rest = [...stretches]
  while (rest.length > 0) {
    const [outer, ...others] = rest as [Stretch, ...Stretch[]]
    if (outer.start > at) pieces.push(text.slice(at, outer.start))
    const inside = others.filter(other => other.start < outer.end)
    const cut = inside.map(other => ({ ...other, end: Math.min(other.end, outer.end) }))
    const beyond = inside.filter(other => other.end > outer.end).map(other => ({ ...other, start: outer.end }))
    pieces.push({
      entity: outer.entity,
      text: text.slice(outer.start, outer.end),
      children: nest(text, outer.start, outer.end, cut),
    })
    at = outer.end
    rest = [...beyond, ...others.filter(other => other.start >= outer.end)].sort(outerFirst)
  }
  if (at < to) pieces.push(text.slice(at, to))
  return pieces
}
