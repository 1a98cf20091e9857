import { createSignal, onCleanup, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { KeepTools } from '../door/KeepTools'
import { Wrong } from '../door/Notes'
import { PasswordField } from '../door/PasswordField'
import { codeKept, codeShown, holdPage } from '../door/unkept'
import { doorWords } from '../door/words'
import { useMe } from './me'
import styles from './Password.module.css'

/** Makes a new recovery code, for the password, and shows it once. */
export function RecoveryDialog(props: { passwordSet: boolean; onClose: () => void }) {
  const engine = useEngine()
  const me = useMe()
  const [password, setPassword] = createSignal('')
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const [code, setCode] = createSignal<string>()
  const [kept, setKept] = createSignal(false)
  onCleanup(holdPage(() => code() !== undefined && !kept()))
  const keep = () => {
    setKept(true)
    codeKept()
  }
  const sheet = () => ({
    server: engine.state.server?.name ?? 'Kentong',
    address: engine.state.server?.baseUrl ?? location.origin,
    phone: me()?.phone ?? '',
    recoveryCode: code() ?? '',
  })
  const make = async () => {
    if (busy()) return
    setBusy(true)
    setWrong(undefined)
    try {
      setCode(await engine.door.recoveryCode(props.passwordSet ? password() : undefined))
      codeShown(me()?.phone ?? '', engine.now())
    } catch (cause) {
      setWrong(doorWords(cause, { PASSWORD_HASH_INVALID: 'settings.password.wrong' }))
    } finally {
      setBusy(false)
    }
  }
  const finish = () => {
    keep()
    props.onClose()
  }
  return (
    <Dialog open title={t('settings.password.recovery')} onClose={() => props.onClose()}>
      <Show
        when={code()}
        fallback={
          <form
            class={styles.form}
            onSubmit={event => {
              event.preventDefault()
              void make()
            }}
          >
            <p>{t('settings.password.recoveryText')}</p>
            <Show when={props.passwordSet}>
              <PasswordField label={t('settings.password.current')} value={password()} onInput={setPassword} first />
            </Show>
            <Wrong text={wrong()} />
            <Button kind="primary" type="submit" wide busy={busy()} disabled={props.passwordSet && password() === ''}>
              {t('settings.password.recoveryNew')}
            </Button>
          </form>
        }
      >
        {made => (
          <div class={styles.form}>
            <output class={styles.code} dir="ltr">
              {made()}
            </output>
            <KeepTools class={styles.row} sheet={sheet()} onKept={keep} />
            <p class={styles.soft}>{t('door.keep.once')}</p>
            <Button kind="primary" wide icon="check" onClick={finish}>
              {t('door.keep.done')}
            </Button>
          </div>
        )}
      </Show>
    </Dialog>
  )
}
