// Messages and dialogs as the wire tells them.

import type { tl } from '@mtcute/core'
import { mediaOf } from '../media/of-tl'
import type { Chat, ChatId, Draft, Forward, Message, MessageEvent, PersonId, Reply } from '../types'
import { chatOfPeer, personOfNumber } from './ids'
import { entitiesOf } from './text'

/** A message; undefined for an empty one. `me`: this account. */
export function messageOf(raw: tl.TypeMessage, me: PersonId): Message | undefined {
  if (raw._ === 'messageEmpty') return undefined
  const chat = chatOfPeer(raw.peerId)
  const out = raw.out === true || chat === me
  const message: Message = {
    key: `m${raw.id}`,
    id: raw.id,
    chat,
    from: raw.fromId ? chatOfPeer(raw.fromId) : out ? me : chat,
    out,
    at: raw.date,
    text: '',
    entities: [],
    state: 'sent',
    pinned: false,
    silent: raw.silent === true,
    mentioned: raw.mentioned === true,
    contentUnread: raw.mediaUnread === true,
  }
  const reply = replyOf(raw.replyTo, chat)
  if (reply) message.reply = reply
  if (raw._ === 'messageService') message.event = eventOf(raw.action, reply)
  else fill(message, raw)
  return message
}

function fill(message: Message, raw: tl.RawMessage): void {
  message.text = raw.message
  message.entities = entitiesOf(raw.entities, raw.message)
  message.pinned = raw.pinned === true
  const media = raw.media && mediaOf(raw.media, { chat: message.chat, message: message.id })
  if (media) message.media = media
  if (raw.editDate && !raw.editHide) message.editedAt = raw.editDate
  if (raw.groupedId) message.album = raw.groupedId.toString()
  const forward = forwardOf(raw.fwdFrom)
  if (forward) message.forward = forward
}

function forwardOf(raw: tl.TypeMessageFwdHeader | undefined): Forward | undefined {
  if (!raw) return undefined
  const forward: Forward = { at: raw.date }
  if (raw.fromId) forward.from = chatOfPeer(raw.fromId)
  if (raw.fromName) forward.name = raw.fromName
  return forward
}

function replyOf(raw: tl.TypeMessageReplyHeader | undefined, chat: ChatId): Reply | undefined {
  if (raw?._ !== 'messageReplyHeader' || !raw.replyToMsgId) return undefined
  const reply: Reply = { id: raw.replyToMsgId }
  const other = raw.replyToPeerId && chatOfPeer(raw.replyToPeerId)
  if (other && other !== chat) reply.chat = other
  if (raw.quoteText) reply.quote = { text: raw.quoteText, entities: entitiesOf(raw.quoteEntities, raw.quoteText) }
  return reply
}

function eventOf(action: tl.TypeMessageAction, reply: Reply | undefined): MessageEvent {
  switch (action._) {
    case 'messageActionContactSignUp':
      return { kind: 'joined' }
    case 'messageActionPinMessage':
      return reply ? { kind: 'pinned', message: reply.id } : { kind: 'pinned' }
    case 'messageActionHistoryClear':
      return { kind: 'historyCleared' }
    case 'messageActionSetMessagesTTL':
      return { kind: 'vanishAfter', seconds: action.period }
    case 'messageActionSuggestProfilePhoto':
      return { kind: 'photoChanged' }
    case 'messageActionPhoneCall':
      return {
        kind: 'call',
        missed: action.reason?._ === 'phoneCallDiscardReasonMissed',
        duration: action.duration ?? 0,
      }
    case 'messageActionChatCreate':
      return { kind: 'group', what: 'made', title: action.title }
    case 'messageActionChatAddUser':
      return { kind: 'group', what: 'added', who: action.users.map(personOfNumber) }
    case 'messageActionChatDeleteUser':
      return { kind: 'group', what: 'gone', who: [personOfNumber(action.userId)] }
    case 'messageActionChatJoinedByLink':
      return { kind: 'group', what: 'joined' }
    case 'messageActionChatEditTitle':
      return { kind: 'group', what: 'renamed', title: action.title }
    case 'messageActionChatEditPhoto':
    case 'messageActionChatDeletePhoto':
      return { kind: 'group', what: 'photo' }
    case 'messageActionCustomAction':
      return { kind: 'text', text: action.message }
    default:
      return { kind: 'unsupported', what: action._ }
  }
}

export function messagesOf(raw: tl.TypeMessage[], me: PersonId): Message[] {
  return raw.flatMap(one => messageOf(one, me) ?? [])
}

export function draftOf(raw: tl.TypeDraftMessage | undefined): Draft | undefined {
  if (raw?._ !== 'draftMessage') return undefined
  const draft: Draft = { text: raw.message, entities: entitiesOf(raw.entities, raw.message), at: raw.date }
  if (raw.replyTo?._ === 'inputReplyToMessage') draft.replyTo = raw.replyTo.replyToMsgId
  return draft.text || draft.replyTo ? draft : undefined
}

/** When a chat's notifications come back, 0 if they are on. */
export function mutedUntilOf(raw: tl.TypePeerNotifySettings | undefined): number {
  return raw?.muteUntil ?? 0
}

export const ARCHIVE_FOLDER = 1

export function chatOfDialog(raw: tl.RawDialog, last: Message | undefined, me: PersonId): Chat {
  const id = chatOfPeer(raw.peer)
  const draft = draftOf(raw.draft)
  const chat: Chat = {
    ...emptyChat(id, me),
    unread: raw.unreadCount,
    unreadMark: raw.unreadMark === true,
    unreadMentions: raw.unreadMentionsCount,
    readInbox: raw.readInboxMaxId,
    readOutbox: raw.readOutboxMaxId,
    sortAt: Math.max(last?.at ?? 0, draft?.at ?? 0),
    pinned: raw.pinned === true,
    archived: raw.folderId === ARCHIVE_FOLDER,
    mutedUntil: mutedUntilOf(raw.notifySettings),
    listed: true,
  }
  if (last) chat.last = last
  if (draft) chat.draft = draft
  return chat
}

/** A chat of which nothing is known but with whom it is. */
export function emptyChat(id: ChatId, me: PersonId): Chat {
  const kind = id.startsWith('u') ? 'private' : id.startsWith('g') ? 'group' : 'channel'
  const chat: Chat = {
    id,
    kind,
    saved: id === me,
    unread: 0,
    unreadMark: false,
    unreadMentions: 0,
    readInbox: 0,
    readOutbox: 0,
    sortAt: 0,
    pinned: false,
    archived: false,
    mutedUntil: 0,
    blocked: false,
    listed: false,
  }
  if (kind !== 'channel') chat.person = id
  return chat
}
