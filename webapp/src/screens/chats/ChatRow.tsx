import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Chat, ChatId } from '../../core/types'
import { t } from '../../i18n'
import { fullMoment, number, shortMoment } from '../../i18n/format'
import { go, href } from '../../router'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { longPress } from '../../ui/longPress'
import { menuPoint, openMenu } from '../../ui/menu'
import { now } from '../../ui/surroundings'
import { Ticks } from '../chat/Ticks'
import { PersonAvatar } from '../media/PersonAvatar'
import { chatName, chatPerson, isOnline, typingWords } from '../shell/names'
import { mediaIcon, messageLine, oneLine } from '../shell/preview'
import styles from './ChatRow.module.css'
import { chatMenu } from './chatMenu'

/** One conversation: who, what was said last and when, and what waits to be read. */
export function ChatRow(props: { chat: ChatId; current: boolean }): JSX.Element {
  const engine = useEngine()
  const chat = createMemo(() => engine.state.chats[props.chat])
  return <Show when={chat()}>{known => <Row chat={known()} current={props.current} />}</Show>
}

function Row(props: { chat: Chat; current: boolean }): JSX.Element {
  const engine = useEngine()
  const person = () => chatPerson(engine.state, props.chat)
  const muted = () => props.chat.mutedUntil * 1000 > now()
  const held = longPress(event =>
    openMenu({ at: menuPoint(event), label: t('chat.chatMenu'), items: chatMenu(engine, props.chat) }),
  )
  return (
    <a
      class={cx(styles.row, props.current && styles.current)}
      href={href(`/chat/${props.chat.id}`)}
      data-row={props.chat.id}
      aria-current={props.current ? 'page' : undefined}
      draggable={false}
      {...held}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        open(props.chat.id)
      }}
    >
      <PersonAvatar person={person()} saved={props.chat.saved} size={52} online={isOnline(person())} />
      <span class={styles.words}>
        <span class={styles.line}>
          <span class={styles.name} dir="auto">
            {chatName(engine.state, props.chat)}
          </span>
          <Show when={muted()}>
            <Icon name="bellOff" size={15} class={styles.muted} label={t('chat.muted')} />
          </Show>
          <span class={styles.gap} />
          <Show when={props.chat.last?.out && !props.chat.draft && props.chat.last}>
            {message => <Ticks message={message()} readOutbox={props.chat.readOutbox} />}
          </Show>
          <Show when={props.chat.sortAt > 0}>
            <time class={styles.time} title={fullMoment(props.chat.sortAt * 1000)}>
              {shortMoment(props.chat.sortAt * 1000, now())}
            </time>
          </Show>
        </span>
        <span class={styles.line}>
          <Preview chat={props.chat} />
          <Badges chat={props.chat} muted={muted()} />
        </span>
      </span>
    </a>
  )
}

/** From chat to chat the history keeps one step, so that "back" always means the list. */
export function open(chat: ChatId): void {
  go(`/chat/${chat}`, { replace: location.hash.startsWith('#/chat/') })
}

function Preview(props: { chat: Chat }): JSX.Element {
  const engine = useEngine()
  const typing = createMemo(() => typingWords(engine.state.typing[props.chat.id]))
  return (
    <span class={styles.preview} dir="auto">
      <Switch>
        <Match when={typing()}>
          <span class={styles.typing}>{typing()}</span>
        </Match>
        <Match when={props.chat.draft}>
          {draft => (
            <>
              <span class={styles.draft}>{t('chat.draft')} </span>
              {oneLine(draft())}
            </>
          )}
        </Match>
        <Match when={props.chat.last}>
          {message => (
            <>
              <Show when={message().out && !message().event && !props.chat.saved}>
                <span class={styles.sender}>{t('chat.you')} </span>
              </Show>
              <Show when={mediaIcon(message().media)}>
                {name => <Icon name={name()} size={16} class={styles.kind} />}
              </Show>
              {messageLine(engine.state, message())}
            </>
          )}
        </Match>
      </Switch>
    </span>
  )
}

function Badges(props: { chat: Chat; muted: boolean }): JSX.Element {
  const waits = (): boolean => props.chat.unread > 0 || props.chat.unreadMark
  return (
    <>
      <Show when={props.chat.unreadMentions > 0}>
        <span
          class={styles.badge}
          role="img"
          aria-label={t('chat.unreadMentions', { count: props.chat.unreadMentions })}
        >
          <Icon name="at" size={14} />
        </span>
      </Show>
      <Show
        when={waits()}
        fallback={
          <Show when={props.chat.pinned}>
            <Icon name="pin" size={17} class={styles.pin} label={t('chat.pinned')} />
          </Show>
        }
      >
        <span
          class={cx(styles.badge, props.muted && styles.quiet)}
          role="img"
          aria-label={
            props.chat.unread > 0 ? t('chat.unreadCount', { count: props.chat.unread }) : t('chat.unreadMark')
          }
        >
          {props.chat.unread > 0 ? number(props.chat.unread) : ''}
        </span>
      </Show>
    </>
  )
}
