/**
 * A newcomer's whole way in: place and proof of work (preparing.ts), a number of this server's own, its code, the account, and what protects it.
 *
 * Every step can be taken again. The number stays reserved for this device's key, so a second attempt uses it again; if the account turns out to exist
 * already (the answer was lost), the device is signed in to it.
 */
import type { tl } from '@mtcute/core'
import type { Joined, Joining, JoinProgress } from './contract/door'
import type { DoorPort } from './door'
import { callExtension } from './extension'
import { forgetJoin, rememberJoin, unfinishedJoin } from './joining'
import { PROOF_TRIES } from './limits'
import type { Preparation } from './preparing'
import { checkOf, newPassword, proofOf } from './srp'
import { Failure } from './types'

type OnProgress = (progress: JoinProgress) => void

/** Takes a newcomer in; see `DoorActions.join`. */
export async function join(
  port: DoorPort,
  preparation: Preparation,
  joining: Joining,
  progress: OnProgress,
  signal?: AbortSignal,
): Promise<Joined> {
  const { phone, authorization } = await reachAccount(port, preparation, joining, progress, signal)
  rememberJoin(phone, 'account')
  const undone: Joined['undone'] = []
  await attempt(undone, 'password', joining.password !== undefined, () => {
    progress({ stage: 'password', phone })
    return firstPassword(port, { password: joining.password ?? '', hint: joining.hint ?? '' })
  })
  const recoveryCode = await attempt(undone, 'recoveryCode', joining.recoveryCode, () => {
    progress({ stage: 'recovery', phone })
    return firstRecoveryCode(port, joining.password)
  })
  if (undone.length === 0) forgetJoin()
  await port.enter(authorization)
  return { phone, undone, ...(recoveryCode === undefined ? {} : { recoveryCode }) }
}

interface Reached {
  phone: string
  authorization: tl.auth.TypeAuthorization
}

/** The account of a number that is still reserved from before, else of a new one. */
async function reachAccount(
  port: DoorPort,
  preparation: Preparation,
  joining: Joining,
  progress: OnProgress,
  signal?: AbortSignal,
): Promise<Reached> {
  const before = unfinishedJoin()
  if (before?.stage === 'number' && joining.invite === undefined) {
    try {
      return await makeAccount(port, before.phone, joining, progress)
    } catch (error) {
      if (!isNumberLost(error)) throw error
      forgetJoin()
    }
  }
  const phone = await reserveNumber(port, preparation, joining.invite, progress, signal)
  return makeAccount(port, phone, joining, progress)
}

/** Whether an error says that the number is not, or no longer, reserved for this device. */
function isNumberLost(error: unknown): boolean {
  const lost = ['PHONE_CODE_EXPIRED', 'PHONE_CODE_INVALID', 'PHONE_NUMBER_INVALID', 'PHONE_NUMBER_OCCUPIED']
  return error instanceof Failure && lost.includes(error.code)
}

async function reserveNumber(
  port: DoorPort,
  preparation: Preparation,
  invite: string | undefined,
  progress: OnProgress,
  signal?: AbortSignal,
): Promise<string> {
  for (let tries = 1; ; tries++) {
    const { challenge, answer } = await preparation.proof(progress, signal)
    progress({ stage: 'number' })
    try {
      const params = { challenge, answer, ...(invite === undefined ? {} : { invite }) }
      const reserved = await callExtension<{ phone: string; expiresIn: number }>(port.call, 'door.number', params)
      preparation.spend()
      rememberJoin(reserved.phone, 'number', reserved.expiresIn)
      return reserved.phone
    } catch (error) {
      const stale = error instanceof Failure && error.code.startsWith('CHALLENGE_')
      if (stale || isSpent(error)) preparation.spend()
      if (!stale || tries >= PROOF_TRIES) throw error
    }
  }
}

/** A proof that was judged is used up, whatever else was wrong with the request. */
function isSpent(error: unknown): boolean {
  return error instanceof Failure && error.code === 'INVITE_INVALID'
}

async function makeAccount(port: DoorPort, phone: string, joining: Joining, progress: OnProgress): Promise<Reached> {
  progress({ stage: 'account', phone })
  const { apiId, apiHash } = port.app
  const sent = await port.call({
    _: 'auth.sendCode',
    phoneNumber: phone,
    apiId,
    apiHash,
    settings: { _: 'codeSettings' },
  })
  if (sent._ === 'auth.sentCodeSuccess') return { phone, authorization: sent.authorization }
  if (sent._ !== 'auth.sentCode') throw new Failure('INTERNAL')
  const { code } = await callExtension<{ code: string }>(port.call, 'door.code', { phone })
  const given = { phoneNumber: phone, phoneCodeHash: sent.phoneCodeHash }
  const signedIn = await signIn(port, { _: 'auth.signIn', ...given, phoneCode: code }, joining.password)
  if (signedIn._ !== 'auth.authorizationSignUpRequired') return { phone, authorization: signedIn }
  const { firstName, lastName } = joining
  return { phone, authorization: await port.call({ _: 'auth.signUp', ...given, firstName, lastName }) }
}

/** Signs in; the password answers for an account that an earlier attempt made. */
async function signIn(
  port: DoorPort,
  request: tl.auth.RawSignInRequest,
  password: string | undefined,
): Promise<tl.auth.TypeAuthorization> {
  try {
    return await port.call(request)
  } catch (error) {
    const asked = error instanceof Failure && error.code === 'SESSION_PASSWORD_NEEDED'
    if (!asked || password === undefined) throw error
    const state = await port.call({ _: 'account.getPassword' })
    return port.call({ _: 'auth.checkPassword', password: await checkOf(port.crypto, state, password) })
  }
}

/** Made once the password is set: a code that is older than the first password ends with it. */
async function firstRecoveryCode(port: DoorPort, password: string | undefined): Promise<string> {
  const state = password === undefined ? undefined : await port.call({ _: 'account.getPassword' })
  const proof = state?.hasPassword ? await proofOf(port.crypto, state, password ?? '') : undefined
  const params = proof === undefined ? {} : { password: proof }
  return (await callExtension<{ recoveryCode: string }>(port.call, 'account.recoveryCode', params)).recoveryCode
}

async function firstPassword(port: DoorPort, next: { password: string; hint: string }): Promise<void> {
  const state = await port.call({ _: 'account.getPassword' })
  if (state.hasPassword) return // an earlier attempt set it, and its answer was lost
  await port.call({
    _: 'account.updatePasswordSettings',
    password: { _: 'inputCheckPasswordEmpty' },
    newSettings: await newPassword(port.crypto, state, next),
  })
}

/** The account is there: what protects it may fail without taking it away, and is told. */
async function attempt<T>(
  undone: Joined['undone'],
  what: Joined['undone'][number],
  wanted: boolean,
  act: () => Promise<T>,
): Promise<T | undefined> {
  if (!wanted) return undefined
  try {
    return await act()
  } catch (error) {
    console.warn(`the account is there, but not its ${what}`, error)
    undone.push(what)
    return undefined
  }
}
