import { createSignal } from 'solid-js'
import { t } from '../../i18n'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { focusFirst } from './first'
import styles from './form.module.css'
import { inviteOf } from './numbers'

/** Where nobody comes in without an invitation: a place to type or paste it. */
export function InviteForm() {
  const [typed, setTyped] = createSignal('')
  const [wrong, setWrong] = createSignal(false)
  const use = () => {
    const invite = inviteOf(typed())
    setWrong(invite === undefined)
    if (invite) go(`/invite/${invite}`, { replace: true })
  }
  return (
    <form
      class={styles.form}
      onSubmit={event => {
        event.preventDefault()
        use()
      }}
    >
      <p>{t('door.invite.ask.text')}</p>
      <TextField
        label={t('door.invite.ask.label')}
        icon="ticket"
        dir="ltr"
        autocomplete="off"
        ref={focusFirst}
        value={typed()}
        onInput={value => {
          setTyped(value)
          setWrong(false)
        }}
        error={wrong() ? t('door.invite.ask.wrong') : null}
      />
      <div class={styles.actions}>
        <Button kind="primary" type="submit" wide>
          {t('door.invite.ask.action')}
        </Button>
        <Button kind="plain" wide onClick={() => go('/signin')}>
          {t('door.join.have')}
        </Button>
      </div>
    </form>
  )
}
