import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { ChatId, FoundMessage, PersonId } from '../../core/types'
import { t } from '../../i18n'
import { fullMoment, shortMoment } from '../../i18n/format'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { ListRow } from '../../ui/ListRow'
import { Spinner } from '../../ui/Spinner'
import { now } from '../../ui/surroundings'
import { Highlighted } from '../chat/Highlighted'
import { PersonAvatar } from '../media/PersonAvatar'
import { chatName, chatPerson, personName, presenceWords } from '../shell/names'
import { messageLine } from '../shell/preview'
import { failureWords } from '../shell/say'
import { open } from './ChatRow'
import styles from './SearchResults.module.css'

/** Milliseconds of quiet before the server is asked. */
const QUIET = 250
/** Letters from which messages are searched: one letter finds everything and nothing. */
const MESSAGE_LETTERS = 2

interface Found {
  known: readonly ChatId[]
  global: readonly PersonId[]
  messages: readonly FoundMessage[]
  next?: string | undefined
  total: number
}

const NOTHING: Found = { known: [], global: [], messages: [], total: 0 }

/** Chats and people by name, @name or number, then messages that hold the words. */
export function SearchResults(props: {
  query: string
  current: ChatId | undefined
  onChosen: () => void
}): JSX.Element {
  const engine = useEngine()
  const [found, setFound] = createSignal<Found>(NOTHING)
  const [busy, setBusy] = createSignal(true)
  const [failure, setFailure] = createSignal<string>()
  const people = createMemo(() => found().global.filter(id => !found().known.includes(id)))
  const empty = (): boolean => found().known.length + people().length + found().messages.length === 0

  const search = async (query: string, signal: AbortSignal): Promise<void> => {
    const wantsMessages = query.length >= MESSAGE_LETTERS && !query.startsWith('@')
    const [chats, messages] = await Promise.allSettled([
      engine.chats.find(query, signal),
      wantsMessages
        ? engine.chats.findMessages(query, undefined, signal)
        : Promise.resolve({ found: [], total: 0, next: undefined }),
    ])
    if (signal.aborted) return
    const who = chats.status === 'fulfilled' ? chats.value : { known: [], global: [] }
    const said = messages.status === 'fulfilled' ? messages.value : { found: [], total: 0, next: undefined }
    setFound({ ...who, messages: said.found, total: said.total, next: said.next })
    setFailure(chats.status === 'rejected' ? failureWords(chats.reason) : undefined)
    setBusy(false)
  }
  createEffect(
    on(
      () => props.query,
      query => {
        const controller = new AbortController()
        setBusy(true)
        const timer = setTimeout(() => void search(query, controller.signal), QUIET)
        onCleanup(() => {
          clearTimeout(timer)
          controller.abort()
        })
      },
    ),
  )
  const more = async (): Promise<void> => {
    const { next } = found()
    if (!next) return
    const query = props.query
    const page = await engine.chats.findMessages(query, next)
    if (query === props.query)
      setFound(old => ({ ...old, messages: [...old.messages, ...page.found], next: page.next }))
  }
  const leave = (event: KeyboardEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    props.onChosen()
  }
  const choose = (chat: ChatId): void => {
    open(chat)
    props.onChosen()
  }
  return (
    <div
      class={styles.results}
      role="region"
      aria-label={t('chat.searchResults')}
      aria-busy={busy()}
      onKeyDown={event => (event.key === 'Escape' ? leave(event) : moveFocus(event))}
    >
      <Show when={found().known.length > 0}>
        <h2 class={styles.heading}>{t('chat.searchChats')}</h2>
        <For each={found().known}>
          {id => (
            <ListRow
              data-row={id}
              selected={props.current === id}
              start={
                <PersonAvatar
                  person={chatPerson(engine.state, engine.state.chats[id]) ?? engine.state.people[id]}
                  saved={engine.state.chats[id]?.saved ?? false}
                  size={44}
                />
              }
              title={
                <Highlighted
                  text={chatName(engine.state, engine.state.chats[id]) || personName(engine.state.people[id])}
                  query={props.query}
                />
              }
              subtitle={subtitle(engine.state.people[id]?.username, presenceWords(engine.state.people[id]))}
              onClick={() => choose(id)}
            />
          )}
        </For>
      </Show>
      <Show when={people().length > 0}>
        <h2 class={styles.heading}>{t('chat.searchPeople')}</h2>
        <For each={people()}>
          {id => (
            <ListRow
              data-row={id}
              start={<PersonAvatar person={engine.state.people[id]} size={44} />}
              title={personName(engine.state.people[id])}
              subtitle={subtitle(engine.state.people[id]?.username, presenceWords(engine.state.people[id]))}
              onClick={() => choose(id)}
            />
          )}
        </For>
      </Show>
      <Show when={found().messages.length > 0}>
        <h2 class={styles.heading}>{t('chat.searchMessages', { count: found().total || found().messages.length })}</h2>
        <For each={found().messages}>
          {({ chat, message }) => (
            <ListRow
              data-row={`${chat}/${message.id}`}
              start={
                <PersonAvatar
                  person={chatPerson(engine.state, engine.state.chats[chat]) ?? engine.state.people[chat]}
                  size={44}
                />
              }
              title={chatName(engine.state, engine.state.chats[chat]) || personName(engine.state.people[chat])}
              subtitle={<Highlighted text={messageLine(engine.state, message)} query={props.query} />}
              end={<time title={fullMoment(message.at * 1000)}>{shortMoment(message.at * 1000, now())}</time>}
              onClick={() => go(`/chat/${chat}/${message.id}`, { replace: location.hash.startsWith('#/chat/') })}
            />
          )}
        </For>
        <Show when={found().next}>
          <Button kind="plain" wide onClick={() => void more().catch(() => undefined)}>
            {t('chat.searchMore')}
          </Button>
        </Show>
      </Show>
      <Show when={busy() && empty()}>
        <div class={styles.state}>
          <Spinner label={t('common.loading')} />
        </div>
      </Show>
      <Show when={!busy() && empty()}>
        <div class={styles.state} role="status">
          <Icon name={failure() ? 'alert' : 'search'} size={36} />
          <p dir="auto">{failure() ?? t('chat.searchNothing', { query: props.query })}</p>
          <Show when={!failure()}>
            <p class={styles.hint}>{t('chat.searchHint')}</p>
          </Show>
        </div>
      </Show>
    </div>
  )
}

function subtitle(username: string | undefined, presence: string): string {
  return [username && `@${username}`, presence].filter(Boolean).join(' · ')
}

/** Up and down go from row to row. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (by === 0) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
  rows[rows.indexOf(document.activeElement as HTMLElement) + by]?.focus()
  event.preventDefault()
}
