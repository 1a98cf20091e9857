import type { PersonalInvite, Protection, ServerFacts } from '../types'

/** How far `join` is. */
export type JoinProgress =
  /** In the waiting room; the place is in `state.session`. */
  | { stage: 'waiting' }
  /** Working on the proof; `fraction` of the expected work, may pass 1 with bad luck. */
  | { stage: 'proving'; fraction: number }
  | { stage: 'number' }
  | { stage: 'account'; phone: string }
  | { stage: 'password'; phone: string }
  | { stage: 'recovery'; phone: string }

export interface Joining {
  firstName: string
  lastName: string
  /** Twelve digits. */
  invite?: string
  /** Becomes the account's second password. */
  password?: string
  hint?: string
  /** Whether to make a recovery code; it is in the answer and nowhere else. */
  recoveryCode: boolean
}

export interface Joined {
  phone: string
  recoveryCode?: string
  /**
   * What could not be done although the account exists: the screen says so and leads to the settings. The account is signed in
   * anyway.
   */
  undone: ('password' | 'recoveryCode')[]
}

/** How somebody proves that a number is theirs. */
export type DoorProof = { password: string } | { recovery: string } | { mail: string } | { sameDevice: true }

/** The server's own numbers: accounts without a phone. */
export interface DoorActions {
  /** Asks the server what it offers; also kept in `state.server`. */
  facts(): Promise<ServerFacts>
  /** Whether an invite can be used, and who made it. */
  invite(code: string): Promise<{ usable: boolean; by?: string }>
  /**
   * Does ahead what takes time of `join`: waiting room and proof of work, while the person still types. `join` uses what is there.
   * Safe to call again. CANCELLED by the signal.
   */
  prepare(progress: (progress: JoinProgress) => void, signal?: AbortSignal): Promise<void>
  /**
   * The whole way in: waiting room, proof of work, number, code, sign-up, password, recovery code. → session 'ready'. Can be called
   * again after a failure; a number that was reserved is used again. INVITE_INVALID, FLOOD_WAIT, PHONE_NUMBER_UNOCCUPIED (this
   * server wants an invite, or the operator's consent).
   */
  join(joining: Joining, progress: (progress: JoinProgress) => void, signal?: AbortSignal): Promise<Joined>
  /**
   * The login code of one of this server's numbers, for whoever proves that it is theirs. PHONE_CODE_EXPIRED when no code is under
   * way, PASSWORD_HASH_INVALID, RECOVERY_CODE_INVALID, CODE_INVALID, FLOOD_WAIT.
   */
  code(phone: string, proof: DoorProof): Promise<string>
  /** Mails a code to the address on file, if there is one; the answer never tells. */
  mail(phone: string): Promise<void>
  /** The hint of the number's password; plausible nonsense for numbers that nobody has. */
  hint(phone: string): Promise<string>
  /** How well one's own account is guarded. */
  protection(): Promise<Protection>
  /** A new recovery code, shown once; the former one is worthless. The password, if one is set. */
  recoveryCode(password?: string): Promise<string>
  /** One's own invite. INVITES_FORBIDDEN where the operator lets people invite nobody. */
  myInvite(): Promise<PersonalInvite>
  renewInvite(): Promise<PersonalInvite>
}
