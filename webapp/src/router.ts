/**
 * Where one is, in the address after the `#`: `#/chat/u5` has the segments ['chat', 'u5']. The browser's own back button
 * and gesture lead where people expect: from a chat to the list, and from a dialog to what lies under it.
 *
 * While dialogs or menus are open, one more entry of the history stands for all of them, with the same address; going
 * back takes it away and closes the topmost. It does not know what the segments mean: screens do.
 */
import { createSignal } from 'solid-js'
import { closeTop, covered, watchLayers } from './ui/layers'

interface Entry {
  /** How many entries of this app lie before it: at 0, going back would leave the app. */
  depth: number
  /** Stands for what lies over the page. */
  over?: boolean
}

const [segments, setSegments] = createSignal<readonly string[]>(read(), { equals: sameSegments })
let leavingOver = false

/** The segments of the address, decoded. Reactive. */
export const route: () => readonly string[] = segments

/** Leads to another address: a new entry, or with `replace` in place of the present one. */
export function go(path: string, options: { replace?: boolean } = {}): void {
  const { depth, over } = entry()
  const target = `#${path}`
  if (location.hash === target && !over) return
  if (options.replace || over) history.replaceState({ depth }, '', target)
  else history.pushState({ depth: depth + 1 }, '', target)
  setSegments(read())
}

/** Back to where one came from; to `parent` if that was outside the app. */
export function back(parent: string): void {
  if (entry().depth > 0) history.back()
  else go(parent, { replace: true })
}

/** An address for a link's href. */
export function href(path: string): string {
  return `#${path}`
}

function read(): readonly string[] {
  return location.hash
    .replace(/^#?\/*/, '')
    .split('/')
    .filter(Boolean)
    .map(decoded)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function sameSegments(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((segment, at) => segment === other[at])
}

function entry(): Entry {
  const state: unknown = history.state
  const known = typeof state === 'object' && state !== null && 'depth' in state && typeof state.depth === 'number'
  return known ? (state as Entry) : { depth: 0 }
}

/** Keeps the extra entry in step with whether anything lies over the page. */
function settleOver(): void {
  if (leavingOver) return
  const { depth, over } = entry()
  if (covered() && !over) history.pushState({ depth: depth + 1, over: true }, '', location.href)
  if (covered() || !over) return
  leavingOver = true
  history.back()
}

function onPop(): void {
  const ours = leavingOver
  leavingOver = false
  if (!ours && covered() && !entry().over) closeTop()
  settleOver()
  setSegments(read())
}

// Later than the press that closed a menu, since what was chosen there may lead elsewhere and take the entry's place.
watchLayers(() => setTimeout(settleOver))
window.addEventListener('popstate', onPop)
window.addEventListener('hashchange', () => setSegments(read()))
