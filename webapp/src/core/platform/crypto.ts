// The crypto that mtcute asks for. Ciphers and the protocol's hashes run in WebAssembly (they are synchronous by contract, and
// crypto.subtle is not); slow key derivation goes to crypto.subtle where the browser gives it, which is in secure contexts, and
// else into a Worker, so that the page stays alive on a plain http address of a local network.

import {
  BaseCryptoProvider,
  factorizePQSync,
  type IAesCtr,
  type ICryptoProvider,
  type IEncryptionScheme,
} from '@mtcute/core/utils.js'
import {
  createCtr256,
  ctr256,
  deflateMaxSize,
  freeCtr256,
  gunzip,
  ige256Decrypt,
  ige256Encrypt,
  initSync,
  sha1,
  sha256,
} from '@mtcute/wasm'
import type { Derivation } from './derive.worker'

/** The one variant every browser of the last ten years runs; the SIMD one gains nothing on messages. */
import wasmUrl from '@mtcute/wasm/mtcute.wasm?url'

export class BrowserCrypto extends BaseCryptoProvider implements ICryptoProvider {
  private module?: Promise<void>

  /** Asked by the start and by mtcute: the module is loaded once. */
  initialize(): Promise<void> {
    this.module ??= this.load()
    return this.module
  }

  private async load(): Promise<void> {
    const response = await fetch(wasmUrl)
    if (!response.ok) throw new Error(`the cipher module is not there: ${response.status}`)
    initSync(await WebAssembly.compile(await response.arrayBuffer()))
  }

  sha1 = sha1
  sha256 = sha256
  gzip = deflateMaxSize
  gunzip = gunzip

  randomFill(into: Uint8Array): void {
    // getRandomValues gives at most 64 KiB at once.
    for (let at = 0; at < into.length; at += 65536)
      crypto.getRandomValues(into.subarray(at, at + 65536) as Uint8Array<ArrayBuffer>)
  }

  override factorizePQ(pq: Uint8Array): [Uint8Array, Uint8Array] {
    return factorizePQSync(this, pq)
  }

  createAesCtr(key: Uint8Array, iv: Uint8Array): IAesCtr {
    const context = createCtr256(key, iv)
    return { process: data => ctr256(context, data), close: () => freeCtr256(context) }
  }

  createAesIge(key: Uint8Array, iv: Uint8Array): IEncryptionScheme {
    return { encrypt: data => ige256Encrypt(data, key, iv), decrypt: data => ige256Decrypt(data, key, iv) }
  }

  async hmacSha256(data: Uint8Array, key: Uint8Array): Promise<Uint8Array> {
    const block = new Uint8Array(64)
    block.set(key.length > 64 ? sha256(key) : key)
    const keyed = (pad: number, rest: Uint8Array) => {
      const bytes = new Uint8Array(64 + rest.length)
      for (let at = 0; at < 64; at++) bytes[at] = (block[at] ?? 0) ^ pad
      bytes.set(rest, 64)
      return sha256(bytes)
    }
    return keyed(0x5c, keyed(0x36, data))
  }

  async pbkdf2(
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    length = 64,
    algorithm = 'sha512',
  ): Promise<Uint8Array> {
    if (algorithm !== 'sha512') throw new Error(`no pbkdf2 over ${algorithm}`)
    if (globalThis.crypto.subtle) return derive(password, salt, iterations, length)
    return inWorker({ password, salt, iterations, length })
  }
}

async function derive(password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Promise<Uint8Array> {
  const secret = await crypto.subtle.importKey('raw', copied(password), 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-512', salt: copied(salt), iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, secret, length * 8))
}

/** Bytes that surely have a buffer of their own. */
function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

function inWorker(derivation: Derivation): Promise<Uint8Array> {
  const worker = new Worker(new URL('./derive.worker.ts', import.meta.url), { type: 'module' })
  return new Promise<Uint8Array>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Uint8Array>) => resolve(event.data)
    worker.onerror = event => reject(new Error(event.message || 'the key derivation did not start'))
    worker.postMessage(derivation)
  }).finally(() => worker.terminate())
}
