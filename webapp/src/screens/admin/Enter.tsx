import { createSignal, type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { TextField } from '../../ui/TextField'
import { useOrders } from './context'
import styles from './Enter.module.css'
import { failureWords } from './words'

/** Longest password that is sent for checking, in characters. */
const PASSWORD_MAX = 1_024

/** Asks for the password before anything is shown or done: a device that lies about opens the chats only. */
export function Enter(props: { onEntered: () => void }): JSX.Element {
  const orders = useOrders()
  const [password, setPassword] = createSignal('')
  const [error, setError] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (busy() || password() === '') return
    setBusy(true)
    setError(undefined)
    try {
      await orders.enter(password())
      props.onEntered()
    } catch (cause) {
      setError(failureWords(cause))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form class={styles.form} onSubmit={submit}>
      <span class={styles.sign}>
        <Icon name="shield" size={32} />
      </span>
      <h2 class={styles.title}>{t('admin.enterTitle')}</h2>
      <p class={styles.text}>{t('admin.enterText')}</p>
      <TextField
        label={t('admin.password')}
        type="password"
        autocomplete="current-password"
        maxLength={PASSWORD_MAX}
        dir="ltr"
        value={password()}
        onInput={setPassword}
        error={error()}
        data-first-focus
      />
      <Button kind="primary" type="submit" wide busy={busy()} disabled={password() === ''}>
        {t('admin.enter')}
      </Button>
      <Show when={!error()}>
        <p class={styles.note}>{t('admin.enterNote')}</p>
      </Show>
    </form>
  )
}
