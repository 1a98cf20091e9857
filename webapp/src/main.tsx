import { render } from 'solid-js/web'
import { App } from './App'
import { EngineProvider } from './core/context'
import { createEngine } from './core/create'
import { startWords } from './i18n'
import { firstLanguage } from './i18n/languages'
import { loadPack } from './i18n/packs'
import { applyLook } from './screens/settings/look'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
const engine = createEngine()
// At hand in the browser's console while developing.
if (import.meta.env.DEV) Object.assign(window, { engine })
const start = () => {
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
applyLook()
const words = startWords(['common'])
// On a first visit, which no service worker answers yet, the door comes next: fetched beside all else, not after it.
if (!navigator.serviceWorker?.controller) {
  const door = [loadPack(firstLanguage(), 'door'), import('./screens/door')]
  Promise.all(door).catch(() => undefined)
}
// Without words (a broken network, on the very first visit) the page still says what it can.
words.then(start, start)
