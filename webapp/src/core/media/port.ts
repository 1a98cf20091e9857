/** What media need of the rest of the client: somebody who calls the server. Tests give one of their own. */
import type { tl } from '@mtcute/core'
import { Failure } from '../types'

export interface CallOptions {
  /** The pool of connections: large files have their own, so that messages never wait behind them. */
  readonly kind?: 'main' | 'upload' | 'download' | 'downloadSmall'
  readonly abortSignal?: AbortSignal
}

export interface Caller {
  call<T extends tl.RpcMethod>(request: T, options?: CallOptions): Promise<tl.RpcCallReturn[T['_']]>
}

/** The name of a refusal of the server (`FILE_REFERENCE_EXPIRED`), or an empty string for any other trouble. */
export function refusalOf(cause: unknown): string {
  if (cause instanceof Failure) return cause.message
  if (typeof cause !== 'object' || cause === null) return ''
  const { text, errorMessage } = cause as { text?: unknown; errorMessage?: unknown }
  if (typeof text === 'string') return text
  return typeof errorMessage === 'string' ? errorMessage : ''
}

/** Whether somebody called it off. */
export function isAborted(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'AbortError'
}
