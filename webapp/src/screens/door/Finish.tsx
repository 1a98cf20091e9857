/** After a reload, or a failure, between the account and its password: goes on where it stopped. */
import { createSignal, onMount, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { forgetJoin } from '../../core/joining'
import { t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { confirm } from '../../ui/confirm'
import { Spinner } from '../../ui/Spinner'
import styles from './form.module.css'
import { Frame } from './Frame'
import { Wrong } from './Notes'
import { setHolding } from './open'
import { PasswordField } from './PasswordField'
import { strengthOf } from './strength'
import { doorWords } from './words'

export function Finish(props: { phone: string }) {
  const engine = useEngine()
  const [asked, setAsked] = createSignal(false)
  const [password, setPassword] = createSignal('')
  const [weak, setWeak] = createSignal<string>()
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const leave = () => {
    forgetJoin()
    setHolding(undefined)
  }
  onMount(async () => {
    // Perhaps only the answer was lost. If the server does not say, ask: setting a password twice does no harm.
    const protection = await engine.door.protection().catch(() => undefined)
    if (protection?.password) leave()
    else setAsked(true)
  })
  const protect = async () => {
    const strength = strengthOf(password(), [])
    setWeak(strength.level === 0 ? t(strength.advice, { count: 8 }) : undefined)
    if (weak() || busy()) return
    setBusy(true)
    setWrong(undefined)
    try {
      // An attempt before this one may have set it.
      const { password: isSet } = await engine.door.protection()
      if (!isSet) await engine.settings.setPassword({ next: { password: password(), hint: '' } })
      const recoveryCode = await engine.door.recoveryCode(password())
      setHolding({ why: 'keep', recovered: false, phone: props.phone, password: password(), recoveryCode, undone: [] })
    } catch (cause) {
      setWrong(doorWords(cause))
    } finally {
      setBusy(false)
    }
  }
  const skip = async () => {
    const sure = await confirm({
      title: t('door.finish.skipTitle'),
      text: t('door.finish.skipText'),
      action: t('door.finish.skip'),
      danger: true,
    })
    if (sure) leave()
  }
  return (
    <Frame title={t('door.finish.title')} lead={t('door.finish.text')}>
      <Show when={asked()} fallback={<Spinner />}>
        <form
          class={styles.form}
          onSubmit={event => {
            event.preventDefault()
            void protect()
          }}
        >
          <input
            class="visually-hidden"
            tabindex="-1"
            readonly
            aria-label={t('door.keep.number')}
            autocomplete="username"
            value={phoneNumber(props.phone)}
          />
          <PasswordField
            label={t('door.join.password')}
            value={password()}
            onInput={setPassword}
            fresh={{ known: [] }}
            error={weak() ?? null}
            hint={t('door.join.passwordHint')}
            first
          />
          <Wrong text={wrong()} />
          <div class={styles.actions}>
            <Button kind="primary" type="submit" wide busy={busy()}>
              {t('door.finish.action')}
            </Button>
            <Button kind="plain" wide disabled={busy()} onClick={() => void skip()}>
              {t('door.finish.skip')}
            </Button>
          </div>
        </form>
      </Show>
    </Frame>
  )
}
