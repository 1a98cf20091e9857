// The words of the client: what screens read and what the engine keeps. Nothing of the wire is in here (no constructor names, no
// 64-bit numbers), and everything is plain data, so that it goes into IndexedDB and to other tabs as it is. Times are seconds since
// 1970 on the server's clock, unless a name says otherwise. What is not known is absent, never null or ''.

// ---------------------------------------------------------------- ids

/** A conversation: 'u' and the person's number for a private one; 'g' and 'c' are kept for groups and channels. */
export type ChatId = string
/** A person: 'u' and a number; the private chat with somebody has the same id as they. */
export type PersonId = string
/** The number of a message in its chat, from 1. A message that the server does not have yet has 0: use `key` to tell messages apart. */
export type MessageId = number

// ---------------------------------------------------------------- people

/** When somebody was here, as much as they show. */
export type Presence =
  | { kind: 'online'; until: number }
  | { kind: 'offline'; at: number }
  | { kind: 'recently' | 'withinWeek' | 'withinMonth' | 'hidden' }

export interface Person {
  id: PersonId
  firstName: string
  lastName: string
  /** First and last name as one, never empty: a deleted account or a nameless one has '' here and `deleted` tells. */
  name: string
  username?: string
  /** Digits without plus, if the viewer may see it. */
  phone?: string
  photo?: Picture
  presence: Presence
  /** 0 to 6: which of the seven avatar colours. */
  colour: number
  self: boolean
  contact: boolean
  mutualContact: boolean
  deleted: boolean
  bot: boolean
  /** The account through which the server speaks (login codes, notices). */
  service: boolean
}

/** What a profile shows besides; asked for when somebody looks. */
export interface PersonDetails {
  id: PersonId
  about?: string
  birthday?: { day: number; month: number; year?: number }
  blocked: boolean
  /** All profile photos, newest first, as many as were asked for. */
  photos: Picture[]
  /** Minutes or hours after which new messages vanish, in seconds; 0 or absent: they stay. */
  messagesVanishAfter?: number
  note?: string
}

// ---------------------------------------------------------------- files

/**
 * A file on the server. `key` is the same for the same bytes everywhere and serves as the name in caches. The location is for the
 * engine only.
 */
export interface FileRef {
  key: string
  /** Bytes; 0 if not told. */
  size: number
  mime: string
  /** As its sender called it: hostile text. */
  name?: string
  location: FileLocation
}

/** Opaque outside core/files.ts. 64-bit numbers are decimal strings, bytes are base64. */
export type FileLocation =
  | {
      kind: 'photo' | 'document'
      id: string
      accessHash: string
      fileReference: string
      thumb: string
      source?: FileSource
    }
  | { kind: 'avatar'; person: PersonId; photoId: string; big: boolean }

/** Where a fresh file reference comes from when the old one is worn out. */
export type FileSource = { chat: ChatId; message: MessageId } | { profileOf: PersonId }

/** A still picture in one or more sizes. */
export interface Picture {
  id: string
  /** Width and height of the largest size, in pixels; 0 for avatars. */
  width: number
  height: number
  /** A tiny blurred picture that is there at once: a data: address of a JPEG. */
  preview?: string
  /** Smallest first; at least one. */
  sizes: PictureSize[]
}
export interface PictureSize {
  width: number
  height: number
  file: FileRef
}

export type Media =
  | { kind: 'photo'; picture: Picture; spoiler: boolean }
  /** Anything that is shown by name and size only. */
  | { kind: 'file'; file: FileRef; thumbnail?: Picture }
  | {
      kind: 'video'
      file: FileRef
      thumbnail?: Picture
      width: number
      height: number
      /** Seconds. */
      duration: number
      round: boolean
      spoiler: boolean
    }
  | { kind: 'gif'; file: FileRef; thumbnail?: Picture; width: number; height: number }
  | { kind: 'sticker'; file: FileRef; thumbnail?: Picture; width: number; height: number; emoji: string }
  | { kind: 'audio'; file: FileRef; duration: number; title?: string; performer?: string; thumbnail?: Picture }
  /** `waveform`: 0 to 31 per bar. */
  | { kind: 'voice'; file: FileRef; duration: number; waveform: number[]; heard: boolean }
  | { kind: 'contact'; firstName: string; lastName: string; phone: string; person?: PersonId }
  | { kind: 'location'; latitude: number; longitude: number; title?: string; address?: string }
  | { kind: 'link'; url: string; site?: string; title?: string; description?: string; picture?: Picture }
  /** Still travelling, known only on this device. */
  | { kind: 'upload'; upload: Upload }
  | { kind: 'expired' }
  /** What this client cannot show; `what` is the constructor's name, for a log and not for people. */
  | { kind: 'unsupported'; what: string }

