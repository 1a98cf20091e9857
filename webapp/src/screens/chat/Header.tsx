import { createMemo, type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { back, go } from '../../router'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { openMenu } from '../../ui/menu'
import { now, wide } from '../../ui/surroundings'
import { chatMenu } from '../chats/chatMenu'
import { PersonAvatar } from '../media/PersonAvatar'
import { chatName, chatPerson, isOnline, presenceWords, typingWords } from '../shell/names'
import { useDesk } from './desk'
import styles from './Header.module.css'

/** With whom one speaks, whether they are here, and what can be done with the conversation. */
export function Header(): JSX.Element {
  const desk = useDesk()
  const { state } = desk.engine
  const person = () => chatPerson(state, desk.chat())
  const typing = createMemo(() => typingWords(state.typing[desk.id]))
  const saved = (): boolean => desk.chat()?.saved ?? false
  const line = (): string => typing() ?? (saved() ? t('chat.savedHint') : presenceWords(person()))
  return (
    <header class={styles.head}>
      <Show when={!wide()}>
        <IconButton icon="back" label={t('common.back')} onClick={() => back('/')} />
      </Show>
      <button
        type="button"
        class={styles.who}
        disabled={saved()}
        title={t('chat.showProfile')}
        onClick={() => go(`/chat/${desk.id}/info`)}
      >
        <PersonAvatar person={person()} saved={saved()} size={42} online={isOnline(person())} />
        <span class={styles.words}>
          <span class={styles.name}>
            <h1 dir="auto">{chatName(state, desk.chat())}</h1>
            <Show when={(desk.chat()?.mutedUntil ?? 0) * 1000 > now()}>
              <Icon name="bellOff" size={15} label={t('chat.muted')} />
            </Show>
          </span>
          <Show when={line()}>
            <span class={cx(styles.line, (typing() || isOnline(person())) && styles.active)} dir="auto">
              {line()}
            </span>
          </Show>
        </span>
      </button>
      <IconButton icon="search" label={t('chat.searchHere')} onClick={() => desk.find('')} />
      <IconButton
        icon="more"
        label={t('common.more')}
        aria-haspopup="menu"
        onClick={event => {
          const chat = desk.chat()
          if (chat) openMenu({ at: event.currentTarget, label: t('chat.chatMenu'), items: chatMenu(desk.engine, chat) })
        }}
      />
    </header>
  )
}
