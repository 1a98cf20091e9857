import { createEffect, createResource, createRoot, onCleanup } from 'solid-js'
import type { Engine } from '../../core/engine'

/** Milliseconds to wait for the connection; then the question is asked all the same, and its failure shown. */
const PATIENCE_MS = 10_000

/** What the server answered; undefined until it did. Reading it waits for nothing, and throws nothing. */
export interface Answer<T> {
  (): T | undefined
  readonly error: unknown
  readonly loading: boolean
}

/** A question to the server. The page that asks it stands meanwhile, and without a network, too. */
export function createAnswer<T>(
  engine: Engine,
  ask: () => Promise<T>,
): [Answer<T>, { mutate: (value: T | undefined) => void; refetch: () => void }] {
  const [asked, { mutate, refetch }] = createResource<T | undefined>(() => whenConnected(engine, ask), {
    // What was known before it is asked, so that no Suspense above waits for it.
    initialValue: undefined,
  })
  const answer = () => (asked.error ? undefined : asked.latest)
  Object.defineProperties(answer, { error: { get: () => asked.error }, loading: { get: () => asked.loading } })
  return [answer as Answer<T>, { mutate: value => mutate(() => value), refetch: () => void refetch() }]
}

/** Asks the server once it is reached: a page that was opened from the cache is there sooner than its connection. */
async function whenConnected<T>(engine: Engine, ask: () => Promise<T>): Promise<T> {
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
