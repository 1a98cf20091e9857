// The service worker: keeps this build of the client on the device, so that it opens without a network. It touches nothing but the
// client's own files. Each build has its own store; a new one is fetched whole before it takes over, and then the old one goes.

interface Scope extends EventTarget {
  KENTONG_ASSETS: string[]
  registration: { scope: string }
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
}
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Asked extends Event {
  request: Request
  respondWith(answer: Promise<Response>): void
}

const worker = self as unknown as Scope
const base = new URL(worker.registration.scope).pathname
const files = [
  base,
  `${base}icon.svg`,
  `${base}manifest.webmanifest`,
  ...worker.KENTONG_ASSETS.map(name => base + name),
]
const PREFIX = 'kentong-shell-'
const store = PREFIX + fingerprint(worker.KENTONG_ASSETS.join())

worker.addEventListener('install', event => {
  const fetched = caches
    .open(store)
    .then(cache => cache.addAll(files.map(url => new Request(url, { cache: 'no-cache' }))))
  ;(event as Waiting).waitUntil(fetched.then(() => worker.skipWaiting()))
})

worker.addEventListener('activate', event => {
  const others = caches
    .keys()
    .then(names =>
      Promise.all(names.filter(name => name.startsWith(PREFIX) && name !== store).map(name => caches.delete(name))),
    )
  ;(event as Waiting).waitUntil(others.then(() => worker.clients.claim()))
})

worker.addEventListener('fetch', event => {
  const { request } = event as Asked
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate' && url.pathname.startsWith(base)) (event as Asked).respondWith(page(request))
  else if (url.pathname.startsWith(`${base}assets/`) || files.includes(url.pathname))
    (event as Asked).respondWith(asset(request))
})

/** The page: from the network, so that a new build is seen at once; from the device when there is none, or none in time. */
async function page(request: Request): Promise<Response> {
  const kept = await (await caches.open(store)).match(base, { ignoreVary: true })
  if (!kept) return fetch(request)
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), 2_000)
  try {
    const fresh = await fetch(base, { signal: stop.signal, cache: 'no-cache' })
    return fresh.ok ? fresh : kept
  } catch {
    return kept
  } finally {
    clearTimeout(timer)
  }
}

/** Assets never change under their names. Those of an older build are asked for, and then not there. */
async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true })
  return kept ?? fetch(request)
}

/** A short name for a list of names. */
function fingerprint(text: string): string {
  let hash = 5381
  for (let at = 0; at < text.length; at++) hash = ((hash << 5) + hash + text.charCodeAt(at)) | 0
  return (hash >>> 0).toString(36)
}
