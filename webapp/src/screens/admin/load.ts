/** Something asked of the server, kept for as long as its component lives. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'
import { failureWords } from './words'

export interface Loaded<T> {
  value: Accessor<T | undefined>
  failure: Accessor<string | undefined>
  reload(): Promise<void>
  /** Puts something newer in its place. */
  put(value: T): void
}

/** Asks at once. An answer that comes after a newer question is not shown. */
export function load<T>(ask: () => Promise<T>): Loaded<T> {
  const [value, setValue] = createSignal<T>()
  const [failure, setFailure] = createSignal<string>()
  let latest = 0
  onCleanup(() => {
    latest = -1
  })
  const reload = async (): Promise<void> => {
    if (latest < 0) return
    const mine = ++latest
    setFailure(undefined)
    try {
      const answer = await ask()
      if (mine === latest) setValue(() => answer)
    } catch (cause) {
      if (mine === latest) setFailure(failureWords(cause))
    }
  }
  void reload()
  return { value, failure, reload, put: next => void setValue(() => next) }
}
