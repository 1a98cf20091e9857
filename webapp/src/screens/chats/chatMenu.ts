/** What can be done with a conversation as a whole: from its row, and from the head of its screen. */
import type { Engine } from '../../core/engine'
import type { Chat } from '../../core/types'
import { t } from '../../i18n'
import { back, route } from '../../router'
import { confirm } from '../../ui/confirm'
import type { MenuItem } from '../../ui/menu'
import { now } from '../../ui/surroundings'
import { chatName, chatPerson } from '../shell/names'
import { attempt } from '../shell/say'

/** The time that means "until I say otherwise". */
const FOR_EVER = 2_147_483_647

export function chatMenu(engine: Engine, chat: Chat): MenuItem[] {
  const unread = chat.unread > 0 || chat.unreadMark
  const muted = chat.mutedUntil * 1000 > now()
  const items: (MenuItem | false)[] = [
    {
      label: unread ? t('chat.markRead') : t('chat.markUnread'),
      icon: unread ? 'check' : 'unread',
      onSelect: () => void attempt(unread ? engine.chats.markRead(chat.id) : engine.chats.markUnread(chat.id, true)),
    },
    !chat.archived && {
      label: chat.pinned ? t('chat.unpin') : t('chat.pin'),
      icon: chat.pinned ? 'pinOff' : 'pin',
      onSelect: () => void attempt(engine.chats.pin(chat.id, !chat.pinned)),
    },
    !chat.saved && {
      label: muted ? t('chat.unmute') : t('chat.mute'),
      icon: muted ? 'bell' : 'bellOff',
      onSelect: () => void attempt(engine.chats.mute(chat.id, muted ? 0 : FOR_EVER)),
    },
    {
      label: chat.archived ? t('chat.unarchive') : t('chat.doArchive'),
      icon: 'archive',
      onSelect: () => void attempt(engine.chats.archive(chat.id, !chat.archived)),
    },
    blockItem(engine, chat),
    {
      label: t('chat.clear'),
      icon: 'trash',
      danger: true,
      apart: true,
      onSelect: () => void clear(engine, chat, false),
    },
    { label: t('chat.deleteChat'), icon: 'trash', danger: true, onSelect: () => void clear(engine, chat, true) },
  ]
  return items.filter(item => item !== false)
}

function blockItem(engine: Engine, chat: Chat): MenuItem | false {
  const person = chatPerson(engine.state, chat)
  if (!person || chat.saved || person.service || person.deleted) return false
  return {
    label: chat.blocked ? t('chat.unblock') : t('chat.block'),
    icon: 'block',
    danger: !chat.blocked,
    apart: true,
    onSelect: () => void block(engine, chat),
  }
}

async function block(engine: Engine, chat: Chat): Promise<void> {
  const person = chatPerson(engine.state, chat)
  if (!person) return
  const name = chatName(engine.state, chat)
  const question = {
    title: t('chat.blockTitle', { name }),
    text: t('chat.blockText'),
    action: t('chat.block'),
    danger: true,
  }
  if (!chat.blocked && !(await confirm(question))) return
  await attempt(engine.people.block(person.id, !chat.blocked))
}

/** Empties a chat, or takes it away whole, after asking; for both sides if wished. */
async function clear(engine: Engine, chat: Chat, remove: boolean): Promise<void> {
  const name = chatName(engine.state, chat)
  const person = chatPerson(engine.state, chat)
  const forBoth = !chat.saved && person !== undefined && !person.service && !person.deleted
  const answer = await confirm({
    title: remove ? t('chat.deleteChatTitle', { name }) : t('chat.clearTitle', { name }),
    text: t('chat.clearText'),
    action: remove ? t('chat.deleteChat') : t('chat.clear'),
    danger: true,
    ...(forBoth && { option: { label: t('chat.alsoFor', { name }), checked: false } }),
  })
  if (!answer) return
  const done = await attempt(engine.chats.clear(chat.id, { forBoth: answer.option, remove }))
  if (done && remove && route()[1] === chat.id) back('/')
}
