/**
 * The server's own methods (docs/extensions.md): a name with a dot and a JSON object, inside the protocol's `bots.sendCustomRequest`.
 */
import type { tl } from '@mtcute/core'

/** What sends a request of the protocol and rejects with a `Failure`. */
export type Call = <T extends tl.RpcMethod>(request: T) => Promise<tl.RpcCallReturn[T['_']]>

/** Calls one of the server's own methods. */
export async function callExtension<T>(call: Call, method: string, params: Record<string, unknown> = {}): Promise<T> {
  const answer = await call({
    _: 'bots.sendCustomRequest',
    customMethod: method,
    params: { _: 'dataJSON', data: JSON.stringify(params) },
  })
  return JSON.parse(answer.data) as T
}

/** base64url without padding, as the server writes binary values. */
export function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Bytes of base64url, with or without padding. Throws on anything else. */
export function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, char => char.charCodeAt(0))
}
