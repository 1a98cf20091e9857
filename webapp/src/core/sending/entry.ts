// What waits in the queue, in the form it is kept on disk, and the messages that stand for it in a window meanwhile.

import type { OutgoingFile, SendOptions } from '../contract/messages'
import type { ChatId, FormattedText, Media, Message, MessageId, PersonId, Upload } from '../types'

export interface Entry {
  /** Its place in the queue, and its key on disk. */
  order: number
  chat: ChatId
  /** Seconds of the server's clock when it was written. */
  at: number
  /** The messages it becomes: one, or as many as an album or a forward has. */
  parts: Part[]
  options: SendOptions
  what: What
  failure?: string
}

export interface Part {
  key: string
  /** The random number that makes sending twice the same as once. */
  randomId: string
}

export type What =
  | { kind: 'text'; text: FormattedText }
  | { kind: 'files'; files: OutgoingFile[]; album?: string }
  | { kind: 'contact'; phone: string; firstName: string; lastName: string }
  | { kind: 'forward'; from: ChatId; ids: MessageId[]; hideAuthor: boolean; shown: Message[] }

/** The messages of an entry as a window shows them. */
export function shown(entry: Entry, me: PersonId): Message[] {
  return entry.parts.map((part, at) => {
    const message: Message = {
      key: part.key,
      id: 0,
      chat: entry.chat,
      from: me,
      out: true,
      at: entry.at,
      text: '',
      entities: [],
      state: entry.failure ? 'failed' : 'sending',
      pinned: false,
      silent: entry.options.silent === true,
      mentioned: false,
      contentUnread: false,
    }
    if (entry.failure) message.failure = entry.failure
    const { replyTo } = entry.options
    if (replyTo) message.reply = replyTo.quote ? { id: replyTo.id, quote: replyTo.quote } : { id: replyTo.id }
    return { ...message, ...content(entry, at, part) }
  })
}

function content({ what }: Entry, at: number, part: Part): Partial<Message> {
  switch (what.kind) {
    case 'text':
      return { text: what.text.text, entities: what.text.entities }
    case 'contact': {
      const { phone, firstName, lastName } = what
      return { media: { kind: 'contact', phone, firstName, lastName } }
    }
    case 'files': {
      const file = what.files[at]
      if (!file) return {}
      const text = file.caption ?? { text: '', entities: [] }
      const album = what.album ? { album: what.album } : {}
      return { ...text, ...album, media: { kind: 'upload', upload: uploadOf(file, part) } }
    }
    case 'forward': {
      const origin = what.shown[at]
      if (!origin) return {}
      const author = origin.forward ?? { from: origin.from, at: origin.at }
      return {
        text: origin.text,
        entities: origin.entities,
        ...(origin.media ? { media: origin.media as Media } : {}),
        ...(what.hideAuthor ? {} : { forward: author }),
      }
    }
  }
}

function uploadOf(file: OutgoingFile, part: Part): Upload {
  const { width, height, duration, waveform, localUrl, as, name } = file
  return {
    id: part.key,
    as,
    name,
    mime: file.file.type,
    size: file.file.size,
    sent: 0,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(duration === undefined ? {} : { duration }),
    ...(waveform === undefined ? {} : { waveform }),
    ...(localUrl === undefined ? {} : { localUrl }),
    state: 'waiting',
  }
}
