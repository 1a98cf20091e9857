/**
 * The server's own numbers (docs/extensions.md): accounts without a phone, from both sides of the door. Before sign-in: a number, and its
 * code for whoever proves that it is theirs. Afterwards: what protects the account, and one's invite.
 */
import type { tl } from '@mtcute/core'
import type { ICryptoProvider } from '@mtcute/core/utils.js'
import type { DoorActions, DoorProof } from './contract/door'
import { type Call, callExtension } from './extension'
import { join } from './join'
import { Preparation, type Place } from './preparing'
import { type DoorPassword, proofAtDoor, proofOf } from './srp'
import type { PersonalInvite, Protection, ServerFacts } from './types'

/** What the door needs of the engine. */
export interface DoorPort {
  readonly call: Call
  readonly crypto: ICryptoProvider
  /** What the client calls itself when it asks for a code. */
  readonly app: { readonly apiId: number; readonly apiHash: string }
  /** Somebody is signed in. → session 'ready' */
  enter(authorization: tl.auth.TypeAuthorization): Promise<void>
  /** → session 'waitingRoom'; without a place: back to 'signedOut'. */
  waiting(place?: Place): void
  /** Keeps what the server offers in the state. */
  server(facts: ServerFacts): void
}

/** The JSON of server.facts where it differs: what is not known is null there. */
type FactsAnswer = Omit<ServerFacts, 'people'> & { people: number | null }

/** The door's actions over the engine. */
export function createDoor(port: DoorPort): DoorActions {
  const ask = <T>(method: string, params?: Record<string, unknown>) => callExtension<T>(port.call, method, params)
  const preparation = new Preparation(port.call, place => port.waiting(place))
  return {
    facts: async () => {
      const { people, ...rest } = await ask<FactsAnswer>('server.facts')
      const facts: ServerFacts = people === null ? rest : { ...rest, people }
      port.server(facts)
      return facts
    },
    invite: async code => {
      const { usable, by } = await ask<{ usable: boolean; by: string | null }>('invite.show', { code })
      return by === null ? { usable } : { usable, by }
    },
    prepare: async (progress, signal) => {
      await preparation.proof(progress, signal)
    },
    join: (joining, progress, signal) => join(port, preparation, joining, progress, signal),
    code: async (phone, proof) => {
      const number = digits(phone)
      const params = { phone: number, ...(await proofParams(port, number, proof)) }
      return (await ask<{ code: string }>('door.code', params)).code
    },
    mail: async phone => {
      await ask('door.mail', { phone: digits(phone) })
    },
    hint: async phone => (await ask<DoorPassword>('door.password', { phone: digits(phone) })).hint ?? '',
    protection: async () => {
      const { recoveryMadeAt, mail, ...rest } = await ask<
        Omit<Protection, 'recoveryMadeAt' | 'mail'> & { recoveryMadeAt: number | null; mail: string | null }
      >('account.protection')
      return { ...rest, ...(recoveryMadeAt === null ? {} : { recoveryMadeAt }), ...(mail === null ? {} : { mail }) }
    },
    recoveryCode: async password => {
      const proof = password === undefined ? undefined : await ownProof(port, password)
      const params = proof === undefined ? {} : { password: proof }
      return (await ask<{ recoveryCode: string }>('account.recoveryCode', params)).recoveryCode
    },
    myInvite: () => ask<PersonalInvite>('invite.mine'),
    renewInvite: () => ask<PersonalInvite>('invite.renew'),
  }
}

async function proofParams(port: DoorPort, phone: string, proof: DoorProof): Promise<Record<string, unknown>> {
  if ('recovery' in proof) return { recovery: proof.recovery.trim() }
  if ('mail' in proof) return { mail: proof.mail.trim() }
  if ('sameDevice' in proof) return {}
  const asked = await callExtension<DoorPassword>(port.call, 'door.password', { phone })
  return { password: await proofAtDoor(port.crypto, asked, proof.password) }
}

async function ownProof(port: DoorPort, password: string) {
  return proofOf(port.crypto, await port.call({ _: 'account.getPassword' }), password)
}

function digits(phone: string): string {
  return phone.replace(/\D/g, '')
}
