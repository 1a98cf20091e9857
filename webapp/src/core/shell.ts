// The page around the client: what this browser withholds, and new builds of the client itself.

import type { Withheld } from './engine'

/** What this page cannot have here, mostly because it did not come over https. */
export function withheldHere(isPersistent: boolean): Withheld[] {
  const withheld: Withheld[] = []
  if (!('serviceWorker' in navigator)) withheld.push('offlineShell')
  if (!('Notification' in window) || !window.isSecureContext) withheld.push('notifications')
  if (!navigator.clipboard) withheld.push('clipboard')
  if (!navigator.mediaDevices) withheld.push('microphone')
  if (!isPersistent) withheld.push('storage')
  return withheld
}

/** Registers the service worker, and says when a newer build has taken its place. */
export function followBuilds(isNew: () => void): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  const had = navigator.serviceWorker.controller !== null
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first one to take control is this build's own.
    if (had) isNew()
  })
  const url = `${import.meta.env.BASE_URL}sw.js`
  navigator.serviceWorker
    .register(url, { scope: import.meta.env.BASE_URL })
    .then(registration => {
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') registration.update().catch(() => undefined)
      })
    })
    .catch(error => console.warn('the client does not open without a network here', error))
}