/** A file on its way up, with what is needed to draw it meanwhile. */
export interface Upload {
  /** Names it for `files.cancelUpload`. */
  id: string
  as: 'photo' | 'file' | 'video' | 'voice' | 'audio' | 'gif'
  name: string
  mime: string
  size: number
  sent: number
  width?: number
  height?: number
  duration?: number
  waveform?: number[]
  /** blob: address of the picture, or of the video's first frame, while this page lives. */
  localUrl?: string
  state: 'waiting' | 'running' | 'failed' | 'cancelled'
}

// ---------------------------------------------------------------- messages

/** Formatting over a stretch of text; offset and length in UTF-16 units, as JavaScript counts. */
export type Entity = { offset: number; length: number } & (
  | { kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler' | 'code' }
  | { kind: 'pre'; language: string }
  | { kind: 'quote'; collapsed: boolean }
  /** Text that leads elsewhere: `url` is hostile and may differ from the text; only http, https, mailto and tel may be followed. */
  | { kind: 'link'; url: string }
  /** An address, mail address, phone number, @name, #tag, $TAG or /command as written. */
  | { kind: 'url' | 'email' | 'phone' | 'mention' | 'hashtag' | 'cashtag' | 'command' }
  /** Somebody without a username. */
  | { kind: 'person'; person: PersonId }
)

export interface FormattedText {
  text: string
  entities: Entity[]
}

export interface Reply {
  /** In `chat` if that is another one than the message's own. */
  id: MessageId
  chat?: ChatId
  /** A passage that was quoted. */
  quote?: FormattedText
  /**
   * What it answers, as far as known: filled by the engine from memory, cache or the server. Absent: not known yet. `deleted`: not
   * there any more.
   */
  preview?: { from?: PersonId; text: string; media?: Media['kind']; deleted: boolean }
}

export interface Forward {
  /** Who wrote it first, if they allow the link. */
  from?: PersonId
  /** Their name otherwise. */
  name?: string
  at: number
}

export type MessageState =
  /** In the queue on this device (`id` is 0). */
  | 'sending'
  /** Refused or given up (`failure` says why); `messages.retry` and `messages.discard` are for it. */
  | 'failed'
  /** The server has it. */
  | 'sent'

export interface Message {
  /** Stays the same from the first moment to the last, also when `id` becomes known; unique within its chat. */
  key: string
  id: MessageId
  chat: ChatId
  from: PersonId
  /** Written by this account. */
  out: boolean
  at: number
  editedAt?: number
  text: string
  entities: Entity[]
  media?: Media
  reply?: Reply
  forward?: Forward
  /** Pictures and files with the same value belong together and follow one another. */
  album?: string
  state: MessageState
  /** The error's name when state is 'failed'. */
  failure?: string
  pinned: boolean
  silent: boolean
  /** A service message: `text` is '' and this says what happened. */
  event?: MessageEvent
  mentioned: boolean
  /** Incoming voice or round video not yet listened to, or mention not yet seen. */
  contentUnread: boolean
}

/** What happened to a group. */
export type GroupEvent = 'made' | 'added' | 'gone' | 'joined' | 'renamed' | 'photo'

/** What a service message tells. */
export type MessageEvent =
  | { kind: 'joined' }
  | { kind: 'invited'; by?: PersonId }
  | { kind: 'pinned'; message?: MessageId }
  | { kind: 'photoChanged' }
  | { kind: 'historyCleared' }
  | { kind: 'vanishAfter'; seconds: number }
  | { kind: 'call'; missed: boolean; duration: number }
  | { kind: 'group'; what: GroupEvent; who?: PersonId[]; title?: string }
  | { kind: 'text'; text: string }
  | { kind: 'unsupported'; what: string }

// ---------------------------------------------------------------- chats

export type TypingAction = 'text' | 'photo' | 'file' | 'video' | 'voice' | 'round' | 'sticker' | 'other'

export interface Draft {
  text: string
  entities: Entity[]
  replyTo?: MessageId
  at: number
}

export interface Chat {
  id: ChatId
  kind: 'private' | 'group' | 'channel'
  /**
   * Whose name and photo are the chat's: read `state.people[person]`. The other person, for a private one; a group stands among
   * people under its own id.
   */
  person?: PersonId
  /** Conversation with oneself. */
  saved: boolean
  unread: number
  /** Marked as unread by hand. */
  unreadMark: boolean
  unreadMentions: number
  /** Everything incoming up to here was read. */
  readInbox: MessageId
  /** The other side has read everything outgoing up to here. */
  readOutbox: MessageId
  /** The last message, also one that is still sending. */
  last?: Message
  /** By what the list is sorted within its group: last message or draft. */
  sortAt: number
  pinned: boolean
  archived: boolean
  /** No sound before this time; 0: sounds; 2147483647: until changed. */
  mutedUntil: number
  draft?: Draft
  blocked: boolean
  /** False while only parts are known, for instance in a chat opened by a link. */
  listed: boolean
}

/** Somebody is writing. Ends by itself: the engine removes it. */
export interface Typing {
  person: PersonId
  action: TypingAction
}

// ---------------------------------------------------------------- the session

/** Where a person stands between the open page and the list of chats. */
export type Session =
  /** Nothing is known yet: the page has just opened. Lasts milliseconds if the cache knows an account. */
  | { step: 'connecting' }
  /** No account is known and the server cannot be reached; tried again by itself. */
  | { step: 'offline'; retryAt: number }
  /** The server has another key than at the first visit. Nothing is sent until the person decides: `session.acceptServerKey`. */
  | { step: 'keyChanged'; known: string; now: string }
  /** Connected, nobody signed in. */
  | { step: 'signedOut' }
  /** Full: asked again by itself at `askAgainAt` (milliseconds of this device's clock) until it becomes the next step. */
  | { step: 'waitingRoom'; place: number; expectedSeconds: number; askAgainAt: number }
  | { step: 'code'; phone: string; code: SentCode }
  | { step: 'qr'; url: string; expiresAt: number }
  | { step: 'password'; hint: string; canRecover: boolean; recoveryMail?: string }
  | { step: 'signUp'; phone: string; terms?: string }
  /** An account is there; `state.connection` tells whether the server is reached. */
  | { step: 'ready'; me: PersonId }
  /** The device was signed out from elsewhere, or the account is gone; caches are wiped. `session.start` leads on. */
  | { step: 'ended'; reason: 'signedOut' | 'deleted' | 'banned' }

export interface SentCode {
  /** Where the code went: another device, a text message, this server's door, a mail. */
  by: 'app' | 'sms' | 'door' | 'mail' | 'call' | 'other'
  /** Digits; 0 if not told. */
  length: number
  /** For 'door': where the code can be had. Always on this server, else absent. */
  url?: string
  /** When `session.resendCode` becomes possible, milliseconds of this device's clock; absent: never. */
  resendAt?: number
}

export type Connection =
  | { state: 'online' }
  /** Connected, catching up with what happened meanwhile. */
  | { state: 'updating' }
  | { state: 'connecting' }
  /** Gone; `retryAt` in milliseconds of this device's clock, 0 if the device itself says it is offline. */
  | { state: 'offline'; retryAt: number }

/** /app/server.json, and server.facts when reached. */
export interface ServerFacts {
  name: string
  version: string
  signUp: 'open' | 'invite' | 'approval' | 'closed'
  doorNumbers: boolean
  phoneCodes: boolean
  mail: boolean
  reservedPrefix: string
  baseUrl: string
  people?: number
  peopleInvite: boolean
}

/** A signed-in device. */
export interface Device {
  /** Names it for `settings.endDevice`. */
  hash: string
  current: boolean
  app: string
  device: string
  system: string
  address: string
  place: string
  createdAt: number
  activeAt: number
  /** Waits for the second password. */
  passwordPending: boolean
}

export interface NotificationSettings {
  /** For private chats in general. */
  mutedUntil: number
  showPreviews: boolean
  sound: boolean
}

export type PrivacyKey =
  | 'phone'
  | 'findByPhone'
  | 'lastSeen'
  | 'photo'
  | 'about'
  | 'birthday'
  | 'forwards'
  | 'calls'
  | 'invites'
  | 'voice'
export type PrivacyValue = 'everybody' | 'contacts' | 'nobody'

export interface PasswordState {
  set: boolean
  hint?: string
  /** A mail address waits for its code. */
  mailPending?: string
  hasRecovery: boolean
  /** A reset was asked for and comes at this time. */
  resetAt?: number
}

/** account.protection: how well an account without a phone is guarded. */
export interface Protection {
  doorNumber: boolean
  password: boolean
  recoveryCode: boolean
  recoveryMadeAt?: number
  mail?: string
  /** They may open the administration. */
  administrator?: boolean
}

export interface PersonalInvite {
  code: string
  link: string
  usesLeft: number
  used: number
}

/** A found message with the passage's chat. */
export interface FoundMessage {
  chat: ChatId
  message: Message
}

/** What another part of this device should hear about: one per incoming message that deserves a notification, in one tab only. */
export interface Incoming {
  chat: ChatId
  message: Message
  /** The chat, or everything, is muted: count it, make no sound. */
  muted: boolean
}

// ---------------------------------------------------------------- failures

/**
 * Every rejected promise of the engine is one of these. `code` is either the server's error name without its number
 * (PHONE_CODE_INVALID, FLOOD_WAIT, …) or one of ours: OFFLINE, TIMEOUT, CANCELLED, TOO_LARGE, STORAGE_FULL, INTERNAL.
 * Screens translate `code`; `message` is for logs.
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  constructor(
    readonly code: string,
    /** The number in the error's name, for instance seconds of a FLOOD_WAIT. */
    readonly amount?: number,
    options?: { cause?: unknown },
  ) {
    super(amount === undefined ? code : `${code}_${amount}`, options)
  }
}
