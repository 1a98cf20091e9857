// Ids on the wire and ours.

import type { tl } from '@mtcute/core'
import Long from 'long'
import type { ChatId, PersonId } from '../types'

/** The chat of a peer: private, group or channel. */
export function chatOfPeer(peer: tl.TypePeer): ChatId {
  switch (peer._) {
    case 'peerUser':
      return `u${peer.userId}`
    case 'peerChat':
      return `g${peer.chatId}`
    case 'peerChannel':
      return `c${peer.channelId}`
  }
}

export function personOfNumber(userId: number): PersonId {
  return `u${userId}`
}

/** The number of a person; undefined for what is none, for instance an address somebody typed. */
export function numberOfPerson(person: PersonId | ChatId): number | undefined {
  const digits = /^u(\d{1,15})$/.exec(person)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** The number of a group; undefined for what is none. */
export function numberOfGroup(chat: ChatId): number | undefined {
  const digits = /^g(\d{1,15})$/.exec(chat)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** 64-bit numbers as decimal text and back. */
export function textOfLong(value: Long): string {
  return value.toString()
}
export function longOfText(text: string): Long {
  return Long.fromString(text)
}

/** A random number of the protocol's size, never 0. */
export function randomLong(): Long {
  const [low = 1, high = 0] = crypto.getRandomValues(new Int32Array(2))
  return new Long(low || 1, high)
}

/** Names people on the wire: with the access hash that this account was given for them. */
export class Peers {
  private readonly hashes = new Map<PersonId, string>()
  me?: PersonId

  set(person: PersonId, accessHash: string): void {
    this.hashes.set(person, accessHash)
  }

  hash(person: PersonId): string | undefined {
    return this.hashes.get(person)
  }

  clear(): void {
    this.hashes.clear()
    this.me = undefined
  }

  peer(chat: ChatId): tl.TypeInputPeer {
    if (chat === this.me) return { _: 'inputPeerSelf' }
    const chatId = numberOfGroup(chat)
    if (chatId !== undefined) return { _: 'inputPeerChat', chatId }
    const userId = numberOfPerson(chat)
    if (userId === undefined) return { _: 'inputPeerEmpty' }
    return { _: 'inputPeerUser', userId, accessHash: this.accessHash(chat) }
  }

  user(person: PersonId): tl.TypeInputUser {
    if (person === this.me) return { _: 'inputUserSelf' }
    const userId = numberOfPerson(person)
    if (userId === undefined) return { _: 'inputUserEmpty' }
    return { _: 'inputUser', userId, accessHash: this.accessHash(person) }
  }

  private accessHash(person: PersonId): Long {
    return Long.fromString(this.hashes.get(person) ?? '0')
  }
}
