import { createSignal } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { focusFirst } from './first'
import styles from './form.module.css'
import { Wrong } from './Notes'
import { isWholeNumber } from './numbers'
import { doorWords } from './words'

/** A real phone number, for those who would rather be found by it. The code comes next. */
export function PhoneForm() {
  const engine = useEngine()
  const [phone, setPhone] = createSignal('')
  const [misshapen, setMisshapen] = createSignal(false)
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const send = async () => {
    setMisshapen(!isWholeNumber(phone(), engine.state.server?.reservedPrefix ?? '888'))
    if (misshapen() || busy()) return
    setBusy(true)
    setWrong(undefined)
    await engine.session.sendCode(phone()).catch(cause => setWrong(doorWords(cause)))
    setBusy(false)
  }
  return (
    <form
      class={styles.form}
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      <TextField
        label={t('door.signIn.number')}
        icon="phone"
        type="tel"
        dir="ltr"
        autocomplete="tel"
        ref={focusFirst}
        value={phone()}
        onInput={value => {
          setPhone(value)
          setMisshapen(false)
        }}
        hint={t('door.signIn.numberHintPlain')}
        error={misshapen() ? t('door.signIn.numberWrong') : null}
      />
      <Wrong text={wrong()} />
      <div class={styles.actions}>
        <Button kind="primary" type="submit" wide busy={busy()}>
          {t('door.signIn.sendCode')}
        </Button>
      </div>
    </form>
  )
}
