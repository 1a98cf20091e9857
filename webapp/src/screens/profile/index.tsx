/** Somebody's profile, beside the chat: who they are, what one can do about them, and what was shared. */
import { createResource, createSignal, lazy, Show, Suspense } from 'solid-js'
import { useEngine } from '../../core/context'
import type { PersonId } from '../../core/types'
import { t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { go, route } from '../../router'
import { confirm } from '../../ui/confirm'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { ListRow } from '../../ui/ListRow'
import { Switch } from '../../ui/Switch'
import { PersonAvatar } from '../media/PersonAvatar'
import { openViewer } from '../media/viewer'
import { copied } from '../settings/copied'
import { Fact, Page, Section } from '../settings/Page'
import { personName, presenceWords } from '../shell/names'
import { attempt } from '../shell/say'
import { EditContact } from './EditContact'
import styles from './Profile.module.css'

const SharedMedia = lazy(async () => ({ default: (await import('../media/SharedMedia')).SharedMedia }))

/** Seconds since 1970 that mean "until changed". */
const FOR_EVER = 2_147_483_647

export default function Profile(props: { person: PersonId; onClose: () => void }) {
  const engine = useEngine()
  const person = () => engine.state.people[props.person]
  const chat = () => engine.state.chats[props.person]
  const [details, { refetch }] = createResource(
    () => props.person,
    id => engine.people.details(id).catch(() => undefined),
  )
  const [editing, setEditing] = createSignal(false)
  const name = () => personName(person())
  const known = () => person()?.contact === true
  const ordinary = () => !person()?.self && !person()?.deleted && !person()?.service
  const sounds = () => (chat()?.mutedUntil ?? 0) <= engine.now()

  const block = async () => {
    const blocked = details()?.blocked === true
    const sure =
      blocked ||
      (await confirm({
        title: t('settings.person.blockTitle', { name: name() }),
        text: t('settings.person.blockText'),
        action: t('settings.person.block'),
        danger: true,
      }))
    if (sure && (await attempt(engine.people.block(props.person, !blocked)))) void refetch()
  }
  const remove = async () => {
    const sure = await confirm({
      title: t('settings.person.removeTitle', { name: name() }),
      action: t('common.remove'),
      danger: true,
    })
    if (sure) await attempt(engine.people.removeContact(props.person))
  }
  const deleteChat = async () => {
    const sure = await confirm({
      title: t('settings.person.deleteTitle', { name: name() }),
      action: t('common.delete'),
      danger: true,
      option: { label: t('settings.person.deleteForBoth', { name: name() }), checked: false },
    })
    if (sure && (await attempt(engine.chats.clear(props.person, { forBoth: sure.option, remove: true })))) go('/')
  }
  const inChat = () => route()[0] === 'chat' && route()[1] === props.person

  return (
    <Page title={t('settings.person.title')} onBack={props.onClose}>
      <div class={styles.head}>
        <Show when={person()?.photo && person()} fallback={<PersonAvatar person={person()} size={112} />}>
          {seen => (
            <button
              type="button"
              class={styles.picture}
              aria-label={t('settings.person.photo', { name: name() })}
              onClick={() => openViewer({ person: seen() })}
            >
              <PersonAvatar person={seen()} size={112} />
            </button>
          )}
        </Show>
        <h2 class={styles.name} dir="auto">
          {name()}
        </h2>
        <p class={styles.presence}>{presenceWords(person())}</p>
      </div>
      <Show when={person()?.phone || person()?.username || details()?.about}>
        <Section flush>
          <Show when={person()?.phone}>
            {phone => (
              <Fact
                label={t('settings.person.number')}
                end={
                  <IconButton
                    icon="copy"
                    label={t('settings.person.copyNumber')}
                    onClick={() => void copied(phoneNumber(phone()))}
                  />
                }
              >
                <bdi dir="ltr">{phoneNumber(phone())}</bdi>
              </Fact>
            )}
          </Show>
          <Show when={person()?.username}>
            {username => (
              <Fact
                label={t('settings.person.username')}
                end={
                  <IconButton
                    icon="copy"
                    label={t('settings.person.copyUsername')}
                    onClick={() => void copied(`@${username()}`)}
                  />
                }
              >
                <bdi dir="ltr">@{username()}</bdi>
              </Fact>
            )}
          </Show>
          <Show when={details()?.about}>
            {about => (
              <Fact label={t('settings.person.about')}>
                <span dir="auto">{about()}</span>
              </Fact>
            )}
          </Show>
        </Section>
      </Show>
      <Show when={ordinary()}>
        <Section flush>
          <Show when={!inChat()}>
            <ListRow
              start={<Icon name="chat" />}
              title={t('settings.person.message')}
              onClick={() => go(`/chat/${props.person}`)}
            />
          </Show>
          <Switch
            label={t('settings.person.notifications')}
            checked={sounds()}
            onChange={wanted => void attempt(engine.chats.mute(props.person, wanted ? 0 : FOR_EVER))}
          />
          <ListRow
            start={<Icon name={known() ? 'edit' : 'personAdd'} />}
            title={known() ? t('settings.person.edit') : t('settings.person.add')}
            onClick={() => setEditing(true)}
          />
        </Section>
      </Show>
      <Suspense>
        <SharedMedia chat={props.person} />
      </Suspense>
      <Show when={ordinary()}>
        <Section flush>
          <Show when={known()}>
            <ListRow
              start={<Icon name="person" />}
              title={t('settings.person.removeContact')}
              onClick={() => void remove()}
            />
          </Show>
          <ListRow
            start={<Icon name="block" />}
            title={
              <span class={styles.danger}>
                {details()?.blocked ? t('settings.person.unblock') : t('settings.person.block')}
              </span>
            }
            onClick={() => void block()}
          />
          <ListRow
            start={<Icon name="trash" />}
            title={<span class={styles.danger}>{t('settings.person.delete')}</span>}
            onClick={() => void deleteChat()}
          />
        </Section>
      </Show>
      <Show when={editing()}>
        <EditContact person={props.person} onClose={() => setEditing(false)} />
      </Show>
    </Page>
  )
}
