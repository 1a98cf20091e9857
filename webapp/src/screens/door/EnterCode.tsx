/** The login code of a phone number, or of one of this server's own that was asked for from elsewhere. */
import { createSignal, Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Session } from '../../core/types'
import { t } from '../../i18n'
import { duration, phoneNumber } from '../../i18n/format'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { createClock, secondsUntil } from './clock'
import { focusFirst } from './first'
import styles from './form.module.css'
import { Frame } from './Frame'
import { Wrong } from './Notes'
import { digitsOf } from './numbers'
import { doorWords } from './words'

/** Digits of an invite, the longest that is typed here; spaces and hyphens besides. */
const FIELD_MAX_CHARS = 20

export function EnterCode(props: { session: Extract<Session, { step: 'code' }> }) {
  const engine = useEngine()
  const now = createClock()
  const [code, setCode] = createSignal('')
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const sent = () => props.session.code
  const phone = () => phoneNumber(props.session.phone)
  const attempt = async (act: () => Promise<unknown>) => {
    if (busy()) return
    setBusy(true)
    setWrong(undefined)
    await act().catch(cause => {
      setCode('')
      setWrong(doorWords(cause))
    })
    setBusy(false)
  }
  const submit = () => attempt(() => engine.session.submitCode(digitsOf(code())))
  const type = (typed: string) => {
    setCode(typed)
    setWrong(undefined)
    if (sent().length > 0 && digitsOf(typed).length === sent().length && !invitable()) void submit()
  }
  /** Where newcomers need an invite, the code's field takes it; then nothing is sent before the person says so. */
  const invitable = () => sent().by !== 'app' && engine.state.server?.signUp !== 'open'
  const prove = async () => {
    await engine.session.cancel().catch(() => undefined)
    go('/signin')
  }
  return (
    <Frame
      title={t('door.code.title')}
      onBack={() => void engine.session.cancel().catch(() => undefined)}
      lead={
        <p>
          <Switch fallback={t('door.code.other', { phone: phone() })}>
            <Match when={sent().by === 'app'}>
              {t('door.code.app', { phone: phone(), name: engine.state.server?.name ?? 'Kentong' })}
            </Match>
            <Match when={sent().by === 'door'}>{t('door.code.door', { phone: phone() })}</Match>
            <Match when={sent().by === 'mail'}>{t('door.code.mail')}</Match>
            <Match when={sent().by === 'call'}>{t('door.code.call', { phone: phone() })}</Match>
            <Match when={sent().by === 'sms' && engine.state.server?.phoneCodes !== false}>
              {t('door.code.sms', { phone: phone() })}
            </Match>
          </Switch>
        </p>
      }
    >
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          void submit()
        }}
      >
        <TextField
          label={t('door.code.label')}
          name="code"
          dir="ltr"
          inputmode="numeric"
          autocomplete="one-time-code"
          ref={focusFirst}
          maxLength={FIELD_MAX_CHARS}
          value={code()}
          onInput={type}
          hint={invitable() ? t('door.code.invite') : undefined}
        />
        <Wrong text={wrong()} />
        <div class={styles.actions}>
          <Button kind="primary" type="submit" wide busy={busy()} disabled={digitsOf(code()) === ''}>
            {t('door.code.action')}
          </Button>
          <div class={styles.links}>
            <Show when={sent().by === 'door'}>
              <Button kind="plain" disabled={busy()} onClick={() => void prove()}>
                {t('door.code.prove')}
              </Button>
            </Show>
            <Show when={sent().resendAt}>
              {at => (
                <Button
                  kind="plain"
                  disabled={busy() || at() > now()}
                  onClick={() => void attempt(() => engine.session.resendCode())}
                >
                  {at() > now()
                    ? t('door.code.resendIn', { wait: duration(secondsUntil(at(), now())) })
                    : t('door.code.resend')}
                </Button>
              )}
            </Show>
            <Button kind="plain" disabled={busy()} onClick={() => void engine.session.cancel().catch(() => undefined)}>
              {t('door.code.wrongNumber')}
            </Button>
          </div>
        </div>
      </form>
    </Frame>
  )
}
