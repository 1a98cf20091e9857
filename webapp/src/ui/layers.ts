/**
 * What lies over the page: dialogs, sheets and menus, the newest on top. Only the topmost hears Escape and holds the
 * focus; when it goes, the focus returns to where it was. One place decides, so that two of them never quarrel.
 */
import { onCleanup, onMount } from 'solid-js'

interface Layer {
  element: HTMLElement
  close: () => void
  /** Keeps Tab inside and everything else out of reach; a menu over a dialog does too. */
  modal: boolean
}

const layers: Layer[] = []
let watcher: (() => void) | undefined

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [tabindex]:not([tabindex="-1"]), [contenteditable="true"]'

/** Whether anything lies over the page: global shortcuts then keep still. */
export function covered(): boolean {
  return layers.length > 0
}

/** Tells whenever a layer came or went; there is one watcher, the router. */
export function watchLayers(listener: () => void): void {
  watcher = listener
}

/** Closes the topmost layer. False if there was none. */
export function closeTop(): boolean {
  const top = layers[layers.length - 1]
  top?.close()
  return top !== undefined
}

/** What inside `element` can hold the focus now, in the order of Tab. */
export function focusable(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(found => found.getClientRects().length > 0)
}

/**
 * Call inside a component that is shown over the page: it becomes the top layer for as long as it lives. The focus goes to
 * the element marked `data-first-focus`, else to the layer itself.
 */
export function useLayer(
  element: () => HTMLElement,
  close: () => void,
  initialFocus?: () => HTMLElement | undefined,
): void {
  const before = document.activeElement
  onMount(() => {
    const layer: Layer = { element: element(), close, modal: true }
    if (layers.length === 0) listen(true)
    layers.push(layer)
    watcher?.()
    focusFirst(layer.element, initialFocus?.())
    onCleanup(() => {
      layers.splice(layers.indexOf(layer), 1)
      if (layers.length === 0) listen(false)
      watcher?.()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    })
  })
}

function focusFirst(element: HTMLElement, wanted: HTMLElement | undefined): void {
  const target = wanted ?? element.querySelector<HTMLElement>('[data-first-focus]') ?? element
  target.focus({ preventScroll: true })
}

function listen(on: boolean): void {
  const change = on ? document.addEventListener : document.removeEventListener
  change.call(document, 'keydown', onKey as EventListener, true)
  change.call(document, 'focusin', onFocus as EventListener, true)
}

function onKey(event: KeyboardEvent): void {
  const top = layers[layers.length - 1]
  if (!top || event.isComposing) return
  if (event.key === 'Escape') {
    event.preventDefault()
    event.stopPropagation()
    top.close()
  } else if (event.key === 'Tab') turn(event, top.element)
}

/** Tab goes round inside the layer. */
function turn(event: KeyboardEvent, element: HTMLElement): void {
  const stops = focusable(element)
  const first = stops[0]
  const last = stops[stops.length - 1]
  if (!first || !last) {
    event.preventDefault()
    return
  }
  const active = document.activeElement
  const leaving = event.shiftKey ? active === first || active === element : active === last
  if (!leaving) return
  event.preventDefault()
  ;(event.shiftKey ? last : first).focus()
}

/** The focus went elsewhere by another road (a click, a script): back it comes. */
function onFocus(event: FocusEvent): void {
  const top = layers[layers.length - 1]
  if (!top || !(event.target instanceof Node)) return
  if (event.target instanceof Element && event.target.closest('[data-above-layers]')) return
  if (!top.element.contains(event.target)) top.element.focus({ preventScroll: true })
}
