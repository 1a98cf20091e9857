/** A second hand for screens that count down. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'

const TICK_MS = 500

/** This device's clock in milliseconds, moving for as long as the component lives. */
export function createClock(): Accessor<number> {
  const [now, setNow] = createSignal(Date.now())
  const timer = setInterval(() => setNow(Date.now()), TICK_MS)
  onCleanup(() => clearInterval(timer))
  return now
}

/** Whole seconds until a moment, never negative. */
export function secondsUntil(moment: number, now: number): number {
  return Math.max(0, Math.ceil((moment - now) / 1000))
}
