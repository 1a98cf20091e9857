/** Signing out, with a warning where there would be no way back. */
import type { Engine } from '../../core/engine'
import { SIGN_OUT_MS } from '../../core/limits'
import { within } from '../../core/within'
import { t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { go } from '../../router'
import { confirm } from '../../ui/confirm'
import { codeKept } from '../door/unkept'
import { attempt } from '../shell/say'

/** Asks, and signs out. */
export async function signOut(engine: Engine): Promise<void> {
  // Without a network there is nobody to ask, and the question is put at once.
  const patience = engine.state.connection.state === 'offline' ? 0 : SIGN_OUT_MS
  const [protection, devices] = await Promise.all([
    within(patience, engine.door.protection()).catch(() => undefined),
    within(patience, engine.settings.devices()).catch(() => undefined),
  ])
  const unprotected = protection?.doorNumber && !protection.password && !protection.recoveryCode
  const elsewhere = (devices ?? []).some(device => !device.current && !device.passwordPending)
  const sure = unprotected ? await warn(elsewhere) : await ask(engine, protection?.password ?? false)
  if (!sure || !(await attempt(engine.session.signOut()))) return
  // Nothing of theirs stays in this browser, not even that.
  codeKept()
  go('/', { replace: true })
}

function ask(engine: Engine, password: boolean) {
  const session = engine.state.session
  const me = session.step === 'ready' ? engine.state.people[session.me] : undefined
  const number = me?.phone ? phoneNumber(me.phone) : ''
  return confirm({
    title: t('settings.signOut.title'),
    text: password ? t('settings.signOut.text', { number }) : t('settings.signOut.textPhone', { number }),
    action: t('settings.signOut.action'),
    danger: true,
  })
}

/** Offers to protect the account first; signing out all the same takes a tick more. */
async function warn(elsewhere: boolean): Promise<boolean> {
  const answer = await confirm({
    title: t('settings.signOut.dangerTitle'),
    text: elsewhere ? t('settings.signOut.dangerOthers') : t('settings.signOut.danger'),
    action: t('common.continue'),
    danger: true,
    option: { label: t('settings.signOut.anyway'), checked: false },
  })
  if (answer && !answer.option) go('/settings/password')
  return answer?.option === true
}
