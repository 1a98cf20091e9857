/**
 * New messages while nobody looks: a notification of the system with a way to the chat, a sound, and a dot on the tab. The title's count
 * is the shell's. The engine calls in one tab only, so nothing comes twice.
 */
import { createEffect, createRoot } from 'solid-js'
import type { Engine } from '../../core/engine'
import type { Incoming, Media, Message } from '../../core/types'
import { needWords, t } from '../../i18n'
import { go, route } from '../../router'
import { personName } from '../shell/names'
import { showBadge } from './badge'
import { playSound } from './chime'
import { notifyChoice, notifyPermission } from './notifyChoice'

/** Characters of a message that a notification shows. */
const PREVIEW_CHARS = 160

/** Starts; returns what ends it. Call it once somebody is signed in. */
export function startNotifications(engine: Engine): () => void {
  void needWords(['settings']).catch(() => undefined)
  const stopListening = engine.onIncoming(incoming => onIncoming(engine, incoming))
  const stopBadge = createRoot(dispose => {
    createEffect(() => void showBadge(engine.state.unreadTotal > 0))
    return dispose
  })
  return () => {
    stopListening()
    stopBadge()
    void showBadge(false)
  }
}

function onIncoming(engine: Engine, incoming: Incoming): void {
  if (incoming.muted || isSeen(incoming)) return
  if (notifyChoice().sound && !incoming.message.silent) playSound()
  if (document.hidden || !document.hasFocus()) show(engine, incoming)
}

/** The chat is open before somebody's eyes. */
function isSeen(incoming: Incoming): boolean {
  const [screen, chat] = route()
  return document.hasFocus() && screen === 'chat' && chat === incoming.chat
}

function show(engine: Engine, incoming: Incoming): void {
  if (!notifyChoice().show || notifyPermission() !== 'granted') return
  const { preview } = notifyChoice()
  const name = personName(engine.state.people[incoming.message.from])
  const title = preview ? name : t('settings.notify.newMessage')
  const body = preview ? wordsOf(incoming.message) : t('settings.notify.from', { name })
  const options = { body, tag: incoming.chat, icon: 'icon.svg', silent: true, lang: document.documentElement.lang }
  try {
    const notification = new Notification(title, options)
    notification.onclick = () => {
      window.focus()
      go(`/chat/${incoming.chat}`)
      notification.close()
    }
  } catch {
    // Browsers on phones allow this to service workers only.
    void showByWorker(title, options, incoming.chat)
  }
}

async function showByWorker(title: string, options: NotificationOptions, chat: string): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration()
  await worker?.showNotification(title, { ...options, data: { chat } }).catch(() => undefined)
}

/** What a message says, in a line. */
function wordsOf(message: Message): string {
  const text = message.text.replace(/\s+/g, ' ').trim()
  if (text === '') return t(mediaKey(message.media))
  return text.length > PREVIEW_CHARS ? `${text.slice(0, PREVIEW_CHARS)}…` : text
}

function mediaKey(media: Media | undefined) {
  switch (media?.kind) {
    case 'photo':
      return 'settings.notify.photo'
    case 'video':
    case 'gif':
      return 'settings.notify.video'
    case 'voice':
      return 'settings.notify.voice'
    case 'file':
    case 'audio':
      return 'settings.notify.file'
    default:
      return 'settings.notify.other'
  }
}
