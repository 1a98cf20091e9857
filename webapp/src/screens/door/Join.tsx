/**
 * One form between a newcomer and their chats: a name and a password. The waiting room and the proof of work run behind it from the moment it
 * opens, so that they mostly cost no time of their own.
 */
import { createResource, createSignal, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { JoinProgress } from '../../core/engine'
import { t } from '../../i18n'
import { go, route } from '../../router'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { focusFirst } from './first'
import styles from './form.module.css'
import { Frame } from './Frame'
import { InviteForm } from './InviteForm'
import { Line } from './Line'
import { Note, Wrong } from './Notes'
import { inviteOf } from './numbers'
import { setHolding } from './open'
import { PasswordField } from './PasswordField'
import { Pending } from './Pending'
import { Preparing } from './Preparing'
import { PhoneForm } from './PhoneForm'
import { strengthOf, suggestPassword } from './strength'
import { doorWords, failedWith } from './words'

/** Characters of a name. */
const NAME_MAX_CHARS = 64
/** Where this tab keeps the name that is being typed, so that a reload does not ask for it again. The password it never keeps. */
const TYPED_UNDER = 'kentong.joining.name'

export function Join() {
  const engine = useEngine()
  const server = () => engine.state.server
  const invite = () => (route()[0] === 'invite' ? inviteOf(route()[1] ?? '') : undefined)
  const [shown] = createResource(invite, code => engine.door.invite(code).catch(() => undefined))
  const usable = () => (shown()?.usable === false ? undefined : invite())
  const [byPhone, setByPhone] = createSignal(false)

  const title = () => {
    if (!usable()) return t('door.join.title')
    const by = shown()?.by
    return by ? t('door.invite.title', { name: by }) : t('door.invite.titlePlain')
  }
  const lead = () => {
    if (!usable()) return undefined
    if (shown.loading) return t('door.invite.checking')
    return shown()?.by ? t('door.invite.text') : t('door.invite.textPlain')
  }
  const needsInvite = () => !usable() && (server()?.signUp === 'invite' || server()?.signUp === 'closed')
  return (
    <Frame title={title()} lead={lead()} onBack={() => go('/')}>
      <Show when={invite() && shown()?.usable === false}>
        <Note icon="ticket">{needsInvite() ? t('door.invite.gone') : t('door.invite.goneOpen')}</Note>
      </Show>
      <Switch fallback={<JoinForm invite={usable()} onPhone={() => setByPhone(true)} />}>
        <Match when={needsInvite()}>
          <InviteForm />
        </Match>
        <Match when={byPhone() || server()?.doorNumbers === false}>
          <PhoneForm />
        </Match>
      </Switch>
    </Frame>
  )
}

function JoinForm(props: { invite: string | undefined; onPhone: () => void }) {
  const engine = useEngine()
  const [name, setName] = createSignal(typedBefore())
  const [password, setPassword] = createSignal('')
  const [suggested, setSuggested] = createSignal(false)
  const [missing, setMissing] = createSignal(false)
  const [weak, setWeak] = createSignal<string>()
  const [wrong, setWrong] = createSignal<string>()
  const [progress, setProgress] = createSignal<JoinProgress>({ stage: 'waiting' })
  const [prepared, setPrepared] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const [pending, setPending] = createSignal(false)
  const leaving = new AbortController()
  onCleanup(() => leaving.abort())

  const prepare = () =>
    engine.door
      .prepare(setProgress, leaving.signal)
      .then(() => setPrepared(true))
      .catch(cause => {
        // While the form is being filled in, trouble is not yet theirs: joining tries again and tells.
        if (!failedWith(cause, 'CANCELLED')) console.warn('could not prepare a number ahead', cause)
      })
  onMount(() => void prepare())

  const strength = () => strengthOf(password(), [name()])
  const check = () => {
    setMissing(name().trim() === '')
    setWeak(strength().level === 0 ? t(strength().advice, { count: 8 }) : undefined)
    return !missing() && !weak()
  }
  const join = async () => {
    if (busy() || !check()) return
    setBusy(true)
    setWrong(undefined)
    setHolding({ why: 'joining' })
    try {
      const joined = await engine.door.join(
        {
          firstName: name().trim(),
          lastName: '',
          password: password(),
          recoveryCode: true,
          ...(props.invite === undefined ? {} : { invite: props.invite }),
        },
        setProgress,
        leaving.signal,
      )
      keepTyped('')
      setHolding({ why: 'keep', recovered: false, password: password(), ...joined })
    } catch (cause) {
      setHolding(undefined)
      setPrepared(false)
      const waits = failedWith(cause, 'PHONE_NUMBER_UNOCCUPIED') && engine.state.server?.signUp === 'approval'
      setPending(waits)
      if (!waits) setWrong(doorWords(cause))
    } finally {
      setBusy(false)
    }
  }
  const suggest = () => {
    setPassword(suggestPassword())
    setSuggested(true)
    setWeak(undefined)
  }

  return (
    <Show when={!pending()} fallback={<Pending name={name().trim()} busy={busy()} onAsk={() => void join()} />}>
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          void join()
        }}
      >
        <Line meanwhile={!busy()} />
        <Show when={engine.state.server?.signUp === 'approval' && !props.invite}>
          <Note icon="clock">{t('door.join.approval')}</Note>
        </Show>
        <TextField
          label={t('door.join.name')}
          name="name"
          autocomplete="name"
          ref={focusFirst}
          maxLength={NAME_MAX_CHARS}
          disabled={busy()}
          value={name()}
          onInput={value => {
            setName(value)
            keepTyped(value)
            setMissing(false)
          }}
          error={missing() ? t('door.join.nameMissing') : null}
          hint={t('door.join.nameHint')}
        />
        <div class={styles.withSuggestion}>
          <PasswordField
            label={t('door.join.password')}
            value={password()}
            onInput={value => {
              setPassword(value)
              setSuggested(false)
              setWeak(undefined)
            }}
            fresh={{ known: [name()] }}
            shown={suggested()}
            error={weak() ?? null}
            hint={t('door.join.passwordHint')}
          />
          <Button class={styles.suggest} kind="plain" disabled={busy()} onClick={suggest}>
            {t('door.join.suggest')}
          </Button>
        </div>
        <Wrong text={wrong()} />
        <Preparing progress={progress()} prepared={prepared()} joining={busy()} />
        <div class={styles.actions}>
          <Button kind="primary" type="submit" wide busy={busy()}>
            {t('door.join.action')}
          </Button>
          <div class={styles.links}>
            <Show when={engine.state.server?.phoneCodes}>
              <Button kind="plain" disabled={busy()} onClick={() => props.onPhone()}>
                {t('door.join.phone')}
              </Button>
            </Show>
            <Button kind="plain" disabled={busy()} onClick={() => go('/signin')}>
              {t('door.join.have')}
            </Button>
          </div>
        </div>
      </form>
    </Show>
  )
}

function typedBefore(): string {
  try {
    return (sessionStorage.getItem(TYPED_UNDER) ?? '').slice(0, NAME_MAX_CHARS)
  } catch {
    return '' // withheld
  }
}

function keepTyped(name: string): void {
  try {
    if (name === '') sessionStorage.removeItem(TYPED_UNDER)
    else sessionStorage.setItem(TYPED_UNDER, name)
  } catch {
    // withheld: a reload asks for the name again
  }
}
