// The WebSocket that carries the protocol: obfuscated, padded intermediate frames over /apiws of the server the page came from,
// whatever addresses the server's configuration names.

import { connectWs, type ReconnectionStrategy } from '@fuman/net'
import {
  type ITelegramConnection,
  ObfuscatedPacketCodec,
  PaddedIntermediatePacketCodec,
  type TelegramTransport,
} from '@mtcute/core'
import { CONNECT_MS, RECONNECT_MAX_MS, RECONNECT_MIN_MS } from '../limits'

/** ws: or wss: beside the page. */
export function socketUrl(page: { protocol: string; host: string }): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/apiws`
}

export class BrowserTransport implements TelegramTransport {
  constructor(private readonly url: string) {}

  async connect(): Promise<ITelegramConnection> {
    // A device that knows it has no network need not try: every try leaves an error in the console.
    if (navigator.onLine === false) throw new Error('this device is offline')
    const opening = connectWs({ url: this.url, protocols: 'binary' })
    return within(CONNECT_MS, opening, late => late.close())
  }

  packetCodec() {
    return new ObfuscatedPacketCodec(new PaddedIntermediatePacketCodec())
  }
}

/** A promise that must settle in time; what comes too late is disposed of. */
function within<T>(milliseconds: number, promise: Promise<T>, dispose: (late: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(new Error(`no connection within ${milliseconds} ms`))
    }, milliseconds)
    promise.then(
      value => {
        clearTimeout(timer)
        if (late) dispose(value)
        else resolve(value)
      },
      error => {
        clearTimeout(timer)
        reject(error instanceof Error ? error : new Error('the socket did not open', { cause: error }))
      },
    )
  })
}

/**
 * How long to wait before the next try: nothing the first time, then doubling, and always a random part of it, so that a server
 * that comes back is not met by everybody at once.
 */
export function reconnection(random: () => number = Math.random): ReconnectionStrategy {
  return ({ previousWait }) => {
    if (previousWait === null) return Math.round(RECONNECT_MIN_MS * random())
    const ceiling = Math.min(RECONNECT_MAX_MS, Math.max(RECONNECT_MIN_MS, previousWait * 2))
    return Math.round(ceiling * (0.5 + random() / 2))
  }
}
