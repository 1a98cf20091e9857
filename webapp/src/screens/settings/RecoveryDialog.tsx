import { createSignal, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { toast } from '../../ui/toast'
import { copyText, saveText } from '../door/clipboard'
import { KeepSheet, sheetText } from '../door/KeepSheet'
import { Wrong } from '../door/Notes'
import { PasswordField } from '../door/PasswordField'
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
    } catch (cause) {
      setWrong(doorWords(cause, { PASSWORD_HASH_INVALID: 'settings.password.wrong' }))
    } finally {
      setBusy(false)
    }
  }
  const copy = async () => {
    if (await copyText(sheetText(sheet()))) toast({ text: t('common.copied'), kind: 'success' })
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
            <div class={styles.row}>
              <Button icon="copy" onClick={() => void copy()}>
                {t('door.keep.copy')}
              </Button>
              <Button
                icon="download"
                onClick={() => saveText(t('door.keep.fileName', { server: sheet().server }), sheetText(sheet()))}
              >
                {t('door.keep.save')}
              </Button>
              <Button icon="print" onClick={() => window.print()}>
                {t('door.keep.print')}
              </Button>
            </div>
            <p class={styles.soft}>{t('door.keep.once')}</p>
            <Button kind="primary" wide icon="check" onClick={() => props.onClose()}>
              {t('door.keep.done')}
            </Button>
            <KeepSheet sheet={sheet()} />
          </div>
        )}
      </Show>
    </Dialog>
  )
}
