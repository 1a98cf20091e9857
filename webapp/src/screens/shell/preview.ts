/** A message in one line: for the list of chats, quotes, search results and notifications. */
import type { EngineState } from '../../core/engine'
import type { FormattedText, Media, Message, MessageEvent } from '../../core/types'
import { type Key, t } from '../../i18n'
import { duration } from '../../i18n/format'
import type { IconName } from '../../ui/icons'
import { personName } from './names'

type GroupHappening = Extract<MessageEvent, { kind: 'group' }>

/** UTF-16 units that are worth putting into one line. */
const LINE = 160
/** Stands for the letters of a spoiler. */
const HIDDEN = '▒'

type Kind = Media['kind']

const MEDIA: Readonly<Partial<Record<Kind, Key>>> = {
  photo: 'chat.mediaPhoto',
  video: 'chat.mediaVideo',
  gif: 'chat.mediaGif',
  file: 'chat.mediaFile',
  audio: 'chat.mediaAudio',
  voice: 'chat.mediaVoice',
  sticker: 'chat.mediaSticker',
  contact: 'chat.mediaContact',
  location: 'chat.mediaLocation',
  expired: 'chat.mediaExpired',
  unsupported: 'chat.mediaUnsupported',
}

const ICONS: Readonly<Partial<Record<Kind, IconName>>> = {
  photo: 'image',
  video: 'video',
  gif: 'video',
  file: 'file',
  audio: 'volume',
  voice: 'mic',
  sticker: 'smile',
  contact: 'person',
  location: 'globe',
}

/** Uploads are named after what they will be. */
function kindOf(media: Media | undefined): Kind | undefined {
  return media?.kind === 'upload' ? media.upload.as : media?.kind
}

export function mediaWords(kind: Kind | undefined): string {
  const key = kind && MEDIA[kind]
  return key ? t(key) : ''
}

export function mediaIcon(media: Media | undefined): IconName | undefined {
  const kind = kindOf(media)
  return kind && ICONS[kind]
}

/** Text, caption, media kind or what happened; never empty for a message that has anything. */
export function messageLine(state: EngineState, message: Message): string {
  if (message.event) return eventWords(state, message.event, message)
  const text = oneLine(message)
  if (text) return text
  if (message.media?.kind === 'file') return message.media.file.name || t('chat.mediaFile')
  if (message.media?.kind === 'sticker') return `${message.media.emoji} ${t('chat.mediaSticker')}`.trim()
  return mediaWords(kindOf(message.media))
}

/** On one line, with spoilers hidden. */
export function oneLine(text: FormattedText): string {
  let shown = text.text.slice(0, LINE)
  for (const entity of text.entities) {
    if (entity.kind !== 'spoiler' || entity.offset >= LINE) continue
    const end = Math.min(entity.offset + entity.length, shown.length)
    shown = shown.slice(0, entity.offset) + HIDDEN.repeat(Math.max(0, end - entity.offset)) + shown.slice(end)
  }
  return shown.replace(/\s+/gu, ' ').trim()
}

/** What happened to a group, by whom and to whom. */
function groupWords(state: EngineState, event: GroupHappening, name: string): string {
  const who = (event.who ?? []).map(id => personName(state.people[id])).join(', ')
  const title = event.title ?? ''
  switch (event.what) {
    case 'made':
      return t('chat.eventGroupMade', { name, title })
    case 'added':
      return who === name ? t('chat.eventGroupBack', { name }) : t('chat.eventGroupAdded', { name, who })
    case 'gone':
      return who === name ? t('chat.eventGroupLeft', { name }) : t('chat.eventGroupGone', { name, who })
    case 'joined':
      return t('chat.eventGroupJoined', { name })
    case 'renamed':
      return t('chat.eventGroupRenamed', { name, title })
    case 'photo':
      return t('chat.eventGroupPhoto', { name })
  }
}

/** What a service message says. */
export function eventWords(state: EngineState, event: MessageEvent, message: Message): string {
  const name = personName(state.people[message.from])
  const mine = message.out
  if (event.kind === 'joined') return mine ? t('chat.eventJoinedYou') : t('chat.eventJoined', { name })
  if (event.kind === 'invited') return mine ? t('chat.eventInvitedYou') : t('chat.eventInvited', { name })
  if (event.kind === 'pinned') return mine ? t('chat.eventPinnedYou') : t('chat.eventPinned', { name })
  if (event.kind === 'photoChanged') return t('chat.eventPhoto', { name })
  if (event.kind === 'historyCleared') return t('chat.eventCleared')
  if (event.kind === 'vanishAfter') {
    return event.seconds > 0 ? t('chat.eventVanish', { time: duration(event.seconds) }) : t('chat.eventVanishOff')
  }
  if (event.kind === 'call') return event.missed ? t('chat.eventCallMissed') : t('chat.eventCall')
  if (event.kind === 'group') return groupWords(state, event, name)
  return event.kind === 'text' ? event.text : t('chat.mediaUnsupported')
}
