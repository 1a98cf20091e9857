import { render } from 'solid-js/web'
import { App } from './App'
import { EngineProvider } from './core/context'
import { createEngine } from './core/create'

/** Begins to work at once, and shows itself in `root` when there are words. */
export function begin(root: HTMLElement, words: Promise<void>): void {
  const engine = createEngine()
  // At hand in the browser's console while developing.
  if (import.meta.env.DEV) Object.assign(window, { engine })
  const show = (): void => {
    // The mark that stood here before any script ran.
    root.replaceChildren()
    render(
      () => (
        <EngineProvider value={engine}>
          <App />
        </EngineProvider>
      ),
      root,
    )
  }
  // Without words (a broken network, on the very first visit) the page still says what it can.
  words.then(show, show)
}
