import { createMemo, createSignal, For, Match, onMount, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { PersonId } from '../../core/types'
import { t } from '../../i18n'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { ListRow } from '../../ui/ListRow'
import { Spinner } from '../../ui/Spinner'
import { TextField } from '../../ui/TextField'
import { PersonAvatar } from '../media/PersonAvatar'
import { Page, Section } from '../settings/Page'
import { isOnline, personName, presenceWords } from '../shell/names'
import { attempt } from '../shell/say'
import { AddContact } from './AddContact'
import styles from './Contacts.module.css'

/** Everybody one knows here: search, add, write. */
export default function Contacts(props: { onBack: () => void }) {
  const engine = useEngine()
  const [query, setQuery] = createSignal('')
  const [adding, setAdding] = createSignal(false)
  onMount(() => void attempt(engine.people.loadContacts()))
  const matches = (id: PersonId, wanted: string) => {
    const person = engine.state.people[id]
    const words = [personName(person), person?.username ?? '', person?.phone ?? ''].join(' ').toLocaleLowerCase()
    return wanted === '' || words.includes(wanted)
  }
  const found = createMemo(() => {
    const wanted = query().trim().toLocaleLowerCase().replace(/^@/, '')
    return (engine.state.contacts ?? []).filter(id => matches(id, wanted))
  })
  return (
    <Page
      title={t('settings.contacts.title')}
      onBack={props.onBack}
      end={<IconButton icon="personAdd" label={t('settings.contacts.add')} onClick={() => setAdding(true)} />}
    >
      <Switch fallback={<Spinner />}>
        <Match when={engine.state.contacts?.length === 0}>
          <div class={styles.none}>
            <Icon name="people" size={48} />
            <h2>{t('settings.contacts.none')}</h2>
            <p>{t('settings.contacts.noneText')}</p>
            <Button kind="primary" icon="personAdd" onClick={() => setAdding(true)}>
              {t('settings.contacts.add')}
            </Button>
            <Button icon="qr" onClick={() => go('/invite-friends')}>
              {t('settings.contacts.invite')}
            </Button>
          </div>
        </Match>
        <Match when={engine.state.contacts}>
          <div class={styles.list}>
            <TextField
              label={t('settings.contacts.search')}
              hideLabel
              placeholder={t('settings.contacts.search')}
              icon="search"
              type="search"
              value={query()}
              onInput={setQuery}
            />
            <Show when={found().length > 0} fallback={<p class={styles.soft}>{t('settings.contacts.noMatch')}</p>}>
              <Section flush hint={t('settings.contacts.count', { count: found().length })}>
                <For each={found()}>
                  {id => (
                    <ListRow
                      start={
                        <PersonAvatar
                          person={engine.state.people[id]}
                          size={44}
                          online={isOnline(engine.state.people[id])}
                        />
                      }
                      title={personName(engine.state.people[id])}
                      subtitle={presenceWords(engine.state.people[id])}
                      onClick={() => go(`/chat/${id}`)}
                    />
                  )}
                </For>
              </Section>
            </Show>
          </div>
        </Match>
      </Switch>
      <Show when={adding()}>
        <AddContact onClose={() => setAdding(false)} />
      </Show>
    </Page>
  )
}
