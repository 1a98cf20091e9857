/** A finger that draws a message towards the start of the line answers it. Vertical movement stays scrolling. */

/** Pixels until it counts, and at most. */
const ENOUGH = 56
const MOST = 80

export function swipe(done: () => void): {
  onPointerDown: (event: PointerEvent) => void
  onPointerMove: (event: PointerEvent) => void
  onPointerUp: (event: PointerEvent) => void
} {
  let start: { x: number; y: number } | undefined
  let pulled = 0
  const show = (element: HTMLElement, distance: number): void => {
    const rtl = document.documentElement.dir === 'rtl'
    element.style.transform = distance > 0 ? `translateX(${rtl ? distance : -distance}px)` : ''
    element.style.setProperty('--pull', String(Math.min(1, distance / ENOUGH)))
  }
  return {
    onPointerDown(event) {
      start = event.pointerType === 'touch' && event.isPrimary ? { x: event.clientX, y: event.clientY } : undefined
      pulled = 0
    },
    onPointerMove(event) {
      if (!start) return
      const rtl = document.documentElement.dir === 'rtl'
      const across = (start.x - event.clientX) * (rtl ? -1 : 1)
      const along = Math.abs(event.clientY - start.y)
      if (pulled === 0 && (across < 12 || along > across)) {
        if (along > 12) start = undefined
        return
      }
      pulled = Math.min(MOST, Math.max(0, across))
      show(event.currentTarget as HTMLElement, pulled)
    },
    onPointerUp(event) {
      if (event.type === 'pointerup' && pulled >= ENOUGH) done()
      if (pulled > 0) show(event.currentTarget as HTMLElement, 0)
      start = undefined
      pulled = 0
    },
  }
}
