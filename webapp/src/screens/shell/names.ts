/** How people and chats are called on the screen, and what is said about when they were here. Reactive where called. */
import type { EngineState } from '../../core/engine'
import type { Chat, Person, Typing } from '../../core/types'
import { t } from '../../i18n'
import { dayName, timeOfDay } from '../../i18n/format'
import { now } from '../../ui/surroundings'

/** Seconds within which somebody was here "just now". */
const JUST_NOW = 60
const HOUR = 3600

export function personName(person: Person | undefined): string {
  if (!person) return t('chat.somebody')
  if (person.deleted) return t('chat.deletedAccount')
  return person.name || t('chat.somebody')
}

export function chatPerson(state: EngineState, chat: Chat | undefined): Person | undefined {
  return chat?.person ? state.people[chat.person] : undefined
}

export function chatName(state: EngineState, chat: Chat | undefined): string {
  if (chat?.saved) return t('chat.saved')
  return personName(chatPerson(state, chat))
}

export function isOnline(person: Person | undefined): boolean {
  return person?.presence.kind === 'online' && person.presence.until * 1000 > now() && !person.bot && !person.self
}

/** "online", "last seen at 14:05", "last seen recently" … Empty where it says nothing (oneself). */
export function presenceWords(person: Person | undefined): string {
  if (!person || person.self) return ''
  if (person.deleted) return t('chat.presenceGone')
  if (person.service) return t('chat.presenceService')
  if (person.bot) return t('chat.presenceBot')
  const { presence } = person
  if (presence.kind === 'online') return isOnline(person) ? t('chat.presenceOnline') : lastSeen(presence.until)
  if (presence.kind === 'offline') return lastSeen(presence.at)
  if (presence.kind === 'recently') return t('chat.presenceRecently')
  if (presence.kind === 'withinWeek') return t('chat.presenceWeek')
  if (presence.kind === 'withinMonth') return t('chat.presenceMonth')
  return t('chat.presenceLongAgo')
}

function lastSeen(at: number): string {
  const seconds = now() / 1000 - at
  if (seconds < JUST_NOW) return t('chat.presenceJustNow')
  if (seconds < HOUR) return t('chat.presenceMinutes', { count: Math.floor(seconds / 60) })
  const sameDay = new Date(at * 1000).toDateString() === new Date(now()).toDateString()
  if (sameDay) return t('chat.presenceToday', { time: timeOfDay(at * 1000) })
  return t('chat.presenceDay', { day: dayName(at * 1000, now()) })
}

/** "typing…", "sending a photo…" */
export function typingWords(typing: readonly Typing[] | undefined): string | undefined {
  const action = typing?.[0]?.action
  if (!action) return undefined
  if (action === 'photo') return t('chat.typingPhoto')
  if (action === 'video' || action === 'round') return t('chat.typingVideo')
  if (action === 'file') return t('chat.typingFile')
  if (action === 'voice') return t('chat.typingVoice')
  if (action === 'sticker') return t('chat.typingSticker')
  return t('chat.typing')
}
