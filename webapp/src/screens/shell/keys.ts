/**
 * Shortcuts that work everywhere. The list of all of them, with what they do, is in chat/Help.tsx. Nothing happens while
 * something lies over the page: it has keys of its own.
 */
import { createSignal, onCleanup, onMount } from 'solid-js'
import type { Engine } from '../../core/engine'
import { back, go, route } from '../../router'
import { covered } from '../../ui/layers'

/** On Apple's keyboards Command takes Control's part. */
export const APPLE = /Mac|iPhone|iPad/.test(navigator.platform)

/** The key that makes shortcuts on this keyboard. */
export function withCommand(event: KeyboardEvent): boolean {
  return APPLE ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
}

/** Who wants the search field focused listens for this; it bubbles from the document. */
export const FOCUS_SEARCH = 'kentong:search'

export function useKeys(engine: Engine): { shown: () => boolean; open: () => void; close: () => void } {
  const [shown, setShown] = createSignal(false)
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || covered()) return
    if (act(event, engine, () => setShown(true))) event.preventDefault()
  }
  onMount(() => {
    document.addEventListener('keydown', onKey)
    onCleanup(() => document.removeEventListener('keydown', onKey))
  })
  return { shown, open: () => setShown(true), close: () => setShown(false) }
}

function act(event: KeyboardEvent, engine: Engine, openHelp: () => void): boolean {
  if (withCommand(event) && !event.shiftKey && !event.altKey) {
    if (event.key.toLowerCase() === 'k') return document.dispatchEvent(new CustomEvent(FOCUS_SEARCH))
    if (event.key === '/') return said(openHelp)
  }
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    if (event.key === 'ArrowDown') return neighbour(engine, 1)
    if (event.key === 'ArrowUp') return neighbour(engine, -1)
  }
  if (event.key === 'Escape' && route().length > 0) return said(() => back(route()[2] ? `/chat/${route()[1]}` : '/'))
  return event.key === '?' && !isTyping(event.target) && said(openHelp)
}

function said(action: () => void): true {
  action()
  return true
}

/** The chat above or below the open one. */
function neighbour(engine: Engine, by: 1 | -1): boolean {
  const { order } = engine.state
  const at = order.indexOf(route()[1] ?? '')
  const next = order[at < 0 ? 0 : at + by]
  if (next) go(`/chat/${next}`, { replace: route()[0] === 'chat' })
  return next !== undefined
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
