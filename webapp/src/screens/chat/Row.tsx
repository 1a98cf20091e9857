import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import type { Message } from '../../core/types'
import { t } from '../../i18n'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { longPress } from '../../ui/longPress'
import { menuPoint, openMenu } from '../../ui/menu'
import { eventWords } from '../shell/preview'
import { Bubble } from './Bubble'
import { useDesk } from './desk'
import { messageMenu } from './messageMenu'
import { canAnswer } from './may'
import styles from './Row.module.css'
import { swipe } from './swipe'

export interface RowProps {
  message: Message
  /** The message, or the whole album it begins. */
  album: () => readonly Message[]
  /** First and last of what one person said in one go. */
  first: boolean
  last: boolean
  /** The day, where one begins. */
  day: string | undefined
  /** What follows was unread when the chat was opened. */
  unread: boolean
  flash: boolean
}

/** One message with what stands before it, and the gestures that act on it. */
export function Row(props: RowProps): JSX.Element {
  const desk = useDesk()
  const selecting = (): boolean => desk.selection().length > 0
  const selected = createMemo(() => desk.selection().includes(props.message))
  const selectable = (): boolean => props.message.id > 0
  const toggle = (): void => {
    if (selectable()) for (const part of props.album()) desk.toggle(part)
  }
  const open = (event: MouseEvent | PointerEvent | KeyboardEvent): void => {
    if (selecting()) {
      toggle()
      return
    }
    const at = event instanceof KeyboardEvent ? (event.currentTarget as Element) : menuPoint(event)
    openMenu({ at, label: t('chat.messageMenu'), items: messageMenu(desk, props.message, props.album()) })
  }
  const gestures = longPress(
    open,
    event => event.target instanceof Element && event.target.closest('a, audio, video') !== null,
  )
  const answer = (): void => {
    if (canAnswer(desk, props.message)) desk.answer(props.message)
  }
  const drag = swipe(answer)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter' || event.key === 'ContextMenu') open(event)
    else if (event.key === ' ') toggle()
    else if (event.key === 'r' || event.key === 'R') answer()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      class={cx(styles.row, props.last && styles.last, selected() && styles.selected, props.flash && styles.flash)}
      role="listitem"
      tabindex="-1"
      data-key={props.message.key}
      data-id={props.message.id}
      onKeyDown={onKeyDown}
    >
      <Show when={props.day}>
        <div class={styles.day} data-day>
          <span>{props.day}</span>
        </div>
      </Show>
      <Show when={props.unread}>
        <div class={styles.unread}>
          <span>{t('chat.unreadFrom')}</span>
        </div>
      </Show>
      <Switch>
        <Match when={props.message.event}>
          {event => (
            <div class={styles.event}>
              <span dir="auto">{eventWords(desk.engine.state, event(), props.message)}</span>
            </div>
          )}
        </Match>
        <Match when={true}>
          <div
            class={cx(styles.line, props.message.out && styles.out, props.first && styles.first)}
            {...gestures}
            onPointerDown={event => {
              gestures.onPointerDown(event)
              drag.onPointerDown(event)
            }}
            onPointerMove={event => {
              gestures.onPointerMove(event)
              drag.onPointerMove(event)
            }}
            onPointerUp={event => {
              gestures.onPointerUp()
              drag.onPointerUp(event)
            }}
            onPointerCancel={event => {
              gestures.onPointerCancel()
              drag.onPointerUp(event)
            }}
            onClick={event => {
              if (!selecting()) return
              event.preventDefault()
              event.stopPropagation()
              toggle()
            }}
            onDblClick={event => {
              if (event.target === event.currentTarget) answer()
            }}
          >
            <Show when={selecting() && selectable()}>
              <span
                class={styles.box}
                role="checkbox"
                aria-checked={selected()}
                aria-label={t('chat.select')}
                tabindex="0"
                onKeyDown={event => (event.key === ' ' || event.key === 'Enter') && toggle()}
              >
                <Icon name="check" size={16} />
              </span>
            </Show>
            <span class={styles.swiped} aria-hidden="true">
              <Icon name="reply" size={20} />
            </span>
            <Bubble message={props.message} album={props.album} first={props.first} last={props.last} />
          </div>
        </Match>
      </Switch>
    </div>
  )
}
