import { createSignal } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { focusFirst } from './first'
import styles from './form.module.css'
import { Frame } from './Frame'
import { Wrong } from './Notes'
import { Pending } from './Pending'
import { doorWords, failedWith } from './words'

/** Characters of a name. */
const NAME_MAX_CHARS = 64

/** A newcomer with a phone number gave the right code: what remains is a name. */
export function NewName() {
  const engine = useEngine()
  const [name, setName] = createSignal('')
  const [missing, setMissing] = createSignal(false)
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const [pending, setPending] = createSignal(false)
  const signUp = async () => {
    setMissing(name().trim() === '')
    if (missing() || busy()) return
    setBusy(true)
    setWrong(undefined)
    await engine.session.signUp(name().trim(), '').catch(cause => {
      const waits = failedWith(cause, 'PHONE_NUMBER_UNOCCUPIED') && engine.state.server?.signUp === 'approval'
      setPending(waits)
      if (!waits) setWrong(doorWords(cause))
    })
    setBusy(false)
  }
  const startAgain = () => void engine.session.cancel().catch(() => undefined)
  return (
    <Frame title={pending() ? t('door.pending.title') : t('door.name.title')} onBack={startAgain}>
      {pending() ? (
        <Pending name={name().trim()} busy={busy()} onAsk={() => void signUp()} />
      ) : (
        <form
          class={styles.form}
          onSubmit={event => {
            event.preventDefault()
            void signUp()
          }}
        >
          <TextField
            label={t('door.join.name')}
            hint={t('door.join.nameHint')}
            name="name"
            autocomplete="name"
            ref={focusFirst}
            maxLength={NAME_MAX_CHARS}
            value={name()}
            onInput={value => {
              setName(value)
              setMissing(false)
            }}
            error={missing() ? t('door.join.nameMissing') : null}
          />
          <Wrong text={wrong()} />
          <Button kind="primary" type="submit" wide busy={busy()}>
            {t('door.name.action')}
          </Button>
        </form>
      )}
    </Frame>
  )
}
