// One update of the wire as events. Counters and gaps are not known here.

import type { tl } from '@mtcute/core'
import type { Event } from '../events'
import type { PersonId, TypingAction } from '../types'
import { chatOfPeer, personOfNumber } from './ids'
import { ARCHIVE_FOLDER, draftOf, messageOf, mutedUntilOf } from './messages'
import { nameOf, presenceOf } from './people'

/** Things that are not events of the mailbox, and are acted upon elsewhere. */
export interface Aside {
  loginToken(): void
  /** Somebody signed in, or wants to: the service account tells in its chat. */
  devices(): void
  /** One person's names changed. */
  named(person: PersonId, change: { firstName: string; lastName: string; name: string; username?: string }): void
  /** The whole row of pinned chats has to be asked for. */
  pins(): void
  /** Somebody has to be asked for again. */
  person(person: PersonId): void
}

export function eventsOfUpdate(update: tl.TypeUpdate, me: PersonId, live: boolean, aside: Aside): Event[] {
  switch (update._) {
    case 'updateNewMessage': {
      const message = messageOf(update.message, me)
      return message ? [{ kind: 'new', message, live }] : []
    }
    case 'updateEditMessage': {
      const message = messageOf(update.message, me)
      return message ? [{ kind: 'changed', message }] : []
    }
    case 'updateDeleteMessages':
      return [{ kind: 'removed', ids: update.messages }]
    case 'updateReadHistoryInbox':
      return [{ kind: 'readInbox', chat: chatOfPeer(update.peer), upTo: update.maxId, unread: update.stillUnreadCount }]
    case 'updateReadHistoryOutbox':
      return [{ kind: 'readOutbox', chat: chatOfPeer(update.peer), upTo: update.maxId }]
    case 'updateReadMessagesContents':
      return [{ kind: 'contentRead', ids: update.messages }]
    case 'updatePinnedMessages':
      return [{ kind: 'messagesPinned', ids: update.messages, pinned: update.pinned === true }]
    default:
      return stateEvents(update, aside)
  }
}

/** What has no place in the log of messages. */
function stateEvents(update: tl.TypeUpdate, aside: Aside): Event[] {
  switch (update._) {
    case 'updateDraftMessage':
      return [{ kind: 'chat', chat: chatOfPeer(update.peer), change: { draft: draftOf(update.draft) } }]
    case 'updateDialogPinned':
      if (update.peer._ !== 'dialogPeer') return []
      return [{ kind: 'chat', chat: chatOfPeer(update.peer.peer), change: { pinned: update.pinned === true } }]
    case 'updatePinnedDialogs':
      return pinnedOrder(update, aside)
    case 'updateDialogUnreadMark':
      if (update.peer._ !== 'dialogPeer') return []
      return [{ kind: 'chat', chat: chatOfPeer(update.peer.peer), change: { unreadMark: update.unread === true } }]
    case 'updateNotifySettings':
      if (update.peer._ !== 'notifyPeer') return []
      return [
        {
          kind: 'chat',
          chat: chatOfPeer(update.peer.peer),
          change: { mutedUntil: mutedUntilOf(update.notifySettings) },
        },
      ]
    case 'updateFolderPeers':
      return update.folderPeers.map(({ peer, folderId }) => ({
        kind: 'chat',
        chat: chatOfPeer(peer),
        change: { archived: folderId === ARCHIVE_FOLDER, ...(folderId === ARCHIVE_FOLDER ? { pinned: false } : {}) },
      }))
    case 'updatePeerBlocked':
      return [{ kind: 'chat', chat: chatOfPeer(update.peerId), change: { blocked: update.blocked === true } }]
    default:
      return peopleEvents(update, aside)
  }
}

function peopleEvents(update: tl.TypeUpdate, aside: Aside): Event[] {
  switch (update._) {
    case 'updateUserStatus':
      return [{ kind: 'presence', person: personOfNumber(update.userId), presence: presenceOf(update.status) }]
    case 'updateUserTyping': {
      const person = personOfNumber(update.userId)
      return [{ kind: 'typing', chat: person, person, action: typingOf(update.action) }]
    }
    case 'updateChatUserTyping': {
      const chat = chatOfPeer({ _: 'peerChat', chatId: update.chatId })
      return [{ kind: 'typing', chat, person: chatOfPeer(update.fromId), action: typingOf(update.action) }]
    }
    case 'updateUserName': {
      const { firstName, lastName } = update
      const username = update.usernames.find(name => name.active)?.username
      aside.named(personOfNumber(update.userId), { firstName, lastName, name: nameOf(firstName, lastName), username })
      return []
    }
    case 'updateUserPhone':
    case 'updateUser':
      aside.person(personOfNumber(update.userId))
      return []
    case 'updatePeerSettings':
      // Somebody became a contact, or is none any more: the person comes with the update.
      return [{ kind: 'contacts' }]
    case 'updateContactsReset':
      return [{ kind: 'contacts' }]
    case 'updateLoginToken':
      aside.loginToken()
      return []
    case 'updateNewAuthorization':
      aside.devices()
      return []
    default:
      return []
  }
}

function pinnedOrder(update: tl.RawUpdatePinnedDialogs, aside: Aside): Event[] {
  if (update.folderId) return []
  if (!update.order) {
    aside.pins()
    return []
  }
  const order = update.order.flatMap(peer => (peer._ === 'dialogPeer' ? [chatOfPeer(peer.peer)] : []))
  return [{ kind: 'pinnedOrder', order }]
}

function typingOf(action: tl.TypeSendMessageAction): TypingAction | undefined {
  switch (action._) {
    case 'sendMessageCancelAction':
      return undefined
    case 'sendMessageTypingAction':
      return 'text'
    case 'sendMessageUploadPhotoAction':
      return 'photo'
    case 'sendMessageUploadDocumentAction':
      return 'file'
    case 'sendMessageUploadVideoAction':
    case 'sendMessageRecordVideoAction':
      return 'video'
    case 'sendMessageUploadAudioAction':
    case 'sendMessageRecordAudioAction':
      return 'voice'
    case 'sendMessageUploadRoundAction':
    case 'sendMessageRecordRoundAction':
      return 'round'
    case 'sendMessageChooseStickerAction':
      return 'sticker'
    default:
      return 'other'
  }
}

export function typingToTl(action: TypingAction | undefined): tl.TypeSendMessageAction {
  switch (action) {
    case undefined:
      return { _: 'sendMessageCancelAction' }
    case 'photo':
      return { _: 'sendMessageUploadPhotoAction', progress: 0 }
    case 'file':
      return { _: 'sendMessageUploadDocumentAction', progress: 0 }
    case 'video':
      return { _: 'sendMessageUploadVideoAction', progress: 0 }
    case 'voice':
      return { _: 'sendMessageRecordAudioAction' }
    case 'round':
      return { _: 'sendMessageRecordRoundAction' }
    case 'sticker':
      return { _: 'sendMessageChooseStickerAction' }
    default:
      return { _: 'sendMessageTypingAction' }
  }
}
