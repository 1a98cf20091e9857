/**
 * What an administrator orders and what comes back, as docs/administration.md says: the same orders as on the server's command line.
 * The names of fields are the server's.
 */
import type { Engine } from '../../core/engine'
import { Failure } from '../../core/types'

export type Mode = 'open' | 'invite' | 'approval' | 'closed'

export interface UserRow {
  id: number
  /** Digits with a plus; empty for a deleted account. */
  phone: string
  name: string
  username: string
  marks: string[]
  /** Signed up, seconds since 1970. */
  since: number
  /** Only of one person: bytes of what they keep here. */
  stored_bytes?: number
}

export interface DeviceRow {
  client: string
  device: string
  ip: string
  since: number
  seen: number
}

export interface WaitingRow {
  phone: string
  name: string
  since: number
}

export interface ReportRow {
  id: number
  name: string
  count: number
  reason: string
  comment: string
  by: number
  at: number
}

export interface InviteRow {
  code: string
  uses_left: number
  used: number
  revoked: boolean
  phone: string
  expires: number
  administrator: boolean
}

export interface SettingRow {
  name: string
  value: string
  from: 'administrator' | 'configuration' | 'default'
  configured: string
  about: string
}

export interface Overview {
  name: string
  version: string
  running: boolean
  up_seconds: number
  connections: number
  people: number
  came_today: number
  waiting: number
  reported: number
  sign_up: Mode
  store_bytes: number
  media_bytes: number
  free_bytes: number
  read_only: boolean
}

export interface AuditRow {
  at_ms: number
  act: string
  target: string
  by: number
  by_name: string
}

interface Outcome {
  done?: string
  users?: UserRow[]
  user?: [UserRow, DeviceRow[]]
  found?: [UserRow[], number]
  waiting?: [WaitingRow[], string]
  reports?: ReportRow[]
  code?: { phone: string; code: string }
  invites?: InviteRow[]
  settings?: SettingRow[]
  overview?: Overview
  audit?: AuditRow[]
}

type Answer = { ok: Outcome } | { error: string }

/** The server understood and does not do it; the sentence says why. */
export class OrderRefused extends Error {
  override readonly name = 'OrderRefused'
}

/** Rows asked for at a time. */
const ROWS = 50

/** A page of what was searched for; `next` goes on, 0 when there is no more. */
export interface Found {
  people: UserRow[]
  next: number
}

/** A page of those who wait; `next` goes on, empty when there is no more. */
export interface Waiting {
  rows: WaitingRow[]
  next: string
}

/** Everything the screen can order. Rejects with a `Failure` or an `OrderRefused`. */
export interface Orders {
  enter(password: string): Promise<void>
  overview(): Promise<Overview>
  search(text: string, after: number): Promise<Found>
  latest(): Promise<UserRow[]>
  show(id: number): Promise<[UserRow, DeviceRow[]]>
  waiting(after: string): Promise<Waiting>
  /** About one person: `ban`, `unban`, `reset`, `remove_password`, `delete`, `appoint`, `demote`, `dismiss_reports`. */
  act(what: Act, id: number): Promise<void>
  /** The login code under way; undefined when there is none. */
  code(id: number): Promise<string | undefined>
  decide(phone: string, allowed: boolean): Promise<void>
  reports(): Promise<ReportRow[]>
  invites(): Promise<InviteRow[]>
  createInvite(invite: NewInvite): Promise<InviteRow>
  revokeInvite(code: string): Promise<void>
  settings(): Promise<SettingRow[]>
  set(name: string, value: string): Promise<SettingRow[]>
  reset(name: string): Promise<SettingRow[]>
  audit(before: number): Promise<AuditRow[]>
}

export type Act = 'ban' | 'unban' | 'reset' | 'remove_password' | 'delete' | 'appoint' | 'demote' | 'dismiss_reports'

export interface NewInvite {
  uses: number
  /** 0: for ever. */
  hours: number
  administrator: boolean
  phone?: string
}

/** Orders over this engine; `onLocked` hears that the server wants a fresh proof before it takes more. */
export function ordersOf(engine: Engine, onLocked: (code: string) => void): Orders {
  const order = async (what: Record<string, unknown>): Promise<Outcome> => {
    try {
      const answer = await engine.extension<Answer>('admin.order', { order: what })
      if ('error' in answer) throw new OrderRefused(answer.error)
      return answer.ok
    } catch (cause) {
      if (cause instanceof Failure && isLock(cause.code)) onLocked(cause.code)
      throw cause
    }
  }
  const user = (what: unknown): Promise<Outcome> => order({ user: what })
  const setting = async (what: unknown): Promise<SettingRow[]> => (await order({ setting: what })).settings ?? []
  return {
    async enter(password) {
      await engine.extension('admin.enter', { password: await engine.settings.passwordProof(password) })
    },
    overview: async () => needed((await order({ overview: {} })).overview),
    async search(text, after) {
      const [people, next] = needed((await user({ search: { text, after, limit: ROWS } })).found)
      return { people, next }
    },
    latest: async () => (await user({ latest: { limit: ROWS } })).users ?? [],
    show: async id => needed((await user({ show: { who: String(id) } })).user),
    async waiting(after) {
      const [rows, next] = needed((await user({ waiting: { after, limit: ROWS } })).waiting)
      return { rows, next }
    },
    act: async (what, id) => void (await user({ [what]: { who: String(id) } })),
    code: async id => (await user({ code: { who: String(id) } })).code?.code,
    decide: async (phone, allowed) => void (await user({ [allowed ? 'approve' : 'refuse']: { phone } })),
    reports: async () => (await user('reports')).reports ?? [],
    invites: async () => (await order({ invite: 'list' })).invites ?? [],
    async createInvite(invite) {
      const { phone = null, ...rest } = invite
      return needed((await order({ invite: { create: { ...rest, phone } } })).invites?.[0])
    },
    revokeInvite: async code => void (await order({ invite: { revoke: { code } } })),
    settings: () => setting('list'),
    set: (name, value) => setting({ set: { name, value } }),
    reset: name => setting({ reset: { name } }),
    audit: async before => (await order({ audit: { before, limit: ROWS } })).audit ?? [],
  }
}

function isLock(code: string): boolean {
  return code === 'FRESH_SIGN_IN_REQUIRED' || code === 'ADMIN_REQUIRED'
}

function needed<T>(part: T | undefined): T {
  if (part === undefined) throw new Failure('UNEXPECTED_ANSWER')
  return part
}
