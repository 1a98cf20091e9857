/**
 * What a newcomer has to keep: number, password, recovery code. Shown once. It is a form with the number as its user name, so that browsers offer to
 * keep both; and it asks whether the recovery code was kept before it is gone.
 */
import { createSignal, lazy, onCleanup, onMount, Show, Suspense } from 'solid-js'
import { useEngine } from '../../core/context'
import type { EngineState } from '../../core/engine'
import { forgetJoin } from '../../core/joining'
import { needWords, t, withWords } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { focusFirst } from './first'
import styles from './form.module.css'
import { Frame } from './Frame'
import own from './Keep.module.css'
import { KeepTools } from './KeepTools'
import { Note } from './Notes'
import { type Holding, setHolding } from './open'
import { PasswordShown } from './PasswordShown'
import { codeKept, codeShown, holdPage } from './unkept'

const MailDialog = lazy(
  withWords(['settings'], async () => ({ default: (await import('../settings/MailDialog')).MailDialog })),
)

/** Characters at the end of the recovery code that are asked for. */
const CHECKED_CHARS = 4

export function Keep(props: { kept: Extract<Holding, { why: 'keep' }> }) {
  const engine = useEngine()
  const [saved, setSaved] = createSignal(false)
  const [checking, setChecking] = createSignal(false)
  const [typed, setTyped] = createSignal('')
  const [wrong, setWrong] = createSignal(false)
  const [mail, setMail] = createSignal(false)
  const sheet = () => ({
    server: engine.state.server?.name ?? 'Kentong',
    address: engine.state.server?.baseUrl ?? location.origin,
    phone: props.kept.phone,
    recoveryCode: props.kept.recoveryCode ?? '',
  })
  onMount(() => {
    void offerToKeep(props.kept.phone, props.kept.password)
    void fetchAhead()
    if (props.kept.recoveryCode) codeShown(props.kept.phone, engine.now())
    onCleanup(holdPage(() => props.kept.recoveryCode !== undefined && !saved()))
  })
  const keep = () => {
    setSaved(true)
    codeKept()
  }

  const leave = () => {
    if (props.kept.undone.length === 0) forgetJoin()
    setHolding(undefined)
    go(firstChat(engine.state), { replace: true })
  }
  const submit = () => {
    if (!props.kept.recoveryCode || saved()) return leave()
    if (!checking()) return setChecking(true)
    const end = props.kept.recoveryCode.slice(-CHECKED_CHARS)
    if (typed().trim().toUpperCase() !== end) return setWrong(true)
    keep()
    leave()
  }

  return (
    <Frame title={t('door.keep.title')} lead={props.kept.recovered ? t('door.recover.spent') : t('door.keep.text')}>
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          submit()
        }}
      >
        <div class={own.card}>
          <label class={own.line}>
            <span class={own.label}>{t('door.keep.number')}</span>
            <input class={own.value} dir="ltr" readonly autocomplete="username" value={phoneNumber(props.kept.phone)} />
          </label>
          <Show when={props.kept.password}>
            {password => <PasswordShown label={t('door.keep.password')} value={password()} />}
          </Show>
          <Show when={props.kept.recoveryCode}>
            {code => (
              <div class={own.line}>
                <span class={own.label} id="recovery-label">
                  {t('door.keep.recovery')}
                </span>
                <output class={own.code} dir="ltr" aria-labelledby="recovery-label">
                  {code()}
                </output>
              </div>
            )}
          </Show>
        </div>
        <Show
          when={props.kept.recoveryCode}
          fallback={
            <Show when={props.kept.undone.includes('recoveryCode')}>
              <Note icon="key">{t('door.keep.noCode')}</Note>
            </Show>
          }
        >
          <KeepTools class={own.tools} sheet={sheet()} onKept={keep} />
          <p class={styles.soft}>{t('door.keep.once')}</p>
        </Show>
        <Show when={props.kept.undone.includes('password')}>
          <Note icon="lock">{t('door.keep.noPassword')}</Note>
        </Show>
        <Show when={checking() && !saved()}>
          <TextField
            label={t('door.keep.checkLabel')}
            hint={t('door.keep.check')}
            dir="ltr"
            autocomplete="off"
            autocapitalize="characters"
            ref={focusFirst}
            maxLength={CHECKED_CHARS}
            value={typed()}
            onInput={value => {
              setTyped(value)
              setWrong(false)
            }}
            error={wrong() ? t('door.keep.checkWrong') : null}
          />
        </Show>
        <div class={styles.actions}>
          <Button kind="primary" type="submit" wide icon="check">
            {checking() && !saved() ? t('door.keep.checkAction') : t('door.keep.done')}
          </Button>
          <Show when={engine.state.server?.mail && props.kept.password && !checking()}>
            <Button kind="plain" wide icon="mail" onClick={() => setMail(true)}>
              {t('door.keep.mail')}
            </Button>
          </Show>
          <Show when={checking() && !saved()}>
            <Button kind="plain" wide onClick={leave}>
              {t('door.keep.later')}
            </Button>
          </Show>
        </div>
      </form>
      <Suspense>
        <Show when={mail()}>
          <MailDialog password={props.kept.password} onClose={() => setMail(false)} />
        </Show>
      </Suspense>
    </Frame>
  )
}

/** Whoever came by somebody's invite finds one person's chat, and lands in it. */
function firstChat({ order, people }: EngineState): string {
  const chats = order.filter(chat => people[chat] && !people[chat]?.service && !people[chat]?.self)
  return chats.length === 1 && chats[0] ? `/chat/${chats[0]}` : '/'
}

/** What comes next arrives while this is read. If it cannot, it is fetched again when it is needed. */
async function fetchAhead(): Promise<void> {
  await Promise.all([import('../shell/Shell'), needWords(['chat', 'media', 'settings'])]).catch(() => undefined)
}

/** Asks the browser to keep number and password where it has a way to be asked; others see the form being sent. */
async function offerToKeep(phone: string, password: string | undefined): Promise<void> {
  const PasswordCredential = (window as { PasswordCredential?: new (data: object) => Credential }).PasswordCredential
  if (!PasswordCredential || password === undefined || !navigator.credentials) return
  const id = phoneNumber(phone)
  await navigator.credentials.store(new PasswordCredential({ id, password, name: id })).catch(() => undefined)
}
