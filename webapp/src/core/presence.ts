// Whether this person is here: told while somebody looks at the page, and when nobody does any more.

import type { tl } from '@mtcute/core'
import { AWAY_MS, HERE_MS, LOOK_AGAIN_MS } from './limits'

export interface PresencePort {
  call(request: tl.account.RawUpdateStatusRequest): Promise<unknown>
  isReady(): boolean
  isOnline(): boolean
  /** The page was out of sight for long: the connection may be dead without having said so. */
  lookAgain(): void
}

/** Begins to tell. What it gives back tells at once, for instance when a connection was made. */
export function attend(port: PresencePort): () => void {
  let told: boolean | undefined
  let leaving: ReturnType<typeof setTimeout> | undefined
  let hiddenAt = 0
  const tell = (isHere: boolean) => {
    if (!port.isReady() || !port.isOnline()) {
      told = undefined
      return
    }
    if (!isHere && told === false) return
    told = isHere
    port.call({ _: 'account.updateStatus', offline: !isHere }).catch(() => {
      told = undefined
    })
  }
  const isSeen = () => document.visibilityState === 'visible'
  setInterval(() => {
    if (isSeen()) tell(true)
  }, HERE_MS)
  document.addEventListener('visibilitychange', () => {
    clearTimeout(leaving)
    if (isSeen()) {
      if (hiddenAt && Date.now() - hiddenAt > LOOK_AGAIN_MS) port.lookAgain()
      tell(true)
    } else {
      hiddenAt = Date.now()
      leaving = setTimeout(() => tell(false), AWAY_MS)
    }
  })
  return () => tell(isSeen())
}
