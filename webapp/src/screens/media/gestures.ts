/** Fingers, mouse and wheel over a picture, as what they mean: move, zoom at a point, turn over, close, a tap. */
import { onCleanup } from 'solid-js'
import type { Point } from './zoom'

export interface Meaning {
  /** By so many pixels; `from` where it began, all from the element's middle. */
  move(by: Point): void
  zoom(at: Point, factor: number): void
  /** All fingers left: how far the whole movement went, and how long it took in ms. */
  end(moved: Point, ms: number): void
  tap(at: Point, event: PointerEvent): void
  doubleTap(at: Point): void
}

/** A finger that moved less is a tap, in pixels. */
const TAP_MAX_MOVE = 8
const DOUBLE_TAP_MS = 280
/** How much one step of a wheel zooms. */
const WHEEL_FACTOR = 1.0018

export function useGestures(element: HTMLElement, meaning: Meaning): void {
  const fingers = new Map<number, Point>()
  let [moved, began, lastTap]: [Point, number, number] = [{ x: 0, y: 0 }, 0, 0]
  let wasPinch = false

  const place = (event: { clientX: number; clientY: number }): Point => {
    const box = element.getBoundingClientRect()
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 }
  }
  const down = (event: PointerEvent) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return
    if (event.target instanceof Element && event.target.closest('button, a, video, input')) return
    element.setPointerCapture(event.pointerId)
    if (fingers.size === 0) [moved, began, wasPinch] = [{ x: 0, y: 0 }, event.timeStamp, false]
    fingers.set(event.pointerId, place(event))
    if (fingers.size > 1) wasPinch = true
  }
  const move = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const now = place(event)
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
    fingers.set(event.pointerId, now)
    if (other) {
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
      const [was, is] = [distance(before, other), distance(now, other)]
      if (was > 0) meaning.zoom(middle, is / was)
      meaning.move({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 })
    } else {
      const by = { x: now.x - before.x, y: now.y - before.y }
      moved = { x: moved.x + by.x, y: moved.y + by.y }
      meaning.move(by)
    }
  }
  const up = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId) || fingers.size > 0) return
    const isTap = !wasPinch && Math.hypot(moved.x, moved.y) < TAP_MAX_MOVE && event.type === 'pointerup'
    if (!isTap) return meaning.end(wasPinch ? { x: 0, y: 0 } : moved, event.timeStamp - began)
    meaning.end({ x: 0, y: 0 }, 0)
    const isDouble = event.timeStamp - lastTap < DOUBLE_TAP_MS
    lastTap = isDouble ? 0 : event.timeStamp
    if (isDouble) meaning.doubleTap(place(event))
    else meaning.tap(place(event), event)
  }
  const wheel = (event: WheelEvent) => {
    event.preventDefault()
    meaning.zoom(place(event), WHEEL_FACTOR ** -event.deltaY)
  }
  element.addEventListener('pointerdown', down)
  element.addEventListener('pointermove', move)
  element.addEventListener('pointerup', up)
  element.addEventListener('pointercancel', up)
  element.addEventListener('wheel', wheel, { passive: false })
  onCleanup(() => {
    element.removeEventListener('pointerdown', down)
    element.removeEventListener('pointermove', move)
    element.removeEventListener('pointerup', up)
    element.removeEventListener('pointercancel', up)
    element.removeEventListener('wheel', wheel)
  })
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y)
}
