/**
 * Formatting as people type it, and back again for editing:
 *
 *     **bold**  __italic__  ++underlined++  ~~struck~~  ||hidden||  `code`  ```lang↵block```  [words](address)  > quote
 *
 * Marks count only where they hug words (`2 ** 3 ** 4` stays as it is), code is taken literally, and what is not closed
 * is not a mark. `parse(write(x), mentionedIn(x))` gives x back, apart from formatting that crosses itself.
 */
import type { Entity, FormattedText, PersonId } from '../../../core/types'
import { treeOf, type Formatted, type Piece } from './tree'
import { safeAddress } from './links'

export type InlineMark = 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler' | 'code'

/** What is typed around a stretch. */
export const MARKS: Readonly<Record<InlineMark, string>> = {
  bold: '**',
  italic: '__',
  underline: '++',
  strike: '~~',
  spoiler: '||',
  code: '`',
}

const INLINE = Object.entries(MARKS).filter(([kind]) => kind !== 'code') as [Exclude<InlineMark, 'code'>, string][]
/** Mentions of people without a username that are looked for in one text. */
const MENTIONS = 100

/** Whom a name as it is written (`@Ani Wijaya`) means: people without a username, chosen from the list of names. */
export type Mentioned = ReadonlyMap<string, PersonId>

/** The letters so far, and what stands over them. */
interface Draft {
  text: string
  entities: Entity[]
}

export function parse(written: string, mentioned: Mentioned = new Map()): FormattedText {
  const draft: Draft = { text: '', entities: [] }
  for (const [at, part] of written.split(/(```[\s\S]+?```)/).entries()) {
    if (at % 2 === 1) block(part, draft)
    else lines(part, draft)
  }
  mention(draft, mentioned)
  return trimmed(draft)
}

function mention(draft: Draft, mentioned: Mentioned): void {
  for (const [name, person] of mentioned) {
    let at = draft.text.indexOf(name)
    for (let found = 0; at >= 0 && found < MENTIONS; found += 1) {
      draft.entities.push({ kind: 'person', person, offset: at, length: name.length })
      at = draft.text.indexOf(name, at + name.length)
    }
  }
}

/** The people whom a text mentions without a username, by how they are written in it: what `parse` needs to keep them. */
export function mentionedIn({ text, entities }: FormattedText): Map<string, PersonId> {
  const found = new Map<string, PersonId>()
  for (const entity of entities) {
    if (entity.kind === 'person') found.set(text.slice(entity.offset, entity.offset + entity.length), entity.person)
  }
  return found
}

