/**
 * Proofs of a password, which itself never leaves this device (core.telegram.org/api/srp). The computation is mtcute's; here are its two
 * shapes: that of the protocol's methods, and that of the server's own.
 */
import { Long, type tl } from '@mtcute/core'
import { computeNewPasswordHash, computeSrpParams, type ICryptoProvider } from '@mtcute/core/utils.js'
import { fromBase64Url, toBase64Url } from './extension'

/** A proof as the server's own methods take it. */
export interface Proof {
  srpId: string
  a: string
  m1: string
}

/** What the door answers about a number's password. */
export interface DoorPassword {
  srpId: string
  srpB: string
  g: number
  p: string
  salt1: string
  salt2: string
  hint: string | null
}

/** The proof for one of the protocol's methods. */
export function checkOf(
  crypto: ICryptoProvider,
  asked: tl.account.RawPassword,
  password: string,
): Promise<tl.RawInputCheckPasswordSRP> {
  return computeSrpParams(crypto, asked, password)
}

/** The proof for one of the server's own methods. */
export async function proofOf(
  crypto: ICryptoProvider,
  asked: tl.account.RawPassword,
  password: string,
): Promise<Proof> {
  const check = await computeSrpParams(crypto, asked, password)
  return { srpId: check.srpId.toString(), a: toBase64Url(check.A), m1: toBase64Url(check.M1) }
}

/** The proof of a number's password at the door, before anybody is signed in. */
export function proofAtDoor(crypto: ICryptoProvider, asked: DoorPassword, password: string): Promise<Proof> {
  return proofOf(crypto, passwordOf(asked), password)
}

/** The settings that give an account a new password. */
export async function newPassword(
  crypto: ICryptoProvider,
  state: tl.account.RawPassword,
  next: { password: string; hint: string; mail?: string | undefined },
): Promise<tl.account.RawPasswordInputSettings> {
  return {
    _: 'account.passwordInputSettings',
    newAlgo: state.newAlgo,
    newPasswordHash: await computeNewPasswordHash(crypto, state.newAlgo, next.password),
    hint: next.hint,
    ...(next.mail === undefined ? {} : { email: next.mail }),
  }
}

function passwordOf(asked: DoorPassword): tl.account.RawPassword {
  return {
    _: 'account.password',
    hasPassword: true,
    currentAlgo: {
      _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow',
      salt1: fromBase64Url(asked.salt1),
      salt2: fromBase64Url(asked.salt2),
      g: asked.g,
      p: fromBase64Url(asked.p),
    },
    srpB: fromBase64Url(asked.srpB),
    srpId: Long.fromString(asked.srpId),
    newAlgo: { _: 'passwordKdfAlgoUnknown' },
    newSecureAlgo: { _: 'securePasswordKdfAlgoUnknown' },
    secureRandom: new Uint8Array(),
  }
}
