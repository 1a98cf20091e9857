import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { ChatId } from '../../core/types'
import { t } from '../../i18n'
import { go } from '../../router'
import { IconButton } from '../../ui/IconButton'
import { openMenu } from '../../ui/menu'
import { touch } from '../../ui/surroundings'
import { createAnswer } from '../settings/connected'
import { FOCUS_SEARCH } from '../shell/keys'
import { ChatList } from './ChatList'
import styles from './ChatsColumn.module.css'
import { SearchField } from './SearchField'
import { SearchResults } from './SearchResults'

/** The first column: what can be done at all, the search, and the chats. */
export function ChatsColumn(props: { current: ChatId | undefined; onHelp: () => void }): JSX.Element {
  const engine = useEngine()
  const [query, setQuery] = createSignal('')
  const [archive, setArchive] = createSignal(false)
  const [protection] = createAnswer(engine, () => engine.door.protection())
  let field!: HTMLInputElement
  let column!: HTMLDivElement
  const focusField = (): void => {
    field.focus()
    field.select()
  }
  onMount(() => {
    document.addEventListener(FOCUS_SEARCH, focusField)
    onCleanup(() => document.removeEventListener(FOCUS_SEARCH, focusField))
  })
  const leaveSearch = (): void => {
    setQuery('')
    field.blur()
  }
  return (
    <div ref={column} class={styles.column}>
      <Show when={!archive()}>
        <h1 class="visually-hidden">{t('chat.chats')}</h1>
      </Show>
      <header class={styles.head}>
        <Show
          when={archive()}
          fallback={
            <IconButton
              icon="menu"
              label={t('common.menu')}
              aria-haspopup="menu"
              onClick={event =>
                openMenu({
                  at: event.currentTarget,
                  label: t('common.menu'),
                  items: mainMenu(
                    engine.state.session,
                    { onHelp: props.onHelp, onArchive: () => setArchive(true) },
                    protection()?.administrator === true,
                  ),
                })
              }
            />
          }
        >
          <IconButton icon="back" label={t('common.back')} onClick={() => setArchive(false)} />
        </Show>
        <Show when={!archive()} fallback={<h1 class={styles.title}>{t('chat.archive')}</h1>}>
          <SearchField
            ref={element => {
              field = element
            }}
            value={query()}
            onInput={setQuery}
            onLeave={leaveSearch}
            onDown={() => column.querySelector<HTMLElement>('[data-row]')?.focus()}
          />
        </Show>
      </header>
      <Show
        when={query().trim() && !archive()}
        fallback={
          <ChatList
            archive={archive()}
            current={props.current}
            onArchive={() => setArchive(true)}
            onFind={focusField}
          />
        }
      >
        <SearchResults query={query().trim()} current={props.current} onChosen={leaveSearch} />
      </Show>
    </div>
  )
}

function mainMenu(
  session: ReturnType<typeof useEngine>['state']['session'],
  open: { onHelp: () => void; onArchive: () => void },
  administrator: boolean,
): Parameters<typeof openMenu>[0]['items'] {
  const me = session.step === 'ready' ? session.me : undefined
  return [
    { label: t('chat.menuContacts'), icon: 'people', onSelect: () => go('/contacts') },
    { label: t('chat.menuInvite'), icon: 'personAdd', onSelect: () => go('/invite-friends') },
    { label: t('chat.saved'), icon: 'bookmark', onSelect: () => me && go(`/chat/${me}`) },
    { label: t('chat.archive'), icon: 'archive', onSelect: open.onArchive },
    { label: t('chat.menuSettings'), icon: 'settings', onSelect: () => go('/settings'), apart: true },
    ...(administrator ? [{ label: t('chat.menuAdmin'), icon: 'settings' as const, onSelect: () => go('/admin') }] : []),
    // Of no use where there are no keys.
    ...(touch() ? [] : [{ label: t('chat.menuKeys'), icon: 'keyboard' as const, onSelect: open.onHelp }]),
  ]
}
