/**
 * Menus: `openMenu({ at, label, items })` from a button, a right click or a long press. `<Menus/>` is mounted once,
 * beside the app. Arrow keys move, Home and End jump, letters find, Enter and Space choose, Escape and Tab close.
 */
import { createSignal, For, type JSX, onMount, Show } from 'solid-js'
import { Portal } from 'solid-js/web'
import { cx } from './cx'
import { Icon } from './Icon'
import type { IconName } from './icons'
import { useLayer } from './layers'
import styles from './menu.module.css'
import { touch } from './surroundings'

export interface MenuItem {
  label: string
  icon?: IconName
  onSelect: () => void
  danger?: boolean
  disabled?: boolean
  /** For a choice: a tick before the one that holds. */
  checked?: boolean
  /** A line above it. */
  apart?: boolean
  /** The key that does the same, as written in the help. */
  keys?: string
}

export interface MenuRequest {
  /** The button it belongs to, or a point of the window. */
  at: Element | { x: number; y: number }
  /** Its name for screen readers. */
  label: string
  items: readonly MenuItem[]
  /** Something above the items, such as a row of quick reactions. */
  head?: JSX.Element
  onClose?: () => void
}

/** Distance to the window's edges, in pixels. */
const EDGE = 8

const [open, setOpen] = createSignal<MenuRequest | null>(null)

export function openMenu(request: MenuRequest): void {
  closeMenu()
  if (request.items.length > 0) setOpen(request)
}

export function closeMenu(): void {
  const closed = open()
  setOpen(null)
  closed?.onClose?.()
}

/** Opens a menu where the event happened: at the pointer, or at the element for the keyboard's menu key. */
export function menuPoint(event: MouseEvent | PointerEvent): MenuRequest['at'] {
  const fromKeyboard = event.clientX === 0 && event.clientY === 0
  return fromKeyboard && event.currentTarget instanceof Element
    ? event.currentTarget
    : { x: event.clientX, y: event.clientY }
}

export function Menus(): JSX.Element {
  return (
    <Show when={open()} keyed>
      {request => (
        <Portal>
          <OpenMenu request={request} />
        </Portal>
      )}
    </Show>
  )
}

function OpenMenu(props: { request: MenuRequest }): JSX.Element {
  let box!: HTMLDivElement
  /** A press that began before the menu was there (the finger that opened it) chooses nothing. */
  let pressed = false
  useLayer(() => box, closeMenu)
  onMount(() => {
    place(box, props.request.at)
    step(box, null, 1)
  })
  return (
    <div
      class={styles.scrim}
      onPointerDown={event => {
        if (event.target === event.currentTarget) closeMenu()
      }}
      onContextMenu={event => {
        event.preventDefault()
        if (event.target === event.currentTarget) closeMenu()
      }}
    >
      <div
        ref={box}
        class={styles.menu}
        tabindex="-1"
        onKeyDown={event => onKey(event, box)}
        onPointerDown={() => {
          pressed = true
        }}
      >
        {props.request.head}
        <div role="menu" aria-label={props.request.label}>
          <For each={props.request.items}>
            {item => <Item item={item} meant={event => event.detail === 0 || pressed} />}
          </For>
        </div>
      </div>
    </div>
  )
}

function Item(props: { item: MenuItem; meant: (event: MouseEvent) => boolean }): JSX.Element {
  const choose = (event: MouseEvent): void => {
    if (props.item.disabled || !props.meant(event)) return
    closeMenu()
    props.item.onSelect()
  }
  return (
    <>
      <Show when={props.item.apart}>
        <hr class={styles.line} />
      </Show>
      <button
        type="button"
        class={cx(styles.item, props.item.danger && styles.danger)}
        role={props.item.checked === undefined ? 'menuitem' : 'menuitemradio'}
        aria-checked={props.item.checked}
        aria-disabled={props.item.disabled ? 'true' : undefined}
        tabindex="-1"
        onClick={choose}
        onPointerMove={event => event.currentTarget.focus({ preventScroll: true })}
      >
        <Show
          when={props.item.checked === undefined}
          fallback={<Icon name="check" size={20} class={cx(!props.item.checked && styles.hidden)} />}
        >
          <Show when={props.item.icon}>{name => <Icon name={name()} size={20} />}</Show>
        </Show>
        <span class={styles.label} dir="auto">
          {props.item.label}
        </span>
        <Show when={!touch() && props.item.keys}>
          <kbd class={styles.keys}>{props.item.keys}</kbd>
        </Show>
      </button>
    </>
  )
}

function onKey(event: KeyboardEvent, box: HTMLElement): void {
  const active = document.activeElement
  if (event.key === 'ArrowDown') step(box, active, 1)
  else if (event.key === 'ArrowUp') step(box, active, -1)
  else if (event.key === 'Home') step(box, null, 1)
  else if (event.key === 'End') step(box, null, -1)
  else if (event.key === 'Tab') closeMenu()
  else if (event.key.length === 1 && event.key !== ' ') find(box, event.key)
  else return
  event.preventDefault()
}

function choices(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([aria-disabled="true"])')]
}

/** Moves the focus by one, round the end; from nowhere to the first or the last. */
function step(box: HTMLElement, from: Element | null, by: 1 | -1): void {
  const all = choices(box)
  const at = from instanceof HTMLElement ? all.indexOf(from) : -1
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length
  all[next]?.focus({ preventScroll: true })
}

function find(box: HTMLElement, letter: string): void {
  const all = choices(box)
  const after = all.indexOf(document.activeElement as HTMLElement) + 1
  const round = [...all.slice(after), ...all.slice(0, after)]
  round.find(item => item.textContent?.trim().toLocaleLowerCase().startsWith(letter.toLocaleLowerCase()))?.focus()
}

/** Puts the menu beside its button or at the point, inside the window. */
function place(box: HTMLElement, at: MenuRequest['at']): void {
  const { width, height } = box.getBoundingClientRect()
  const start =
    at instanceof Element ? besideElement(at.getBoundingClientRect(), width, height) : atPoint(at, width, height)
  box.style.left = `${within(start.x, width, window.innerWidth)}px`
  box.style.top = `${within(start.y, height, window.innerHeight)}px`
}

function besideElement(anchor: DOMRect, width: number, height: number): { x: number; y: number } {
  const rtl = document.documentElement.dir === 'rtl'
  const alignEnd = anchor.left + anchor.width / 2 > window.innerWidth / 2
  const x = alignEnd || (rtl && anchor.right > width) ? anchor.right - width : anchor.left
  const below = anchor.bottom + 4 + height <= window.innerHeight - EDGE
  return { x, y: below ? anchor.bottom + 4 : anchor.top - 4 - height }
}

function atPoint(point: { x: number; y: number }, width: number, height: number): { x: number; y: number } {
  const rtl = document.documentElement.dir === 'rtl'
  const x = rtl || point.x + width > window.innerWidth - EDGE ? point.x - width : point.x
  const y = point.y + height > window.innerHeight - EDGE ? point.y - height : point.y
  return { x, y }
}

function within(start: number, size: number, available: number): number {
  return Math.max(EDGE, Math.min(start, available - size - EDGE))
}
