import { createSignal, Show } from 'solid-js'
import { createAnswer } from './connected'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { Note, Wrong } from '../door/Notes'
import { digitsOf } from '../door/numbers'
import { PasswordField } from '../door/PasswordField'
import { doorWords } from '../door/words'
import { useMe } from './me'
import { Page, Section } from './Page'
import styles from './Password.module.css'

/** Deletes the account for ever, for whoever types its number and its password. */
export default function DeleteAccount(props: { onBack: () => void }) {
  const engine = useEngine()
  const me = useMe()
  const [state] = createAnswer(engine, () => engine.settings.password())
  const [typed, setTyped] = createSignal('')
  const [password, setPassword] = createSignal('')
  const [other, setOther] = createSignal(false)
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const remove = async () => {
    setOther(digitsOf(typed()) !== me()?.phone)
    if (other() || busy()) return
    setBusy(true)
    setWrong(undefined)
    try {
      await engine.settings.deleteAccount('', state()?.set ? password() : undefined)
      go('/', { replace: true })
    } catch (cause) {
      setWrong(doorWords(cause))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Page title={t('settings.delete.title')} onBack={props.onBack}>
      <Section>
        <form
          class={styles.form}
          onSubmit={event => {
            event.preventDefault()
            void remove()
          }}
        >
          <Note icon="alert">{t('settings.delete.text')}</Note>
          <TextField
            label={t('settings.delete.confirm')}
            placeholder={phoneNumber(me()?.phone ?? '')}
            type="tel"
            dir="ltr"
            autocomplete="off"
            value={typed()}
            onInput={value => {
              setTyped(value)
              setOther(false)
            }}
            error={other() ? t('settings.delete.confirmWrong') : null}
          />
          <Show when={state()?.set}>
            <PasswordField label={t('settings.delete.password')} value={password()} onInput={setPassword} />
          </Show>
          <Wrong text={wrong()} />
          <Button
            kind="danger"
            type="submit"
            wide
            icon="trash"
            busy={busy()}
            disabled={typed() === '' || (state()?.set === true && password() === '')}
          >
            {t('settings.delete.action')}
          </Button>
        </form>
      </Section>
    </Page>
  )
}
