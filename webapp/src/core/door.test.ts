import type { tl } from '@mtcute/core'
import type { ICryptoProvider } from '@mtcute/core/utils.js'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createDoor, type DoorPort } from './door'
import type { Call } from './extension'
import { unfinishedJoin } from './joining'
import type { Place } from './preparing'
import { Failure } from './types'

vi.mock('./srp', async original => ({
  ...(await original<object>()),
  newPassword: () => Promise.resolve({ _: 'account.passwordInputSettings' }),
  proofOf: () => Promise.resolve({ srpId: '7', a: 'a', m1: 'm' }),
}))

const CHALLENGE = 'AAECAwQFBgc'
const person = { _: 'auth.authorization', user: { _: 'userEmpty' } } as unknown as tl.auth.RawAuthorization

/** Answers by method name; a function is asked each time, an Error is thrown. */
type Script = Record<string, unknown>

/** A server that plays a script, and writes down what it was asked. */
function serverOf(script: Script) {
  const asked: string[] = []
  const params: Record<string, unknown> = {}
  const places: (Place | undefined)[] = []
  const entered: tl.auth.TypeAuthorization[] = []
  const call = async (request: tl.RpcMethod): Promise<unknown> => {
    const extension = request._ === 'bots.sendCustomRequest'
    const name = extension ? request.customMethod : request._
    asked.push(name)
    params[name] = extension ? JSON.parse((request.params as tl.RawDataJSON).data) : request
    const scripted = script[name]
    const answer = typeof scripted === 'function' ? (scripted as () => unknown)() : scripted
    if (answer instanceof Error) throw answer
    if (answer === undefined) throw new Error(`no answer to ${name}`)
    return extension ? { _: 'dataJSON', data: JSON.stringify(answer) } : answer
  }
  const port: DoorPort = {
    call: call as Call,
    crypto: {} as ICryptoProvider,
    app: { apiId: 1, apiHash: 'x' },
    enter: async authorization => {
      entered.push(authorization)
    },
    waiting: place => {
      places.push(place)
    },
    server: () => {},
  }
  return { door: createDoor(port), asked, params, places, entered }
}

const newcomer: Script = {
  'door.place': { admitted: true },
  'door.challenge': { challenge: CHALLENGE, bits: 4, expiresIn: 300 },
  'door.number': { phone: '888123456789', expiresIn: 600 },
  'auth.sendCode': { _: 'auth.sentCode', phoneCodeHash: 'hash' },
  'door.code': { code: '12345' },
  'auth.signIn': { _: 'auth.authorizationSignUpRequired' },
  'auth.signUp': person,
  'account.recoveryCode': { recoveryCode: 'ABCD-EFGH' },
}
const ani = { firstName: 'Ani', lastName: '', recoveryCode: true }

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  })
})
afterEach(() => vi.unstubAllGlobals())

it('takes a newcomer in, by the shortest way', async () => {
  const server = serverOf(newcomer)
  const stages: string[] = []
  const joined = await server.door.join(ani, progress => stages.push(progress.stage))
  expect(joined).toEqual({ phone: '888123456789', undone: [], recoveryCode: 'ABCD-EFGH' })
  expect(server.asked).toEqual([
    'door.place',
    'door.challenge',
    'door.number',
    'auth.sendCode',
    'door.code',
    'auth.signIn',
    'auth.signUp',
    'account.recoveryCode',
  ])
  expect(server.entered).toEqual([person])
  expect([...new Set(stages)]).toEqual(['waiting', 'proving', 'number', 'account', 'recovery'])
  expect(unfinishedJoin()).toBeUndefined()
})

it('sets the password before it makes the recovery code, which would end with the first password', async () => {
  const states = [{ hasPassword: false }, { hasPassword: true }]
  const server = serverOf({
    ...newcomer,
    'account.getPassword': () => states.shift(),
    'account.updatePasswordSettings': true,
  })
  await server.door.join({ ...ani, password: 'lesung 1 alu' }, () => {})
  expect(server.asked.slice(-4)).toEqual([
    'account.getPassword',
    'account.updatePasswordSettings',
    'account.getPassword',
    'account.recoveryCode',
  ])
  expect(server.params['account.recoveryCode']).toEqual({ password: { srpId: '7', a: 'a', m1: 'm' } })
})

