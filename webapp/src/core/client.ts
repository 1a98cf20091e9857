// The line to the server: mtcute's MtClient with this browser's platform, failures in the client's words, and the connection's
// state. What a call means is not known here.

import { MtClient, networkMiddlewares, type RpcCallOptions, SessionConnection, type tl } from '@mtcute/core'
import type { ICryptoProvider } from '@mtcute/core/utils.js'
import type { Database } from './cache/database'
import {
  CALL_MS,
  DOWNLOAD_CONNECTIONS,
  FLOOD_SILENT_SECONDS,
  KEY_EXCHANGE_MS,
  PING_MS,
  UPLOAD_CONNECTIONS,
} from './limits'
import { BrowserPlatform, browserName, systemName } from './platform/platform'
import type { ServerFile } from './platform/server'
import { BrowserStorage } from './platform/storage'
import { BrowserTransport, reconnection, socketUrl } from './platform/transport'
import { Failure } from './types'

export interface CallOptions {
  /** 'upload' and 'download' have connections of their own, so that messages never wait behind a film. */
  kind?: 'main' | 'upload' | 'download'
  signal?: AbortSignal
  /** Milliseconds; Infinity waits until the connection is back. Default: CALL_MS. */
  timeout?: number
  /** Calls of one chain are executed in the order they were made. */
  chain?: string
  /** Seconds of FLOOD_WAIT to wait for silently; default FLOOD_SILENT_SECONDS. */
  patience?: number
}

/** Who can call methods: all that most parts of the core know of the client. */
export interface Caller {
  call<T extends tl.RpcMethod>(request: T, options?: CallOptions): Promise<tl.RpcCallReturn[T['_']]>
}

export interface Listeners {
  updates(updates: tl.TypeUpdates): void
  /** The connection is up and a session has begun. */
  usable(): void
  /** It is not, and another try comes in so many milliseconds, or is made now. */
  waiting(milliseconds: number | undefined): void
  offline(): void
  /** The server does not know this device any more, or somebody sent it away. */
  unauthorized(code: string): void
}

/** The id and hash that every client sends; this server takes any. */
export const API = { apiId: 1, apiHash: 'kentong' }

// mtcute gives each answer of the key exchange five seconds; a server in a flood takes longer on purpose.
const waitForPlain = SessionConnection.prototype.waitForUnencryptedMessage
SessionConnection.prototype.waitForUnencryptedMessage = function (timeout = KEY_EXCHANGE_MS) {
  return waitForPlain.call(this, timeout)
}

// A connection that is idle when the network goes is left "closed by hand" when it comes back, and would never send again.
const noticeNetwork = SessionConnection.prototype.notifyNetworkChanged
SessionConnection.prototype.notifyNetworkChanged = function (online: boolean) {
  noticeNetwork.call(this, online)
  const idle = this as unknown as { _inactive: boolean; _disconnectedManually: boolean }
  if (!online || !idle._inactive) return
  idle._disconnectedManually = false
  if (this._session.queuedRpc.length > 0) this.connect()
}

export class Client implements Caller {
  readonly crypto: ICryptoProvider
  readonly storage: BrowserStorage
  private readonly mt: MtClient
  private readonly stopping = new AbortController()
  /** Calls made before there is anything to send them over wait for it. */
  private begin: () => void = () => {}
  private readonly begun = new Promise<void>(resolve => {
    this.begin = resolve
  })

