import { createSignal, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { TextField } from '../../ui/TextField'
import { toast } from '../../ui/toast'
import { Note, Wrong } from '../door/Notes'
import { PasswordField } from '../door/PasswordField'
import { strengthOf } from '../door/strength'
import { doorWords } from '../door/words'
import { useMe } from './me'
import styles from './Password.module.css'

/** Characters of the hint. */
const HINT_MAX_CHARS = 64

/** Sets, changes or removes the password. */
export function PasswordDialog(props: {
  set: boolean
  remove: boolean
  /** The account's number is one of this server's own. */
  ownNumber: boolean
  hint: string | undefined
  onClose: () => void
}) {
  const engine = useEngine()
  const me = useMe()
  const [current, setCurrent] = createSignal('')
  const [next, setNext] = createSignal('')
  const [hint, setHint] = createSignal('')
  const [weak, setWeak] = createSignal<string>()
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const known = () => [me()?.name ?? '', me()?.username ?? '', me()?.phone ?? '']
  const title = () => {
    if (props.remove) return t('settings.password.removeTitle')
    return props.set ? t('settings.password.change') : t('settings.password.choose')
  }
  const submit = async () => {
    const strength = strengthOf(next(), known())
    setWeak(!props.remove && strength.level === 0 ? t(strength.advice, { count: 8 }) : undefined)
    if (weak() || busy()) return
    setBusy(true)
    setWrong(undefined)
    try {
      await engine.settings.setPassword({
        ...(props.set ? { current: current() } : {}),
        ...(props.remove ? {} : { next: { password: next(), hint: hint().trim() } }),
      })
      toast({
        text: props.remove ? t('settings.password.removed') : t('settings.password.changed'),
        kind: 'success',
      })
      props.onClose()
    } catch (cause) {
      setWrong(doorWords(cause, { PASSWORD_HASH_INVALID: 'settings.password.wrong' }))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog open title={title()} onClose={() => props.onClose()}>
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          void submit()
        }}
      >
        <Show when={props.remove}>
          <Note icon="alert">
            {props.ownNumber ? t('settings.password.removeOwn') : t('settings.password.removeText')}
          </Note>
        </Show>
        <input
          class="visually-hidden"
          tabindex="-1"
          readonly
          aria-label={t('door.keep.number')}
          autocomplete="username"
          value={phoneNumber(me()?.phone ?? '')}
        />
        <Show when={props.set}>
          <PasswordField
            label={t('settings.password.current')}
            value={current()}
            onInput={setCurrent}
            hint={props.hint ? t('door.twoStep.hint', { hint: props.hint }) : ''}
            first
          />
        </Show>
        <Show when={!props.remove}>
          <PasswordField
            label={t('settings.password.new')}
            value={next()}
            onInput={value => {
              setNext(value)
              setWeak(undefined)
            }}
            fresh={{ known: known() }}
            error={weak() ?? null}
            first={!props.set}
          />
          <TextField
            label={t('settings.password.hint')}
            hint={t('settings.password.hintHint')}
            autocomplete="off"
            maxLength={HINT_MAX_CHARS}
            value={hint()}
            onInput={setHint}
          />
        </Show>
        <Wrong text={wrong()} />
        <Button
          kind={props.remove ? 'danger' : 'primary'}
          type="submit"
          wide
          busy={busy()}
          disabled={props.set && current() === ''}
        >
          {props.remove ? t('settings.password.remove') : title()}
        </Button>
      </form>
    </Dialog>
  )
}
