/**
 * Whether the door stands before the chats. Small, since the first load has it.
 *
 * It does while nobody is signed in, while a newcomer has yet to keep what protects their account, and where somebody came for a
 * code for another app.
 */
import { createSignal } from 'solid-js'
import type { Engine } from '../../core/engine'
import { unfinishedJoin } from '../../core/joining'
import { route } from '../../router'

/** Why the door stays although the account is there. */
export type Holding =
  /** The sign-up is running: it enters before all is told. */
  | { why: 'joining' }
  /** Shown once, to be kept. */
  | {
      why: 'keep'
      phone: string
      password?: string
      recoveryCode?: string
      undone: readonly string[]
      recovered: boolean
    }
  /** A reload, or a failure, came between the account and its password. */
  | { why: 'unprotected'; phone: string }

const [holding, setHolding] = createSignal<Holding | undefined>(fromBefore())

export { holding, setHolding }

/** Whether to show the door rather than the chats. Reactive. */
export function doorIsOpen(engine: Engine): boolean {
  const { step } = engine.state.session
  if (step === 'connecting') return false
  return step !== 'ready' || holding() !== undefined || route()[0] === 'code'
}

function fromBefore(): Holding | undefined {
  const unfinished = unfinishedJoin()
  return unfinished?.stage === 'account' ? { why: 'unprotected', phone: unfinished.phone } : undefined
}
