// PBKDF2 over HMAC-SHA-512 where crypto.subtle is missing: 100,000 rounds take a second or so, hence a thread of its own.

import { pbkdf2 } from '@noble/hashes/pbkdf2'
import { sha512 } from '@noble/hashes/sha2'

export interface Derivation {
  password: Uint8Array
  salt: Uint8Array
  iterations: number
  /** Bytes of the result. */
  length: number
}

self.onmessage = (event: MessageEvent<Derivation>) => {
  const { password, salt, iterations, length } = event.data
  self.postMessage(pbkdf2(sha512, password, salt, { c: iterations, dkLen: length }))
}
