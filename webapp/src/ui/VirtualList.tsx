import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { cx } from './cx'
import styles from './VirtualList.module.css'

/** Rows drawn beyond each edge of what is seen, so that a quick finger meets no gap. */
const SPARE_ROWS = 8
/** Rows before the end at which more are asked for. */
const AHEAD_ROWS = 20

/**
 * A list of rows of one height, of which only those near the view exist. For chats, people and results; a conversation,
 * whose messages have all heights, has a list of its own. Items must differ from one another (ids do).
 */
export function VirtualList<T extends string | number | object>(props: {
  items: readonly T[]
  /** Pixels. */
  rowHeight: number
  children: (item: T, index: () => number) => JSX.Element
  label: string
  /** Something above the rows that scrolls with them. */
  head?: JSX.Element
  /** Something below, such as a spinner. */
  foot?: JSX.Element
  /** The end is near: time to fetch more. */
  onNearEnd?: () => void
  /** Kept in view, for instance while arrow keys move through the list. */
  shown?: T | undefined
  class?: string
  ref?: (element: HTMLDivElement) => void
}): JSX.Element {
  let box!: HTMLDivElement
  let rows!: HTMLDivElement
  const [top, setTop] = createSignal(0)
  const [height, setHeight] = createSignal(800)
  const first = createMemo(() =>
    Math.max(0, Math.min(props.items.length, Math.floor(top() / props.rowHeight)) - SPARE_ROWS),
  )
  const end = createMemo(() =>
    Math.min(props.items.length, Math.ceil((top() + height()) / props.rowHeight) + SPARE_ROWS),
  )
  const near = createMemo(() => props.items.slice(first(), end()))

  const measure = (): void => {
    setTop(box.scrollTop - rows.offsetTop)
    setHeight(box.clientHeight)
  }
  onMount(() => {
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    onCleanup(() => observer.disconnect())
  })
  createEffect(() => {
    if (end() >= props.items.length - AHEAD_ROWS) props.onNearEnd?.()
  })
  createEffect(() => {
    const { shown } = props
    if (shown !== undefined) reveal(box, rows, props.items.indexOf(shown), props.rowHeight)
  })

  return (
    <div
      ref={element => {
        box = element
        props.ref?.(element)
      }}
      class={cx(styles.box, props.class)}
      onScroll={measure}
    >
      {props.head}
      <div
        ref={rows}
        class={styles.rows}
        role="list"
        aria-label={props.label}
        style={{ 'block-size': `${props.items.length * props.rowHeight}px` }}
      >
        <For each={near()}>
          {(item, at) => (
            <div
              class={styles.row}
              role="listitem"
              aria-setsize={props.items.length}
              aria-posinset={first() + at() + 1}
              style={{
                'block-size': `${props.rowHeight}px`,
                transform: `translateY(${(first() + at()) * props.rowHeight}px)`,
              }}
            >
              {props.children(item, () => first() + at())}
            </div>
          )}
        </For>
      </div>
      <Show when={props.foot}>{props.foot}</Show>
    </div>
  )
}

/** Scrolls as little as is needed to see a row whole. */
function reveal(box: HTMLElement, rows: HTMLElement, index: number, rowHeight: number): void {
  if (index < 0) return
  const start = rows.offsetTop + index * rowHeight
  if (start < box.scrollTop) box.scrollTop = start
  else if (start + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = start + rowHeight - box.clientHeight
}