/** ```lang↵…``` or ```…``` */
function block(part: string, draft: Draft): void {
  const inner = part.slice(3, -3)
  const named = /^([\w+#-]{1,20})\n/.exec(inner)
  const body = (named ? inner.slice(named[0].length) : inner.replace(/^\n/, '')).replace(/\n$/, '')
  if (body)
    draft.entities.push({ kind: 'pre', language: named?.[1] ?? '', offset: draft.text.length, length: body.length })
  draft.text += body
}

/** Lines that begin with > are a quote together; the rest is inline. */
function lines(part: string, draft: Draft): void {
  for (const run of part.split(/((?:^|(?<=\n))> ?[^\n]*(?:\n> ?[^\n]*)*)/)) {
    if (!/^> ?/.test(run) || !atLineStart(draft)) {
      inline(run, draft)
      continue
    }
    const offset = draft.text.length
    inline(run.replace(/^> ?/gm, ''), draft)
    const length = draft.text.length - offset
    if (length > 0) draft.entities.push({ kind: 'quote', collapsed: false, offset, length })
  }
}

function atLineStart(draft: Draft): boolean {
  return draft.text === '' || draft.text.endsWith('\n')
}

function inline(part: string, draft: Draft): void {
  let at = 0
  while (at < part.length)
    at = codeAt(part, at, draft) ?? linkAt(part, at, draft) ?? markAt(part, at, draft) ?? letterAt(part, at, draft)
}

function letterAt(part: string, at: number, draft: Draft): number {
  draft.text += part[at]
  return at + 1
}

function codeAt(part: string, at: number, draft: Draft): number | undefined {
  if (part[at] !== '`') return undefined
  const end = part.indexOf('`', at + 1)
  const inner = part.slice(at + 1, end)
  if (end < 0 || inner.length === 0 || inner.includes('\n')) return undefined
  draft.entities.push({ kind: 'code', offset: draft.text.length, length: inner.length })
  draft.text += inner
  return end + 1
}

function linkAt(part: string, at: number, draft: Draft): number | undefined {
  if (part[at] !== '[') return undefined
  const found = /^\[([^\][\n]{1,256})\]\(([^\s()]{1,2048})\)/.exec(part.slice(at, at + 2400))
  const [whole, words, target] = found ?? []
  if (!whole || !words || !target) return undefined
  const url = safeAddress(target)
  if (!url) return undefined
  const offset = draft.text.length
  inline(words, draft)
  const length = draft.text.length - offset
  draft.entities.push({ kind: 'link', url, offset, length })
  return at + whole.length
}

function markAt(part: string, at: number, draft: Draft): number | undefined {
  const found = INLINE.find(([, mark]) => part.startsWith(mark, at))
  if (!found || !opens(part, at, found[1])) return undefined
  const [kind, mark] = found
  const end = closing(part, at + mark.length, mark)
  if (end === undefined) return undefined
  const offset = draft.text.length
  inline(part.slice(at + mark.length, end), draft)
  draft.entities.push({ kind, offset, length: draft.text.length - offset })
  return end + mark.length
}

/** Before it a gap or another mark, after it a word. */
function opens(part: string, at: number, mark: string): boolean {
  const before = part[at - 1]
  const after = part[at + mark.length]
  return (before === undefined || !/[\p{L}\p{N}]/u.test(before)) && after !== undefined && !/\s/.test(after)
}

/** The mark that closes: a word before it, none after it. Code on the way is passed over. */
function closing(part: string, from: number, mark: string): number | undefined {
  for (let end = part.indexOf(mark, from); end >= 0; end = part.indexOf(mark, end + 1)) {
    const before = part[end - 1]
    const after = part[end + mark.length]
    const hugs = end > from && before !== undefined && !/\s/.test(before)
    if (
      hugs &&
      after !== mark[0] &&
      (after === undefined || !/[\p{L}\p{N}]/u.test(after)) &&
      !insideCode(part, from, end)
    )
      return end
  }
  return undefined
}

function insideCode(part: string, from: number, at: number): boolean {
  const before = part.slice(from, at).split('`').length - 1
  return before % 2 === 1 && part.indexOf('`', at) >= 0
}

/** Without empty space at either end, and with the formatting moved along. */
function trimmed({ text, entities }: Draft): FormattedText {
  const whole = text.replace(/\s+$/u, '')
  const lead = whole.length - whole.replace(/^[^\S\n]*\n+|^\s+$/u, '').length
  const end = whole.length
  const kept = entities
    .map(entity => {
      const start = Math.max(lead, entity.offset)
      const stop = Math.min(end, entity.offset + entity.length)
      return { ...entity, offset: start - lead, length: stop - start }
    })
    .filter(entity => entity.length > 0)
    .sort((one, other) => one.offset - other.offset || other.length - one.length)
  return { text: whole.slice(lead), entities: kept }
}

/** The same, to be typed on: what `parse` would read back. */
export function write(formatted: FormattedText): string {
  return treeOf(formatted).map(written).join('')
}

function written(piece: Piece): string {
  return typeof piece === 'string' ? piece : wrapped(piece)
}

function wrapped(piece: Formatted): string {
  const inner = piece.children.map(written).join('')
  const { entity } = piece
  if (entity.kind === 'pre') return `\`\`\`${entity.language}\n${piece.text}\n\`\`\``
  if (entity.kind === 'quote') return inner.replace(/^/gm, '> ')
  if (entity.kind === 'code') return `\`${piece.text}\``
  if (entity.kind === 'link') return `[${inner}](${entity.url})`
  const mark = entity.kind in MARKS ? MARKS[entity.kind as InlineMark] : ''
  return `${mark}${inner}${mark}`
}
