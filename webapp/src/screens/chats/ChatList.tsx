import { createMemo, createSignal, type JSX, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { ChatId } from '../../core/types'
import { t } from '../../i18n'
import { number } from '../../i18n/format'
import { Icon } from '../../ui/Icon'
import { ListRow } from '../../ui/ListRow'
import { Spinner } from '../../ui/Spinner'
import { VirtualList } from '../../ui/VirtualList'
import { attempt } from '../shell/say'
import styles from './ChatList.module.css'
import { ChatRow } from './ChatRow'
import { FewChats, NoChats } from './NoChats'

/** Pixels of one row; the style sheet of ChatRow fills it. */
export const CHAT_ROW = 72
/** Up to so many chats, the list still says how to find people. */
const FEW = 4

/** The conversations, newest first, pinned ones before. Arrow keys move from row to row. */
export function ChatList(props: {
  archive: boolean
  current: ChatId | undefined
  onArchive: () => void
  onFind: () => void
}): JSX.Element {
  const engine = useEngine()
  const ids = createMemo(() => (props.archive ? engine.state.archive : engine.state.order))
  const [focused, setFocused] = createSignal<ChatId>()
  const ready = (): boolean => engine.state.orderComplete || ids().length > 0
  const alone = (): boolean =>
    !props.archive && engine.state.orderComplete && ids().every(id => isEmptyCompany(engine, id))
  const move = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const row = event.target instanceof HTMLElement ? event.target.dataset.row : undefined
    if (by === 0 || event.altKey || event.ctrlKey || row === undefined) return
    event.preventDefault()
    const next = ids()[ids().indexOf(row) + by]
    setFocused(next)
    const list = event.currentTarget as HTMLElement
    if (next)
      queueMicrotask(() =>
        list.querySelector<HTMLElement>(`[data-row="${CSS.escape(next)}"]`)?.focus({ preventScroll: true }),
      )
  }
  return (
    <div class={styles.list} onKeyDown={move}>
      <Show when={ready()} fallback={<Skeleton />}>
        <Show when={!alone() || ids().length > 0} fallback={<NoChats onFind={props.onFind} />}>
          <VirtualList
            items={ids()}
            rowHeight={CHAT_ROW}
            label={props.archive ? t('chat.archive') : t('chat.chats')}
            shown={focused()}
            onNearEnd={() => {
              if (!engine.state.orderComplete) void attempt(engine.chats.more())
            }}
            head={
              <Show when={!props.archive && engine.state.archive.length > 0}>
                <div class={styles.archive}>
                  <ListRow
                    start={<Icon name="archive" />}
                    title={t('chat.archive')}
                    end={number(engine.state.archive.length)}
                    onClick={props.onArchive}
                  />
                </div>
              </Show>
            }
            foot={
              <Show
                when={engine.state.orderComplete}
                fallback={
                  <div class={styles.loading}>
                    <Spinner />
                  </div>
                }
              >
                <Show when={!props.archive && ids().length <= FEW}>
                  <FewChats onFind={props.onFind} alone={alone()} />
                </Show>
              </Show>
            }
          >
            {id => <ChatRow chat={id} current={props.current === id} />}
          </VirtualList>
        </Show>
      </Show>
    </div>
  )
}

/** Notes to oneself and the server's own notices are no company. */
function isEmptyCompany(engine: ReturnType<typeof useEngine>, id: ChatId): boolean {
  const chat = engine.state.chats[id]
  if (!chat || chat.saved) return true
  return chat.person !== undefined && engine.state.people[chat.person]?.service === true
}

/** Grey shapes in the place of rows, for the moment before the first answer. */
function Skeleton(): JSX.Element {
  return (
    <div class={styles.skeleton} aria-busy="true" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: 9 }, () => (
        <div class={styles.ghost}>
          <span />
          <span />
        </div>
      ))}
    </div>
  )
}
