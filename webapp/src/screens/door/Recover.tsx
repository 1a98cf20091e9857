/** A forgotten password of one of this server's own numbers: by the recovery code, or by a code that was mailed. Both set a new password. */
import { createSignal, Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { focusFirst } from './first'
import styles from './form.module.css'
import { Frame } from './Frame'
import { Note, Num, Wrong } from './Notes'
import { digitsOf, recoveryCodeOf } from './numbers'
import { setHolding } from './open'
import { PasswordField } from './PasswordField'
import { signInAtDoor } from './signInAtDoor'
import { strengthOf } from './strength'
import { doorWords } from './words'

export function Recover(props: { phone: string; onBack: () => void }) {
  const engine = useEngine()
  const [byMail, setByMail] = createSignal(false)
  const [mailed, setMailed] = createSignal(false)
  const [code, setCode] = createSignal('')
  const [password, setPassword] = createSignal('')
  const [misshapen, setMisshapen] = createSignal(false)
  const [weak, setWeak] = createSignal<string>()
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)

  const attempt = async (act: () => Promise<unknown>) => {
    if (busy()) return
    setBusy(true)
    setWrong(undefined)
    await act().catch(cause => setWrong(doorWords(cause)))
    setBusy(false)
  }
  const sendMail = () =>
    attempt(async () => {
      await engine.door.mail(props.phone)
      setMailed(true)
    })
  const recover = () => {
    const recovery = recoveryCodeOf(code())
    setMisshapen(byMail() ? digitsOf(code()) === '' : recovery === undefined)
    const strength = strengthOf(password(), [])
    setWeak(!byMail() && strength.level === 0 ? t(strength.advice, { count: 8 }) : undefined)
    if (misshapen() || weak()) return
    const newPassword = password()
    void attempt(async () => {
      setHolding({ why: 'joining' })
      try {
        await signInAtDoor(
          engine,
          props.phone,
          byMail() ? { mail: digitsOf(code()) } : { recovery: recovery ?? '', newPassword },
        )
        setHolding(byMail() ? undefined : await afterwards(newPassword))
      } catch (cause) {
        setHolding(undefined)
        throw cause
      }
    })
  }
  /** The old recovery code is spent, or was lost: a new one, if it can be had now. */
  const afterwards = async (password: string) => {
    const recoveryCode = await engine.door.recoveryCode(password).catch(() => undefined)
    if (recoveryCode === undefined) return undefined
    return { why: 'keep', recovered: true, phone: digitsOf(props.phone), password, recoveryCode, undone: [] } as const
  }

  return (
    <Frame
      title={t('door.recover.title')}
      onBack={() => props.onBack()}
      lead={
        <>
          <p>
            <Num>{phoneNumber(props.phone)}</Num>
          </p>
          <p>{byMail() ? t('door.recover.mail.title') : t('door.recover.text')}</p>
        </>
      }
    >
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          if (byMail() && !mailed()) void sendMail()
          else recover()
        }}
      >
        <Switch>
          <Match when={byMail() && !mailed()}>
            <Wrong text={wrong()} />
            <Button kind="primary" type="submit" wide icon="mail" busy={busy()}>
              {t('door.recover.mailSend')}
            </Button>
          </Match>
          <Match when={true}>
            <Show when={byMail()}>
              <Note icon="mail">{t('door.recover.mail.text')}</Note>
            </Show>
            <TextField
              label={byMail() ? t('door.recover.mail.label') : t('door.recover.code')}
              icon="key"
              dir="ltr"
              autocomplete={byMail() ? 'one-time-code' : 'off'}
              autocapitalize={byMail() ? 'off' : 'characters'}
              spellcheck={false}
              ref={focusFirst}
              value={code()}
              onInput={value => {
                setCode(value)
                setMisshapen(false)
              }}
              error={misshapen() ? (byMail() ? t('door.error.CODE_INVALID') : t('door.recover.codeWrong')) : null}
            />
            <Show when={!byMail()}>
              <input
                class="visually-hidden"
                tabindex="-1"
                readonly
                aria-label={t('door.keep.number')}
                autocomplete="username"
                value={phoneNumber(props.phone)}
              />
              <PasswordField
                label={t('door.recover.newPassword')}
                value={password()}
                onInput={value => {
                  setPassword(value)
                  setWeak(undefined)
                }}
                fresh={{ known: [] }}
                error={weak() ?? null}
              />
            </Show>
            <Wrong text={wrong()} />
            <div class={styles.actions}>
              <Button kind="primary" type="submit" wide busy={busy()}>
                {byMail() ? t('common.continue') : t('door.recover.action')}
              </Button>
              <Show when={engine.state.server?.mail && !byMail()}>
                <Button kind="plain" wide disabled={busy()} onClick={() => setByMail(true)}>
                  {t('door.recover.byMail')}
                </Button>
              </Show>
            </div>
          </Match>
        </Switch>
      </form>
    </Frame>
  )
}
