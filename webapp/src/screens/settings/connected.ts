import { createEffect, createRoot, onCleanup } from 'solid-js'
import type { Engine } from '../../core/engine'

/** Milliseconds to wait for the connection; then the question is asked all the same, and its failure shown. */
const PATIENCE_MS = 10_000

/** Asks the server once it is reached: a page that was opened from the cache is there sooner than its connection. */
export async function whenConnected<T>(engine: Engine, ask: () => Promise<T>): Promise<T> {
  await connected(engine)
  return ask()
}

function connected(engine: Engine): Promise<void> {
  return new Promise(resolve => {
    // A root without an owner: an effect below a Suspense is put off while that waits, and this is what it waits for.
    createRoot(dispose => {
      const done = () => {
        resolve()
        queueMicrotask(dispose)
      }
      const timer = setTimeout(done, PATIENCE_MS)
      onCleanup(() => clearTimeout(timer))
      createEffect(() => {
        const { state } = engine.state.connection
        if (state === 'online' || state === 'updating') done()
      })
    }, null)
  })
}
