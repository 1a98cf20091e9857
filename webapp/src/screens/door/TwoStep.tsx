/** The second password, after a code or a QR code; and what helps who forgot it. */
import { createSignal, Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Session } from '../../core/types'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import styles from './form.module.css'
import { Frame } from './Frame'
import { Note, Wrong } from './Notes'
import { digitsOf, recoveryCodeOf } from './numbers'
import { PasswordField } from './PasswordField'
import { strengthOf } from './strength'
import { doorWords } from './words'

type Waiting = Extract<Session, { step: 'password' }>

export function TwoStep(props: { session: Waiting }) {
  const engine = useEngine()
  const [password, setPassword] = createSignal('')
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const [forgotten, setForgotten] = createSignal(false)
  const submit = async () => {
    if (busy() || password() === '') return
    setBusy(true)
    setWrong(undefined)
    await engine.session.submitPassword(password()).catch(cause => setWrong(doorWords(cause)))
    setBusy(false)
  }
  return (
    <Show when={!forgotten()} fallback={<Forgotten session={props.session} onBack={() => setForgotten(false)} />}>
      <Frame
        title={t('door.twoStep.title')}
        lead={<p>{t('door.twoStep.text')}</p>}
        onBack={() => void engine.session.cancel().catch(() => undefined)}
      >
        <form
          class={styles.form}
          onSubmit={event => {
            event.preventDefault()
            void submit()
          }}
        >
          <PasswordField
            label={t('door.signIn.password')}
            value={password()}
            onInput={setPassword}
            hint={props.session.hint ? t('door.twoStep.hint', { hint: props.session.hint }) : ''}
            first
          />
          <Wrong text={wrong()} />
          <div class={styles.actions}>
            <Button kind="primary" type="submit" wide busy={busy()} disabled={password() === ''}>
              {t('door.signIn.action')}
            </Button>
            <Button kind="plain" wide disabled={busy()} onClick={() => setForgotten(true)}>
              {t('door.twoStep.forgot')}
            </Button>
          </div>
        </form>
      </Frame>
    </Show>
  )
}

function Forgotten(props: { session: Waiting; onBack: () => void }) {
  const engine = useEngine()
  const [code, setCode] = createSignal('')
  const [password, setPassword] = createSignal('')
  const [mailedTo, setMailedTo] = createSignal<string>()
  const [misshapen, setMisshapen] = createSignal(false)
  const [weak, setWeak] = createSignal<string>()
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const mayMail = () => engine.state.server?.mail === true
  const attempt = async (act: () => Promise<unknown>) => {
    if (busy()) return
    setBusy(true)
    setWrong(undefined)
    await act().catch(cause => setWrong(doorWords(cause)))
    setBusy(false)
  }
  /** A mailed code is digits only; a recovery code is long. */
  const given = () => recoveryCodeOf(code()) ?? (mailedTo() && digitsOf(code()) ? digitsOf(code()) : undefined)
  const recover = () => {
    const strength = strengthOf(password(), [])
    setMisshapen(given() === undefined)
    setWeak(strength.level === 0 ? t(strength.advice, { count: 8 }) : undefined)
    if (misshapen() || weak()) return
    void attempt(() => engine.session.recoverPassword(given() ?? '', { password: password(), hint: '' }))
  }
  return (
    <Frame title={t('door.recover.title')} onBack={() => props.onBack()}>
      <Switch fallback={<Note icon="lock">{t('door.twoStep.none')}</Note>}>
        <Match when={props.session.canRecover}>
          <form
            class={styles.form}
            onSubmit={event => {
              event.preventDefault()
              recover()
            }}
          >
            <p>{mayMail() ? t('door.twoStep.recoverText') : t('door.twoStep.recoverTextPlain')}</p>
            <Show when={mayMail()}>
              <Show
                when={mailedTo()}
                fallback={
                  <Button
                    icon="mail"
                    busy={busy()}
                    onClick={() => void attempt(async () => setMailedTo(await engine.session.mailRecovery()))}
                  >
                    {t('door.twoStep.mail', { mail: props.session.recoveryMail ?? '…@…' })}
                  </Button>
                }
              >
                {mail => <Note icon="mail">{t('door.twoStep.mailSent', { mail: mail() })}</Note>}
              </Show>
            </Show>
            <TextField
              label={t('door.recover.code')}
              icon="key"
              dir="ltr"
              autocomplete="one-time-code"
              spellcheck={false}
              value={code()}
              onInput={value => {
                setCode(value)
                setMisshapen(false)
              }}
              error={misshapen() ? t('door.recover.codeWrong') : null}
            />
            <PasswordField
              label={t('door.recover.newPassword')}
              value={password()}
              onInput={setPassword}
              fresh={{ known: [] }}
              error={weak() ?? null}
            />
            <Wrong text={wrong()} />
            <Button kind="primary" type="submit" wide busy={busy()}>
              {t('door.recover.action')}
            </Button>
          </form>
        </Match>
      </Switch>
    </Frame>
  )
}
