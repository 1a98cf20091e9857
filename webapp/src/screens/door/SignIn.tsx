/**
 * Coming back: number and password in one form, as browsers fill them in. For one of this server's own numbers the code is fetched at the door by a
 * proof of the password, so that nobody has to type it; for a phone number it is sent, and asked for next.
 */
import { createSignal, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { focusFirst } from './first'
import styles from './form.module.css'
import { Frame } from './Frame'
import { Wrong } from './Notes'
import { digitsOf, isOwnNumber, isWholeNumber } from './numbers'
import { PasswordField } from './PasswordField'
import { Recover } from './Recover'
import { signInAtDoor } from './signInAtDoor'
import { doorWords } from './words'

export function SignIn() {
  const engine = useEngine()
  const [phone, setPhone] = createSignal('')
  const [password, setPassword] = createSignal('')
  const [misshapen, setMisshapen] = createSignal(false)
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const [forgotten, setForgotten] = createSignal(false)
  const prefix = () => engine.state.server?.reservedPrefix ?? '888'
  const doorNumbers = () => engine.state.server?.doorNumbers ?? true
  const own = () => isOwnNumber(phone(), prefix())
  /** Shown until it is clear that the number is a phone's, so that a browser can fill in both fields at once. */
  const asksPassword = () => doorNumbers() && (own() || !isWholeNumber(phone(), prefix()))

  const attempt = async (act: () => Promise<unknown>) => {
    setMisshapen(!isWholeNumber(phone(), prefix()))
    if (misshapen() || busy()) return
    setBusy(true)
    setWrong(undefined)
    await act().catch(cause =>
      setWrong(doorWords(cause, { PASSWORD_HASH_INVALID: 'door.error.PASSWORD_HASH_INVALID' })),
    )
    setBusy(false)
  }
  const submit = () =>
    attempt(() =>
      own() ? signInAtDoor(engine, phone(), { password: password() }) : engine.session.sendCode(digitsOf(phone())),
    )
  const forget = () => {
    setMisshapen(!isWholeNumber(phone(), prefix()))
    setForgotten(!misshapen())
  }

  return (
    <Show when={!forgotten()} fallback={<Recover phone={phone()} onBack={() => setForgotten(false)} />}>
      <Frame title={t('door.signIn.title')} onBack={() => go('/')}>
        <form
          class={styles.form}
          onSubmit={event => {
            event.preventDefault()
            void submit()
          }}
        >
          <TextField
            label={t('door.signIn.number')}
            icon="phone"
            type="tel"
            name="username"
            dir="ltr"
            autocomplete="username"
            ref={focusFirst}
            value={phone()}
            onInput={value => {
              setPhone(value)
              setMisshapen(false)
            }}
            hint={doorNumbers() ? t('door.signIn.numberHint', { prefix: prefix() }) : t('door.signIn.numberHintPlain')}
            error={misshapen() ? t('door.signIn.numberWrong') : null}
          />
          <Show when={asksPassword()}>
            <PasswordField label={t('door.signIn.password')} value={password()} onInput={setPassword} />
          </Show>
          <Wrong text={wrong()} />
          <div class={styles.actions}>
            <Button kind="primary" type="submit" wide busy={busy()} disabled={own() && password() === ''}>
              {asksPassword() ? t('door.signIn.action') : t('door.signIn.sendCode')}
            </Button>
            <Button
              wide
              icon="qr"
              disabled={busy()}
              onClick={() => void engine.session.startQr().catch(() => undefined)}
            >
              {t('door.signIn.qr')}
            </Button>
            <div class={styles.links}>
              <Show when={asksPassword()}>
                <Button kind="plain" disabled={busy()} onClick={forget}>
                  {t('door.signIn.recovery')}
                </Button>
              </Show>
              <Show when={own()}>
                <Button
                  kind="plain"
                  disabled={busy()}
                  onClick={() => void attempt(() => engine.session.sendCode(digitsOf(phone())))}
                >
                  {t('door.signIn.other')}
                </Button>
              </Show>
              <Button kind="plain" disabled={busy()} onClick={() => go('/join')}>
                {t('door.signIn.new')}
              </Button>
            </div>
          </div>
        </form>
      </Frame>
    </Show>
  )
}
