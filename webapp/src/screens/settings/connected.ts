import { createEffect, createRoot } from 'solid-js'
import type { Engine } from '../../core/engine'

/** Asks the server once it is reached: a page that was opened from the cache is there sooner than its connection. */
export async function whenConnected<T>(engine: Engine, ask: () => Promise<T>): Promise<T> {
  await new Promise<void>(resolve => {
    createRoot(dispose =>
      createEffect(() => {
        const { state } = engine.state.connection
        if (state !== 'online' && state !== 'updating') return
        resolve()
        queueMicrotask(dispose)
      }),
    )
  })
  return ask()
}
