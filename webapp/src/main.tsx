// What comes first, and little: it fetches the rest side by side, and waits for none of it.
import { startWords } from './i18n'
import { firstLanguage } from './i18n/languages'
import { loadPack } from './i18n/packs'
import { applyLook } from './screens/settings/look'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
applyLook()
const words = startWords(['common'])
const app = import('./begin')
// On a first visit, which no service worker answers yet, the door comes next.
if (!navigator.serviceWorker?.controller) loadPack(firstLanguage(), 'door').catch(() => undefined)
app.then(({ begin }) => begin(root, words))
