import { createSignal, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { PersonId } from '../../core/types'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Switch } from '../../ui/Switch'
import { TextField } from '../../ui/TextField'
import { attempt } from '../shell/say'
import styles from './Profile.module.css'

/** Characters of a name. */
const NAME_MAX_CHARS = 64

/** Adds somebody to the contacts, or changes what one calls them. */
export function EditContact(props: { person: PersonId; onClose: () => void }) {
  const engine = useEngine()
  const person = () => engine.state.people[props.person]
  const [first, setFirst] = createSignal(person()?.firstName ?? '')
  const [last, setLast] = createSignal(person()?.lastName ?? '')
  const [showMyPhone, setShowMyPhone] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const save = async () => {
    if (busy() || first().trim() === '') return
    setBusy(true)
    const contact = { firstName: first().trim(), lastName: last().trim(), showMyPhone: showMyPhone() }
    if (await attempt(engine.people.saveContact(props.person, contact))) props.onClose()
    setBusy(false)
  }
  return (
    <Dialog
      open
      title={person()?.contact ? t('settings.person.edit') : t('settings.person.add')}
      onClose={() => props.onClose()}
    >
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          void save()
        }}
      >
        <TextField
          label={t('settings.profile.firstName')}
          hint={t('settings.contacts.addNameHint')}
          autocomplete="off"
          maxLength={NAME_MAX_CHARS}
          value={first()}
          onInput={setFirst}
        />
        <TextField
          label={t('settings.profile.lastName')}
          autocomplete="off"
          maxLength={NAME_MAX_CHARS}
          value={last()}
          onInput={setLast}
        />
        <Show when={!person()?.contact}>
          <Switch
            label={t('settings.person.share', { name: first().trim() || '…' })}
            checked={showMyPhone()}
            onChange={setShowMyPhone}
          />
        </Show>
        <Button kind="primary" type="submit" wide busy={busy()} disabled={first().trim() === ''}>
          {t('common.save')}
        </Button>
      </form>
    </Dialog>
  )
}
