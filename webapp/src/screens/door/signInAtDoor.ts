/**
 * Signing in with one of this server's own numbers in one go: ask for a code, get it at the door by a proof, give it back, and the second
 * password with it. The screens between are held back meanwhile.
 */
import { createSignal } from 'solid-js'
import type { Engine } from '../../core/engine'

/**
 * What the person gives. With the recovery code comes a new password. A mailed code fetches the login code only: who has a password is
 * asked for it next, and may have it recovered by another mail there.
 */
export type Given = { password: string } | { recovery: string; newPassword: string } | { mail: string }

const [signingIn, setSigningIn] = createSignal(false)

/** Whether that is under way: the door stays on the screen that began it. Reactive. */
export { signingIn }

/** Signs in, or goes back to 'signedOut' and rejects. */
export async function signInAtDoor(engine: Engine, phone: string, given: Given): Promise<void> {
  setSigningIn(true)
  try {
    await engine.session.sendCode(phone)
    await engine.session.submitCode(await engine.door.code(phone, proofOf(given)))
    if (engine.state.session.step === 'password') await answerPassword(engine, given)
  } catch (cause) {
    if (engine.state.session.step !== 'ready') await engine.session.cancel().catch(() => undefined)
    throw cause
  } finally {
    setSigningIn(false)
  }
}

function proofOf(given: Given) {
  if ('password' in given) return { password: given.password }
  return 'recovery' in given ? { recovery: given.recovery } : { mail: given.mail }
}

async function answerPassword(engine: Engine, given: Given): Promise<void> {
  if ('password' in given) return engine.session.submitPassword(given.password)
  if ('mail' in given) return
  await engine.session.recoverPassword(given.recovery, { password: given.newPassword, hint: '' })
}