  constructor(
    server: ServerFile,
    database: Database,
    crypto: ICryptoProvider,
    private readonly listeners: Listeners,
    url = socketUrl(location),
  ) {
    this.crypto = crypto
    this.storage = new BrowserStorage(database)
    const address = { id: server.dc, ipAddress: '127.0.0.1', port: 443 }
    const strategy = reconnection()
    let wait: number | undefined
    this.mt = new MtClient({
      ...API,
      crypto,
      storage: this.storage,
      platform: new BrowserPlatform(),
      transport: new BrowserTransport(url),
      defaultDcs: { main: address, media: address },
      initConnectionOptions: description(),
      reconnectionStrategy: state => {
        const next = strategy(state)
        wait = next === false ? undefined : next
        return next
      },
      network: {
        floodControl: false,
        pingInterval: PING_MS,
        connectionCount: kind =>
          kind === 'upload' ? UPLOAD_CONNECTIONS : kind === 'download' ? DOWNLOAD_CONNECTIONS : 1,
        middlewares: [
          networkMiddlewares.floodWaiter({ maxWait: FLOOD_SILENT_SECONDS * 1000, maxRetries: 3, store: false }),
          networkMiddlewares.internalErrorsHandler({ maxRetries: 3, waitTime: 1 }),
        ],
      },
      onError: error => console.debug('connection', error instanceof Error ? error.message : error),
    })
    this.mt.onUpdate.add(updates => listeners.updates(updates))
    this.mt.onUsable.add(() => listeners.usable())
    // Said of the main connection only; the strategy was asked just before.
    this.mt.onConnecting.add(() => listeners.waiting(wait))
    this.mt.onNetworkChanged.add(connected => {
      if (!connected) listeners.offline()
    })
  }

  /** Begins to connect; goes on by itself until `close`. */
  async connect(): Promise<void> {
    await this.mt.connect()
    this.begin()
  }

  async call<T extends tl.RpcMethod>(request: T, options: CallOptions = {}): Promise<tl.RpcCallReturn[T['_']]> {
    const answer = await this.ask(request, options)
    if (!isRpcError(answer)) return answer
    if (answer.errorCode === 401 && answer.errorMessage !== 'SESSION_PASSWORD_NEEDED') {
      this.listeners.unauthorized(answer.errorMessage)
    }
    throw failureOf(answer.errorMessage)
  }

  /** The server's clock in seconds. */
  now(): number {
    // The high half of a message id is the server's time; without a connection this device's clock must do.
    try {
      return this.mt.network.getMtprotoMessageId().high
    } catch {
      return Math.floor(Date.now() / 1000)
    }
  }

  /** Tries again at once instead of waiting, for instance when somebody looks at the page again. */
  hurry(): void {
    this.mt.network.notifyNetworkChanged(true)
  }

  async close(): Promise<void> {
    this.stopping.abort()
    await this.mt.disconnect()
  }

  private async ask<T extends tl.RpcMethod>(request: T, options: CallOptions) {
    const { signal } = options
    const rpc: RpcCallOptions = {
      kind: options.kind ?? 'main',
      timeout: (options.timeout ?? CALL_MS) === Number.POSITIVE_INFINITY ? undefined : (options.timeout ?? CALL_MS),
      abortSignal: signal,
      chainId: options.chain,
      floodSleepThreshold: (options.patience ?? FLOOD_SILENT_SECONDS) * 1000,
    }
    await this.begun
    try {
      return await this.mt.call(request as never, rpc)
    } catch (error) {
      if (signal?.aborted || this.stopping.signal.aborted) throw new Failure('CANCELLED')
      throw new Failure('INTERNAL', undefined, { cause: error })
    }
  }
}

/** initConnection's words, which stand in the list of devices. */
function description(): Partial<Omit<tl.RawInitConnectionRequest, 'apiId' | 'query'>> {
  const language = navigator.language || 'en'
  return {
    _: 'initConnection',
    deviceModel: browserName(navigator.userAgent),
    systemVersion: systemName(navigator.userAgent),
    appVersion: 'Kentong Web',
    systemLangCode: language,
    langCode: language,
    langPack: '',
  }
}

function isRpcError(answer: unknown): answer is { errorCode: number; errorMessage: string } {
  return typeof answer === 'object' && answer !== null && (answer as { _?: string })._ === 'mt_rpc_error'
}

/** FLOOD_WAIT_30 → FLOOD_WAIT, 30. */
export function failureOf(name: string): Failure {
  const numbered = /^([A-Z][A-Z0-9_]*?)_(\d+)$/.exec(name)
  return numbered?.[1] ? new Failure(numbered[1], Number(numbered[2])) : new Failure(name)
}

/** Any thrown thing as a Failure. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('INTERNAL', undefined, { cause: error })
}
