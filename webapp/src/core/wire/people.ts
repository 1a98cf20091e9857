// People as the wire tells them.

import type { tl } from '@mtcute/core'
import { avatarOf } from '../media/of-tl'
import type { Person, Presence } from '../types'
import { chatOfPeer, personOfNumber } from './ids'

/** A person with what this account needs to name them. */
export interface KnownPerson {
  person: Person
  accessHash?: string
  /** Told only in part, as in somebody else's message: what is known already is better. */
  partial: boolean
}

/** The account through which a server of this protocol speaks. */
const SERVICE_USER = 777000
/** Avatar colours. */
const COLOURS = 7

/** Everybody an answer names; a group stands among people under its own id, by its title. */
export function peopleOf(users: tl.TypeUser[], chats: tl.TypeChat[] = []): KnownPerson[] {
  const people = users.flatMap(user => (user._ === 'user' ? [personOf(user)] : []))
  return [...people, ...chats.flatMap(groupOf)]
}

function groupOf(chat: tl.TypeChat): KnownPerson[] {
  if (chat._ !== 'chat' && chat._ !== 'chatForbidden') return []
  const person: Person = {
    id: chatOfPeer({ _: 'peerChat', chatId: chat.id }),
    firstName: chat.title,
    lastName: '',
    name: chat.title,
    presence: { kind: 'hidden' },
    colour: chat.id % COLOURS,
    self: false,
    contact: false,
    mutualContact: false,
    deleted: false,
    bot: false,
    service: false,
  }
  // Groups are named without a hash.
  return [{ person, accessHash: '0', partial: false }]
}

export function personOf(user: tl.RawUser): KnownPerson {
  const firstName = user.firstName ?? ''
  const lastName = user.lastName ?? ''
  const id = personOfNumber(user.id)
  const person: Person = {
    id,
    firstName,
    lastName,
    name: nameOf(firstName, lastName),
    presence: presenceOf(user.status),
    colour: user.id % COLOURS,
    self: user.self === true,
    contact: user.contact === true,
    mutualContact: user.mutualContact === true,
    deleted: user.deleted === true,
    bot: user.bot === true,
    service: user.id === SERVICE_USER,
  }
  const username = user.username ?? user.usernames?.find(name => name.active)?.username
  if (username) person.username = username
  if (user.phone) person.phone = user.phone
  const photo = avatarOf(user.photo, id)
  if (photo) person.photo = photo
  return { person, accessHash: user.accessHash?.toString(), partial: user.min === true }
}

export function nameOf(firstName: string, lastName: string): string {
  return `${firstName} ${lastName}`.trim()
}

export function presenceOf(status: tl.TypeUserStatus | undefined): Presence {
  switch (status?._) {
    case 'userStatusOnline':
      return { kind: 'online', until: status.expires }
    case 'userStatusOffline':
      return { kind: 'offline', at: status.wasOnline }
    case 'userStatusRecently':
      return { kind: 'recently' }
    case 'userStatusLastWeek':
      return { kind: 'withinWeek' }
    case 'userStatusLastMonth':
      return { kind: 'withinMonth' }
    default:
      return { kind: 'hidden' }
  }
}
