/**
 * Where one is, in the address after the `#`: `#/chat/u5` has the segments ['chat', 'u5']. The browser's own back button
 * and gesture lead where people expect: from a chat to the list, and from a dialog to what lies under it.
 *
 * While dialogs or menus are open, one more entry of the history stands for all of them, with the same address; going
 * back takes it away and closes the topmost. When they close by themselves that entry stays: the next page takes its
 * place, and going back passes over it. Taking it away then would need `history.back()`, which happens later than it is
 * asked for, and would undo whatever navigation came in between.
 *
 * It does not know what the segments mean: screens do.
 */
import { createSignal } from 'solid-js'
import { closeTop, covered, watchLayers } from './ui/layers'

interface Entry {
  /** How many entries of this app lie before it: at 0, going back would leave the app. */
  depth: number
  /** Stands for what lies over the page, or lay. */
  over?: boolean
}

/** Until when a step back may still come; one that did not was dropped by the browser for a navigation after it. */
const STEP_MS = 1_000

const [segments, setSegments] = createSignal<readonly string[]>(read(), { equals: sameSegments })
let here = entry()
/** A step back that this app asked for and that has not happened; `instead` is where it was led meanwhile. */
let leaving: { since: number; instead?: string } | undefined

/** The segments of the address, decoded. Reactive. */
export const route: () => readonly string[] = segments

/** Leads to another address: a new entry, or with `replace` in place of the present one. */
export function go(path: string, options: { replace?: boolean } = {}): void {
  const { depth, over } = here
  const target = `#${path}`
  if (leaving) leaving.instead = path
  if (location.hash === target) return
  if (options.replace || over) history.replaceState({ depth }, '', target)
  else history.pushState({ depth: depth + 1 }, '', target)
  here = entry()
  setSegments(read())
}

/** Back to where one came from; to `parent` if that was outside the app. */
export function back(parent: string): void {
  const steps = here.over ? 2 : 1
  if (here.depth >= steps) leave(steps)
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
  return isOurs(history.state) ? history.state : { depth: 0 }
}

function isOurs(state: unknown): state is Entry {
  return typeof state === 'object' && state !== null && 'depth' in state && typeof state.depth === 'number'
}

function leave(steps: number): void {
  leaving = { since: performance.now() }
  history.go(-steps)
}

/** Sees to it that an entry stands for what lies over the page. */
function settleOver(): void {
  if (!covered() || here.over) return
  history.pushState({ depth: here.depth + 1, over: true }, '', location.href)
  here = entry()
}

/** The browser is at another entry: by a step back or forth, or by an address that was typed or pressed. */
function onPop(): void {
  const from = here
  const isNew = !isOurs(history.state)
  if (isNew) history.replaceState({ depth: from.depth + 1 }, '')
  here = entry()
  const instead = isNew ? undefined : stepped()
  if (isNew && leaving) leaving.instead = location.hash.slice(1)
  if (covered() && !here.over) closeTop()
  else if (instead === undefined && from.over && here.depth === from.depth - 1) leave(1)
  settleOver()
  if (instead !== undefined) go(instead)
  setSegments(read())
}

/** A step has happened: where this app was led since it asked for it, if anywhere. */
function stepped(): string | undefined {
  const asked = leaving
  leaving = undefined
  return asked && performance.now() - asked.since < STEP_MS ? asked.instead : undefined
}

// Later than the press that closed a menu, since what was chosen there may lead elsewhere and take the entry's place.
watchLayers(() => setTimeout(settleOver))
// An entry without a state is one that the browser has just made; the first one was there before.
if (!isOurs(history.state)) history.replaceState(here, '')
window.addEventListener('popstate', onPop)
window.addEventListener('hashchange', () => setSegments(read()))
