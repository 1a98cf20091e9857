import { createSignal, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { TextField } from '../../ui/TextField'
import { toast } from '../../ui/toast'
import { Note, Wrong } from '../door/Notes'
import { digitsOf } from '../door/numbers'
import { PasswordField } from '../door/PasswordField'
import { doorWords, failedWith } from '../door/words'
import styles from './Password.module.css'

const MAIL = /^[^\s@]+@[^\s@]+$/

/** Adds or changes the e-mail address that helps who forgot the password. It counts once its code was typed here. */
export function MailDialog(props: {
  /** Known right after the sign-up; else it is asked for. */
  password?: string | undefined
  onClose: () => void
}) {
  const engine = useEngine()
  const [typedPassword, setPassword] = createSignal('')
  const [mail, setMail] = createSignal('')
  const [code, setCode] = createSignal('')
  const [sent, setSent] = createSignal(false)
  const [misshapen, setMisshapen] = createSignal(false)
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const password = () => props.password ?? typedPassword()
  const attempt = async (act: () => Promise<void>) => {
    if (busy()) return
    setBusy(true)
    setWrong(undefined)
    await act().catch(cause => setWrong(doorWords(cause, { PASSWORD_HASH_INVALID: 'settings.password.wrong' })))
    setBusy(false)
  }
  const done = () => {
    toast({ text: t('settings.password.mailDone'), kind: 'success' })
    props.onClose()
  }
  const send = () => {
    setMisshapen(!MAIL.test(mail().trim()))
    if (misshapen()) return
    void attempt(async () => {
      try {
        await engine.settings.setPassword({
          current: password(),
          next: { password: password(), hint: '', mail: mail().trim() },
        })
        done() // a server that asks for no code
      } catch (cause) {
        if (!failedWith(cause, 'EMAIL_UNCONFIRMED')) throw cause
        setSent(true)
      }
    })
  }
  const confirmCode = () =>
    attempt(async () => {
      await engine.settings.confirmMail(digitsOf(code()))
      done()
    })
  return (
    <Dialog open title={t('settings.password.mail')} onClose={() => props.onClose()}>
      <form
        class={styles.form}
        novalidate
        onSubmit={event => {
          event.preventDefault()
          if (sent()) void confirmCode()
          else send()
        }}
      >
        <Show
          when={!sent()}
          fallback={
            <>
              <Note icon="mail">{t('settings.password.mailCode', { mail: mail().trim() })}</Note>
              <TextField
                label={t('settings.password.mailCodeLabel')}
                dir="ltr"
                inputmode="numeric"
                autocomplete="one-time-code"
                value={code()}
                onInput={setCode}
              />
            </>
          }
        >
          <TextField
            label={t('settings.password.mailAddress')}
            hint={t('settings.password.mailText')}
            icon="mail"
            type="email"
            dir="ltr"
            autocomplete="email"
            value={mail()}
            onInput={value => {
              setMail(value)
              setMisshapen(false)
            }}
            error={misshapen() ? t('settings.password.mailWrong') : null}
          />
          <Show when={props.password === undefined}>
            <PasswordField label={t('settings.password.current')} value={typedPassword()} onInput={setPassword} />
          </Show>
        </Show>
        <Wrong text={wrong()} />
        <Button
          kind="primary"
          type="submit"
          wide
          busy={busy()}
          disabled={sent() ? digitsOf(code()) === '' : mail().trim() === '' || password() === ''}
        >
          {t('common.continue')}
        </Button>
      </form>
    </Dialog>
  )
}
