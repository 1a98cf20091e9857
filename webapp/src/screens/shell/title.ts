import { createEffect, onCleanup } from 'solid-js'
import type { Engine } from '../../core/engine'

/** The tab's title: how much is unread, and the server's name. */
export function useTitle(engine: Engine): void {
  createEffect(() => {
    const name = engine.state.server?.name ?? 'Kentong'
    const unread = engine.state.unreadTotal
    document.title = unread > 0 ? `(${unread}) ${name}` : name
  })
  onCleanup(() => {
    document.title = engine.state.server?.name ?? 'Kentong'
  })
}
