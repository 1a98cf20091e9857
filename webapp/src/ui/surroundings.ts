/** What the page finds around itself, as signals: the window's width, how it is pointed at, whether it is seen, the minute. */
import { type Accessor, createSignal } from 'solid-js'

/** Two columns fit. The same width stands in the style sheets of the shell. */
export const wide = matches('(min-width: 54rem)')
/** Three columns fit: list, conversation and a panel. */
export const veryWide = matches('(min-width: 80rem)')
/** A finger rather than a mouse. */
export const touch = matches('(pointer: coarse)')

function matches(query: string): Accessor<boolean> {
  const list = window.matchMedia(query)
  const [now, setNow] = createSignal(list.matches)
  list.addEventListener('change', event => setNow(event.matches))
  return now
}

const [seen, setSeen] = createSignal(document.visibilityState === 'visible')
document.addEventListener('visibilitychange', () => setSeen(document.visibilityState === 'visible'))

/** The page is in view: what is on it counts as seen. */
export const pageVisible: Accessor<boolean> = seen

/** Milliseconds between two looks at the clock. */
const TICK = 30_000
const [moment, setMoment] = createSignal(Date.now())
setInterval(() => setMoment(Date.now()), TICK)

/** The time in milliseconds, renewed twice a minute: for "5 minutes ago" and "today". */
export const now: Accessor<number> = moment
