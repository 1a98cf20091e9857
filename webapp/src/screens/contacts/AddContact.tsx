import { createSignal, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { PersonId } from '../../core/types'
import { t } from '../../i18n'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { TextField } from '../../ui/TextField'
import { toast } from '../../ui/toast'
import { personName } from '../shell/names'
import { failureWords } from '../shell/say'
import styles from './Contacts.module.css'

/** Characters of a name. */
const NAME_MAX_CHARS = 64

/** Adds somebody by number or username, and opens the chat with them. */
export function AddContact(props: { onClose: () => void }) {
  const engine = useEngine()
  const [typed, setTyped] = createSignal('')
  const [name, setName] = createSignal('')
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const isNumber = () => /^[+\d][\d\s().-]*$/.test(typed().trim())

  const byNumber = (): Promise<PersonId | undefined> => {
    const phone = typed().replace(/\D/g, '')
    return engine.people.importContact({ phone, firstName: name().trim() || `+${phone}`, lastName: '' })
  }
  const byUsername = async (): Promise<PersonId | undefined> => {
    const person = await engine.people.byUsername(typed().trim())
    if (person === undefined) return undefined
    const known = await engine.people.person(person)
    const firstName = name().trim() || known?.firstName || typed().trim().replace(/^@/, '')
    const lastName = name().trim() ? '' : (known?.lastName ?? '')
    await engine.people.saveContact(person, { firstName, lastName, showMyPhone: false })
    return person
  }
  const add = async () => {
    if (busy() || typed().trim() === '') return
    setBusy(true)
    setWrong(undefined)
    try {
      const person = await (isNumber() ? byNumber() : byUsername())
      if (person === undefined) return setWrong(t('settings.contacts.notFound'))
      toast({
        text: t('settings.contacts.added', { name: personName(engine.state.people[person]) }),
        kind: 'success',
      })
      props.onClose()
      go(`/chat/${person}`)
    } catch (cause) {
      setWrong(failureWords(cause))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog open title={t('settings.contacts.add')} onClose={() => props.onClose()}>
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          void add()
        }}
      >
        <TextField
          label={t('settings.contacts.addBy')}
          hint={t('settings.contacts.addByHint')}
          dir="ltr"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={typed()}
          onInput={value => {
            setTyped(value)
            setWrong(undefined)
          }}
          error={wrong() ?? null}
        />
        <Show when={typed().trim() !== ''}>
          <TextField
            label={t('settings.contacts.addName')}
            hint={t('settings.contacts.addNameHint')}
            autocomplete="off"
            maxLength={NAME_MAX_CHARS}
            value={name()}
            onInput={setName}
          />
        </Show>
        <Button kind="primary" type="submit" wide busy={busy()} disabled={typed().trim() === ''}>
          {t('settings.contacts.addAction')}
        </Button>
      </form>
    </Dialog>
  )
}
