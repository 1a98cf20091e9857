/** What can be done with one message (or one album). The same acts, for several, are in SelectionBar. */
import type { Message } from '../../core/types'
import { t } from '../../i18n'
import { confirm } from '../../ui/confirm'
import type { MenuItem } from '../../ui/menu'
import { chatName } from '../shell/names'
import { attempt } from '../shell/say'
import { copyText } from './copy'
import type { Desk } from './desk'
import { forwardMessages } from './forward'
import { canAnswer, canEdit, canForward, canWrite } from './may'

export function messageMenu(desk: Desk, message: Message, album: readonly Message[]): MenuItem[] {
  if (message.state === 'failed' || message.id === 0) return unsentMenu(desk, message)
  const text = album.find(part => part.text)?.text ?? ''
  const passage = selectedPassage(message)
  const items: (MenuItem | false)[] = [
    canAnswer(desk, message) && {
      label: t('chat.reply'),
      icon: 'reply',
      onSelect: () => desk.answer(message),
      keys: 'R',
    },
    canAnswer(desk, message) &&
      passage !== undefined && {
        label: t('chat.replyQuote'),
        icon: 'quote',
        onSelect: () => desk.answer(message, passage),
      },
    canEdit(desk, message) && { label: t('chat.edit'), icon: 'edit', onSelect: () => desk.edit(message) },
    text !== '' && {
      label: passage ? t('chat.copySelected') : t('chat.copyText'),
      icon: 'copy',
      onSelect: () => void copyText(passage?.text ?? text),
    },
    canForward(message) && {
      label: t('chat.forward'),
      icon: 'forward',
      onSelect: () =>
        forwardMessages(
          desk.id,
          album.map(part => part.id),
        ),
    },
    canWrite(desk) && !message.event && pinItem(desk, message),
    { label: t('chat.select'), icon: 'checkCircle', onSelect: () => album.forEach(desk.toggle) },
    {
      label: t('common.delete'),
      icon: 'trash',
      danger: true,
      apart: true,
      onSelect: () => void removeMessages(desk, album),
    },
  ]
  return items.filter(item => item !== false)
}

function unsentMenu(desk: Desk, message: Message): MenuItem[] {
  const failed = message.state === 'failed'
  const items: (MenuItem | false)[] = [
    failed && {
      label: t('common.retry'),
      icon: 'refresh',
      onSelect: () => desk.engine.messages.retry(desk.id, message.key),
    },
    message.text !== '' && { label: t('chat.copyText'), icon: 'copy', onSelect: () => void copyText(message.text) },
    {
      label: t('chat.discard'),
      icon: 'trash',
      danger: true,
      apart: true,
      onSelect: () => desk.engine.messages.discard(desk.id, message.key),
    },
  ]
  return items.filter(item => item !== false)
}

function pinItem(desk: Desk, message: Message): MenuItem {
  return {
    label: message.pinned ? t('chat.unpinMessage') : t('chat.pinMessage'),
    icon: message.pinned ? 'pinOff' : 'pin',
    onSelect: () => void attempt(desk.engine.messages.pin(desk.id, message.id, !message.pinned, true)),
  }
}

/** What of the message's text is selected on the screen, as a quote to answer. */
function selectedPassage(message: Message): { text: string; offset: number; entities: [] } | undefined {
  const text = window.getSelection()?.toString().trim() ?? ''
  const offset = text ? message.text.indexOf(text) : -1
  return offset >= 0 ? { text, offset, entities: [] } : undefined
}

/** Asks, then deletes; also for the other side if wished. */
export async function removeMessages(desk: Desk, messages: readonly Message[]): Promise<boolean> {
  const chat = desk.chat()
  const name = chatName(desk.engine.state, chat)
  const answer = await confirm({
    title: t('chat.deleteTitle', { count: messages.length }),
    text: chat?.saved ? t('chat.deleteSaved') : t('chat.deleteText'),
    action: t('common.delete'),
    danger: true,
    ...(!chat?.saved && {
      option: { label: t('chat.alsoFor', { name }), checked: messages.every(message => message.out) },
    }),
  })
  if (!answer) return false
  const sent = messages.filter(message => message.id > 0)
  for (const message of messages) if (message.id === 0) desk.engine.messages.discard(desk.id, message.key)
  return (
    sent.length === 0 ||
    attempt(
      desk.engine.messages.remove(
        desk.id,
        sent.map(message => message.id),
        answer.option,
      ),
    )
  )
}
