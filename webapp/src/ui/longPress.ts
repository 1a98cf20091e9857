/** Milliseconds until a finger that rests opens a menu. */
const HOLD = 450
/** Pixels a resting finger may move. */
const TOLERANCE = 10

/**
 * One gesture for "what can I do with this": the right button, the menu key, or a finger that rests. Gives the handlers
 * to spread on the element. `spare` leaves the right button to the browser's own menu where that is of more use (links);
 * Shift always does. iOS sends no contextmenu event, hence the timer; the click after a long press is swallowed.
 */
export function longPress(
  open: (event: MouseEvent | PointerEvent) => void,
  spare: (event: MouseEvent) => boolean = () => false,
): {
  onContextMenu: (event: MouseEvent) => void
  onPointerDown: (event: PointerEvent) => void
  onPointerMove: (event: PointerEvent) => void
  onPointerUp: () => void
  onPointerCancel: () => void
} {
  let timer: ReturnType<typeof setTimeout> | undefined
  let start = { x: 0, y: 0 }
  let lastPointer = ''
  const cancel = (): void => clearTimeout(timer)
  return {
    onContextMenu: event => {
      cancel()
      if (event.shiftKey || (lastPointer !== 'touch' && spare(event))) return
      event.preventDefault()
      open(event)
    },
    onPointerDown: event => {
      cancel()
      lastPointer = event.pointerType
      if (event.pointerType !== 'touch' || !event.isPrimary) return
      start = { x: event.clientX, y: event.clientY }
      timer = setTimeout(() => {
        swallowClick()
        navigator.vibrate?.(8)
        open(event)
      }, HOLD)
    },
    onPointerMove: event => {
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > TOLERANCE) cancel()
    },
    onPointerUp: cancel,
    onPointerCancel: cancel,
  }
}

function swallowClick(): void {
  const swallow = (event: Event): void => {
    event.preventDefault()
    event.stopPropagation()
  }
  // The click may come long after the finger was lifted on a busy phone; the next touch is meant again.
  const end = (): void => {
    document.removeEventListener('click', swallow, { capture: true })
    document.removeEventListener('pointerdown', end, { capture: true })
  }
  document.addEventListener('click', swallow, { capture: true, once: true })
  document.addEventListener('pointerdown', end, { capture: true, once: true })
}