it('uses what was prepared while the person typed', async () => {
  const server = serverOf(newcomer)
  await server.door.prepare(() => {})
  await server.door.prepare(() => {})
  await server.door.join(ani, () => {})
  expect(server.asked.filter(name => name === 'door.challenge')).toHaveLength(1)
})

it('waits for its place and shows it', async () => {
  vi.useFakeTimers()
  const answers = [{ admitted: false, place: 3, expectedSeconds: 40, askAgainIn: 5 }, { admitted: true }]
  const server = serverOf({ ...newcomer, 'door.place': () => answers.shift() })
  const joining = server.door.join(ani, () => {})
  await vi.advanceTimersByTimeAsync(4_000)
  expect(server.places.at(-1)).toMatchObject({ place: 3, expectedSeconds: 40 })
  expect(server.asked).toEqual(['door.place'])
  await vi.advanceTimersByTimeAsync(60_000)
  await joining
  expect(server.places.at(-1)).toBeUndefined()
  vi.useRealTimers()
})

it('leaves the waiting room when the person does', async () => {
  const server = serverOf({ 'door.place': { admitted: false, place: 9, expectedSeconds: 99, askAgainIn: 30 } })
  const leaving = new AbortController()
  const preparing = server.door.prepare(() => {}, leaving.signal)
  leaving.abort()
  await expect(preparing).rejects.toMatchObject({ code: 'CANCELLED' })
})

it('proves anew what the server no longer takes, and gives up in the end', async () => {
  const answers = [new Failure('CHALLENGE_EXPIRED'), { phone: '888000000001', expiresIn: 600 }]
  const server = serverOf({ ...newcomer, 'door.number': () => answers.shift() })
  expect((await server.door.join(ani, () => {})).phone).toBe('888000000001')
  const stubborn = serverOf({ ...newcomer, 'door.number': new Failure('CHALLENGE_INVALID') })
  await expect(stubborn.door.join({ ...ani, invite: '123456789012' }, () => {})).rejects.toMatchObject({
    code: 'CHALLENGE_INVALID',
  })
  expect(stubborn.asked.filter(name => name === 'door.number')).toHaveLength(3)
})

it('goes on with the number it has after a failure', async () => {
  const answers = [new Failure('OFFLINE'), person]
  const server = serverOf({ ...newcomer, 'auth.signUp': () => answers.shift() })
  await expect(server.door.join(ani, () => {})).rejects.toMatchObject({ code: 'OFFLINE' })
  expect(unfinishedJoin()).toMatchObject({ phone: '888123456789', stage: 'number' })
  await server.door.join(ani, () => {})
  expect(server.asked.filter(name => name === 'door.number')).toHaveLength(1)
})

it('takes another number when the old one was lost', async () => {
  const answers = [{ code: '1' }, new Failure('PHONE_CODE_EXPIRED'), { code: '2' }]
  const signUps = [new Failure('OFFLINE'), person]
  const server = serverOf({ ...newcomer, 'door.code': () => answers.shift(), 'auth.signUp': () => signUps.shift() })
  await expect(server.door.join(ani, () => {})).rejects.toMatchObject({ code: 'OFFLINE' })
  await server.door.join(ani, () => {})
  expect(server.asked.filter(name => name === 'door.number')).toHaveLength(2)
})

it('says what could not be done, and lets the person in all the same', async () => {
  const server = serverOf({ ...newcomer, 'account.recoveryCode': new Failure('OFFLINE') })
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const joined = await server.door.join(ani, () => {})
  expect(joined.undone).toEqual(['recoveryCode'])
  expect(server.entered).toHaveLength(1)
  expect(unfinishedJoin()).toMatchObject({ stage: 'account' })
})

it('proves a number by what the person keeps', async () => {
  const server = serverOf({ 'door.code': { code: '54321' } })
  expect(await server.door.code('+888 123 456 789', { recovery: ' ABCD-EFGH ' })).toBe('54321')
  expect(server.params['door.code']).toEqual({ phone: '888123456789', recovery: 'ABCD-EFGH' })
})
