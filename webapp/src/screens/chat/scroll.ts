/**
 * Keeps a conversation still while its content changes: whatever is in view stays where it is when messages come before
 * it, grow, shrink or go; and who stands at the end stays at the end. Every change of content ends in `settle`, every
 * movement of the reader's in `note`.
 *
 * The browser's own scroll anchoring is switched off in the style sheet: it is absent in Safari and gives up at the top
 * edge, which is where pages are put before the first message.
 */

/** Pixels from the end within which one stands at the end. */
const AT_END = 32
/** Pixels below which a shift is rounding. */
const NEGLIGIBLE = 0.5

interface Mark {
  key: string
  /** Pixels from the box's upper edge to the row's. */
  top: number
}

export interface Anchor {
  /** The reader moved. */
  note(): void
  /** A jump is done: what is in view now is what must stay. */
  stay(): void
  /** The content changed: puts back what was in view. */
  settle(): void
  /** From now on the end is what must stay. */
  holdEnd(): void
  atEnd(): boolean
}

export function createAnchor(box: HTMLElement, rows: HTMLElement, endIsLoaded: () => boolean): Anchor {
  let marks: Mark[] = []
  let held = true
  /** As it was when `marks` were taken: a scroll event does not say whether the reader or the layout moved. */
  let before = { top: 0, content: 0, height: 0 }

  const distanceToEnd = (): number => box.scrollHeight - box.clientHeight - box.scrollTop
  const take = (): void => {
    marks = visibleMarks(box, rows)
    before = { top: box.scrollTop, content: box.scrollHeight, height: box.clientHeight }
  }
  const note = (): void => {
    const reshaped = box.scrollHeight !== before.content || box.clientHeight !== before.height
    if (reshaped && held) {
      settle()
      return
    }
    if (reshaped) putBack(box, rows, moved(marks, box.scrollTop - before.top))
    stay()
  }
  const stay = (): void => {
    held = endIsLoaded() && distanceToEnd() <= AT_END
    take()
  }
  const settle = (): void => {
    if (held && endIsLoaded()) box.scrollTop = box.scrollHeight
    else putBack(box, rows, marks)
    take()
  }
  return {
    note,
    stay,
    settle,
    holdEnd: () => {
      held = true
      settle()
    },
    atEnd: () => endIsLoaded() && distanceToEnd() <= AT_END,
  }
}

/** Where the rows belong after the reader scrolled by so many pixels. */
function moved(marks: readonly Mark[], by: number): Mark[] {
  return marks.map(({ key, top }) => ({ key, top: top - by }))
}

/** The rows in view, whole ones first: a row that is cut off above may grow upwards out of sight. */
function visibleMarks(box: HTMLElement, rows: HTMLElement): Mark[] {
  const edge = box.getBoundingClientRect().top
  const whole: Mark[] = []
  const cut: Mark[] = []
  for (let at = firstVisible(rows.children, edge); at < rows.children.length; at += 1) {
    const row = rows.children[at] as HTMLElement
    const top = row.getBoundingClientRect().top - edge
    if (top > box.clientHeight) break
    const key = row.dataset.key
    if (key !== undefined) (top >= 0 ? whole : cut).push({ key, top })
  }
  return [...whole, ...cut]
}

/** Rows stand in order, so the first one whose end lies below the edge is found by halving. */
export function firstVisible(rows: HTMLCollection, edge: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] as HTMLElement).getBoundingClientRect().bottom > edge) high = middle
    else low = middle + 1
  }
  return low
}

function putBack(box: HTMLElement, rows: HTMLElement, marks: readonly Mark[]): void {
  for (const { key, top } of marks) {
    const row = rowOf(rows, key)
    if (!row) continue
    const shift = row.getBoundingClientRect().top - box.getBoundingClientRect().top - top
    if (Math.abs(shift) > NEGLIGIBLE) box.scrollTop += shift
    return
  }
}

export function rowOf(rows: HTMLElement, key: string): HTMLElement | null {
  return rows.querySelector<HTMLElement>(`:scope > [data-key="${CSS.escape(key)}"]`)
}
