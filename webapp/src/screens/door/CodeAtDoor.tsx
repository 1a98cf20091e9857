/** For whoever signs in with another app: proves here that the number is theirs, and sees the login code that the other app asks for. */
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { DoorProof } from '../../core/engine'
import { t } from '../../i18n'
import { duration } from '../../i18n/format'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import own from './CodeAtDoor.module.css'
import { createClock, secondsUntil } from './clock'
import { focusFirst } from './first'
import styles from './form.module.css'
import { Frame } from './Frame'
import { Note, Wrong } from './Notes'
import { digitsOf, isWholeNumber, recoveryCodeOf } from './numbers'
import { PasswordField } from './PasswordField'
import { doorWords } from './words'

/** How long a code counts from when it is asked for, in seconds; when that was, this screen cannot know. */
const CODE_SECONDS = 15 * 60

type Way = 'password' | 'recovery' | 'mail'

export function CodeAtDoor() {
  const engine = useEngine()
  const [phone, setPhone] = createSignal('')
  const [way, setWay] = createSignal<Way>('password')
  const [proof, setProof] = createSignal('')
  const [mailed, setMailed] = createSignal(false)
  const [misshapen, setMisshapen] = createSignal(false)
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const [shown, setShown] = createSignal<{ code: string; until: number }>()
  const prefix = () => engine.state.server?.reservedPrefix ?? '888'
  const ways = (): Way[] => (engine.state.server?.mail ? ['password', 'recovery', 'mail'] : ['password', 'recovery'])

  const attempt = async (act: () => Promise<unknown>) => {
    setMisshapen(!isWholeNumber(phone(), prefix()))
    if (misshapen() || busy()) return
    setBusy(true)
    setWrong(undefined)
    await act().catch(cause =>
      setWrong(
        doorWords(cause, {
          PHONE_CODE_EXPIRED: 'door.error.PHONE_CODE_NONE',
          PASSWORD_HASH_INVALID: 'door.error.PASSWORD_HASH_INVALID',
        }),
      ),
    )
    setBusy(false)
  }
  const given = (): DoorProof => {
    if (way() === 'password') return { password: proof() }
    return way() === 'recovery' ? { recovery: recoveryCodeOf(proof()) ?? proof() } : { mail: digitsOf(proof()) }
  }
  const show = () =>
    attempt(async () => {
      const code = await engine.door.code(phone(), given())
      setShown({ code, until: Date.now() + CODE_SECONDS * 1000 })
    })
  const mail = () =>
    attempt(async () => {
      await engine.door.mail(phone())
      setMailed(true)
    })
  const choose = (chosen: Way) => {
    setWay(chosen)
    setProof('')
    setWrong(undefined)
  }

  return (
    <Frame title={t('door.doorCode.title')} lead={shown() ? undefined : t('door.doorCode.text')} onBack={() => go('/')}>
      <Show
        when={!shown()}
        fallback={<Shown code={shown()?.code ?? ''} until={shown()?.until ?? 0} onAgain={() => setShown(undefined)} />}
      >
        <form
          class={styles.form}
          onSubmit={event => {
            event.preventDefault()
            void (way() === 'mail' && !mailed() ? mail() : show())
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
            error={misshapen() ? t('door.signIn.numberWrong') : null}
          />
          <fieldset class={own.ways}>
            <legend class="visually-hidden">{t('door.doorCode.byLabel')}</legend>
            <For each={ways()}>
              {choice => (
                <label class={own.way}>
                  <input type="radio" name="way" checked={way() === choice} onChange={() => choose(choice)} />
                  <span>{t(`door.doorCode.by.${choice}`)}</span>
                </label>
              )}
            </For>
          </fieldset>
          <Switch>
            <Match when={way() === 'password'}>
              <PasswordField label={t('door.signIn.password')} value={proof()} onInput={setProof} />
            </Match>
            <Match when={way() === 'recovery'}>
              <TextField
                label={t('door.recover.code')}
                icon="key"
                dir="ltr"
                autocomplete="off"
                autocapitalize="characters"
                spellcheck={false}
                value={proof()}
                onInput={setProof}
              />
            </Match>
            <Match when={mailed()}>
              <Note icon="mail">{t('door.recover.mail.text')}</Note>
              <TextField
                label={t('door.recover.mail.label')}
                dir="ltr"
                inputmode="numeric"
                autocomplete="one-time-code"
                value={proof()}
                onInput={setProof}
              />
            </Match>
          </Switch>
          <Wrong text={wrong()} />
          <Button kind="primary" type="submit" wide busy={busy()}>
            {way() === 'mail' && !mailed() ? t('door.recover.mailSend') : t('door.doorCode.action')}
          </Button>
        </form>
      </Show>
    </Frame>
  )
}

function Shown(props: { code: string; until: number; onAgain: () => void }) {
  const now = createClock()
  const left = () => secondsUntil(props.until, now())
  return (
    <div class={styles.form}>
      <Show when={left() > 0} fallback={<Note icon="clock">{t('door.doorCode.over')}</Note>}>
        <p>{t('door.doorCode.shown')}</p>
        <output class={own.code} dir="ltr">
          {props.code}
        </output>
        <p class={styles.soft}>{t('door.doorCode.left', { wait: duration(left()) })}</p>
        <Note icon="shield">{t('door.doorCode.warning')}</Note>
      </Show>
      <div class={styles.actions}>
        <Button kind="primary" wide onClick={() => go('/')}>
          {t('door.doorCode.home')}
        </Button>
        <Button kind="plain" wide onClick={() => props.onAgain()}>
          {t('door.doorCode.again')}
        </Button>
      </div>
    </div>
  )
}
