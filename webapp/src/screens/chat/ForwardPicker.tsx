import { createMemo, createSignal, For, type JSX } from 'solid-js'
import { useEngine } from '../../core/context'
import type { ChatId } from '../../core/types'
import { t } from '../../i18n'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Icon } from '../../ui/Icon'
import { ListRow } from '../../ui/ListRow'
import { TextField } from '../../ui/TextField'
import { toast } from '../../ui/toast'
import { PersonAvatar } from '../media/PersonAvatar'
import { chatName, chatPerson, personName } from '../shell/names'
import { attempt } from '../shell/say'
import { endForwarding, type Forwarding } from './forward'
import styles from './ForwardPicker.module.css'

/** Chats that one forwarding goes to at most. */
const TARGETS = 20
/** Chats shown before one types. */
const SHOWN = 60

/** To whom? Several can be chosen; a name narrows the list. */
export default function ForwardPicker(props: { what: Forwarding }): JSX.Element {
  const engine = useEngine()
  const [query, setQuery] = createSignal('')
  const [chosen, setChosen] = createSignal<readonly ChatId[]>([])
  const [hideAuthor, setHideAuthor] = createSignal(false)
  const me = (): ChatId | undefined => (engine.state.session.step === 'ready' ? engine.state.session.me : undefined)
  const candidates = createMemo(() => {
    const own = me()
    const all = [
      ...new Set([
        ...(own ? [own] : []),
        ...engine.state.order,
        ...engine.state.archive,
        ...(engine.state.contacts ?? []),
      ]),
    ]
    const wanted = query().trim().toLocaleLowerCase()
    return all
      .filter(id => mayReceive(engine, id) && nameOf(engine, id).toLocaleLowerCase().includes(wanted))
      .slice(0, SHOWN)
  })
  const toggle = (id: ChatId): void => {
    setChosen(now => (now.includes(id) ? now.filter(other => other !== id) : [...now, id].slice(0, TARGETS)))
  }
  const send = async (): Promise<void> => {
    // Taken before the dialog goes: what it is given ends with it.
    const { from, ids } = props.what
    const to = [...chosen()]
    const options = { hideAuthor: hideAuthor() }
    endForwarding()
    if (!(await attempt(engine.messages.forward(from, [...ids], to, options)))) return
    const [first] = to
    if (!first) return
    const name = to.map(id => nameOf(engine, id)).join(', ')
    toast({
      text: t('chat.forwarded', { name }),
      kind: 'success',
      action: { label: t('chat.open'), onPress: () => go(`/chat/${first}`) },
    })
  }
  return (
    <Dialog
      open
      kind="sheet"
      size="medium"
      title={t('chat.forwardTitle', { count: props.what.ids.length })}
      onClose={endForwarding}
      actions={
        <Button kind="primary" icon="send" wide disabled={chosen().length === 0} onClick={() => void send()}>
          {chosen().length > 0 ? t('chat.forwardTo', { count: chosen().length }) : t('chat.forward')}
        </Button>
      }
    >
      <div class={styles.picker}>
        <TextField
          label={t('common.search')}
          hideLabel
          icon="search"
          type="search"
          data-first-focus
          placeholder={t('common.search')}
          value={query()}
          onInput={setQuery}
        />
        <div class={styles.list} role="group" aria-label={t('chat.chats')}>
          <For each={candidates()} fallback={<p class={styles.none}>{t('chat.searchNothing', { query: query() })}</p>}>
            {id => (
              <ListRow
                start={
                  <PersonAvatar
                    person={chatPerson(engine.state, engine.state.chats[id]) ?? engine.state.people[id]}
                    saved={id === me()}
                    size={44}
                  />
                }
                title={nameOf(engine, id)}
                end={<Icon name="checkCircle" class={chosen().includes(id) ? styles.on : styles.off} />}
                aria-pressed={chosen().includes(id)}
                onClick={() => toggle(id)}
              />
            )}
          </For>
        </div>
        <label class={styles.option}>
          <input
            type="checkbox"
            checked={hideAuthor()}
            onChange={event => setHideAuthor(event.currentTarget.checked)}
          />
          {t('chat.forwardHideAuthor')}
        </label>
      </div>
    </Dialog>
  )
}

function nameOf(engine: ReturnType<typeof useEngine>, id: ChatId): string {
  const chat = engine.state.chats[id]
  const self = engine.state.session.step === 'ready' && engine.state.session.me === id
  return self ? t('chat.saved') : chat ? chatName(engine.state, chat) : personName(engine.state.people[id])
}

function mayReceive(engine: ReturnType<typeof useEngine>, id: ChatId): boolean {
  const person = engine.state.people[id]
  return !person?.deleted && !(person?.service && !person.self) && !engine.state.chats[id]?.blocked
}
