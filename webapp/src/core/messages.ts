// Writing: what the queue takes, and edits, deletions and forwards of what is already there.

import { unwrap } from 'solid-js/store'
import type { Caller } from './client'
import type { MessagesActions, OutgoingFile, SendOptions } from './contract/messages'
import type { Histories } from './history/histories'
import { BATCH_MESSAGES, EDIT_SECONDS } from './limits'
import type { Model } from './model'
import type { Outbox } from './sending/outbox'
import { tidied } from './sending/split'
import type { Sync } from './sync'
import { type ChatId, Failure, type FormattedText, type Message, type MessageId } from './types'
import { entitiesToTl } from './wire/text'

export interface MessagesPort {
  caller: Caller
  model: Model
  sync: Sync
  outbox: Outbox
  histories: Histories
  now(): number
  wrote(chat: ChatId): void
}

export class Messages implements MessagesActions {
  constructor(private readonly port: MessagesPort) {}

  sendText(chat: ChatId, text: FormattedText, options?: SendOptions): string[] {
    this.port.wrote(chat)
    return this.port.outbox.text(chat, plain(text), options && plain(options))
  }

  sendFiles(chat: ChatId, files: OutgoingFile[], options?: SendOptions): string[] {
    this.port.wrote(chat)
    return this.port.outbox.send(chat, files, options && plain(options))
  }

  sendContact(chat: ChatId, contact: { phone: string; firstName: string; lastName: string }): string[] {
    return this.port.outbox.contact(chat, contact)
  }

  retry(_chat: ChatId, key: string): void {
    void this.port.outbox.retry(key)
  }

  discard(_chat: ChatId, key: string): void {
    void this.port.outbox.discard(key)
  }

  async edit(chat: ChatId, id: MessageId, text: FormattedText): Promise<void> {
    const { caller, model, sync } = this.port
    const { text: message, entities } = tidied(plain(text))
    try {
      const updates = await caller.call({
        _: 'messages.editMessage',
        peer: model.peers.peer(chat),
        id,
        message,
        entities: entitiesToTl(entities, model.peers),
      })
      sync.answered(updates)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'MESSAGE_NOT_MODIFIED') throw error
    }
  }

  async remove(_chat: ChatId, ids: MessageId[], forBoth: boolean): Promise<void> {
    const { caller, sync } = this.port
    for (let at = 0; at < ids.length; at += BATCH_MESSAGES) {
      const some = ids.slice(at, at + BATCH_MESSAGES)
      const affected = await caller.call({ _: 'messages.deleteMessages', revoke: forBoth, id: some })
      sync.affected(affected, [{ kind: 'removed', ids: some }])
    }
  }

  async forward(
    from: ChatId,
    ids: MessageId[],
    to: ChatId[],
    options: { hideAuthor?: boolean; silent?: boolean } = {},
  ): Promise<void> {
    const sorted = [...ids].sort((one, other) => one - other)
    const found = await Promise.all(sorted.map(id => this.port.histories.message(from, id)))
    const origins = found.filter(message => message !== undefined)
    if (!origins.length) throw new Failure('MESSAGE_ID_INVALID')
    for (const chat of to) {
      for (let at = 0; at < origins.length; at += BATCH_MESSAGES) {
        this.port.outbox.forward(chat, from, origins.slice(at, at + BATCH_MESSAGES).map(plain), options)
      }
    }
  }

  async pin(chat: ChatId, id: MessageId, pinned: boolean, forBoth: boolean): Promise<void> {
    const peer = this.port.model.peers.peer(chat)
    const updates = await this.port.caller.call({
      _: 'messages.updatePinnedMessage',
      peer,
      id,
      unpin: !pinned,
      pmOneside: !forBoth,
      silent: true,
    })
    this.port.sync.answered(updates)
  }

  canEdit(message: Message): boolean {
    if (message.state !== 'sent' || message.event || message.forward) return false
    const kind = message.media?.kind
    const hasText = kind === undefined || ['photo', 'file', 'video', 'audio', 'voice', 'gif', 'link'].includes(kind)
    const isSaved = message.chat === this.port.model.me
    return hasText && message.out && (isSaved || this.port.now() - message.at < EDIT_SECONDS)
  }
}

/** Without the wrappers of a store, so that it can go to disk and to other tabs. */
function plain<T extends object>(value: T): T {
  return unwrap(value)
}
