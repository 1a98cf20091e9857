// People: contacts, profiles, blocking, and one's own profile.

import type { tl } from '@mtcute/core'
import Long from 'long'
import type { Keeper } from './cache/keeper'
import type { Caller } from './client'
import type { OutgoingFile } from './contract/messages'
import type { PeopleActions } from './contract/people'
import { LOOK_MS, PAGE_FOUND, PROFILE_PHOTOS } from './limits'
import { type Files, pictureOf } from './media'
import type { Model } from './model'
import type { Sync } from './sync'
import { type ChatId, Failure, type Person, type PersonDetails, type PersonId } from './types'
import { chatOfPeer, longOfText, numberOfGroup, numberOfPerson, randomLong } from './wire/ids'
import { type KnownPerson, peopleOf, presenceOf } from './wire/people'

export interface PeoplePort {
  caller: Caller
  model: Model
  sync: Sync
  keeper: Keeper
  files(): Files
}

const CONTACTS = 'contacts'

export class People implements PeopleActions {
  /** The file references that changing a profile photo needs, from the last look at the profile. */
  private readonly photos = new Map<string, tl.RawInputPhoto>()

  /** When somebody was last asked for, in milliseconds. */
  private readonly looked = new Map<PersonId, number>()

  constructor(private readonly port: PeoplePort) {}

  /** Everybody this device knows. */
  async restore(limit: number): Promise<void> {
    const { keeper, model } = this.port
    const kept = await keeper.database
      .list<{ person: Person; accessHash?: string }>('people', {}, limit)
      .catch(() => [])
    for (const { person, accessHash } of kept) if (accessHash !== undefined) model.peers.set(person.id, accessHash)
    model.set('people', Object.fromEntries(kept.map(({ person }) => [person.id, person])))
    const contacts = await keeper.database.get<PersonId[]>('facts', CONTACTS).catch(() => undefined)
    if (contacts) model.set('contacts', contacts)
  }

  async person(id: PersonId): Promise<Person | undefined> {
    const { model, caller } = this.port
    const known = model.state.people[id]
    if (known) return known
    if (numberOfPerson(id) === undefined || model.peers.hash(id) === undefined) return undefined
    const users = await caller.call({ _: 'users.getUsers', id: [model.peers.user(id)] })
    model.learn(peopleOf(users))
    return model.state.people[id]
  }

  /** Somebody anew, because something about them changed. */
  async refresh(id: PersonId): Promise<void> {
    const { model, caller } = this.port
    if (id !== model.me && model.peers.hash(id) === undefined) return
    model.learn(peopleOf(await caller.call({ _: 'users.getUsers', id: [model.peers.user(id)] })))
  }

  /** Who is here of all contacts: what changed while the connection was away was told to nobody. */
  async refreshPresence(): Promise<void> {
    const statuses = await this.port.caller.call({ _: 'contacts.getStatuses' })
    this.port.sync.did(
      statuses.map(({ userId, status }) => ({ kind: 'presence', person: `u${userId}`, presence: presenceOf(status) })),
    )
  }

  /** Somebody whose chat is opened, as they are now; at most once in a while. */
  lookedAt(id: PersonId): void {
    if (numberOfPerson(id) === undefined) return
    const now = Date.now()
    if (now - (this.looked.get(id) ?? 0) < LOOK_MS) return
    this.looked.set(id, now)
    this.refresh(id).catch(() => this.looked.delete(id))
  }

  async details(id: PersonId): Promise<PersonDetails> {
    const { model, caller } = this.port
    const group = numberOfGroup(id)
    if (group !== undefined) return this.groupDetails(id, group)
    await this.person(id)
    const user = model.peers.user(id)
    const { fullUser, users } = await caller.call({ _: 'users.getFullUser', id: user })
    model.learn(peopleOf(users))
    const details: PersonDetails = { id, blocked: fullUser.blocked === true, photos: await this.photosOf(id, user) }
    if (fullUser.about) details.about = fullUser.about
    if (fullUser.birthday) {
      const { day, month, year } = fullUser.birthday
      details.birthday = year === undefined ? { day, month } : { day, month, year }
    }
    if (fullUser.ttlPeriod) details.messagesVanishAfter = fullUser.ttlPeriod
    if (fullUser.note) details.note = fullUser.note.text
    model.change(id, { blocked: details.blocked, mutedUntil: fullUser.notifySettings.muteUntil ?? 0 })
    return details
  }

  /** A group has a description, and who is in it becomes known. */
  private async groupDetails(id: PersonId, chatId: number): Promise<PersonDetails> {
    const { fullChat, users, chats } = await this.port.caller.call({ _: 'messages.getFullChat', chatId })
    this.port.model.learn(peopleOf(users, chats))
    this.port.model.change(id, { mutedUntil: fullChat.notifySettings.muteUntil ?? 0 })
    const details: PersonDetails = { id, blocked: false, photos: [] }
    if (fullChat.about) details.about = fullChat.about
    return details
  }

  private async photosOf(id: PersonId, userId: tl.TypeInputUser): Promise<PersonDetails['photos']> {
    if (!this.port.model.state.people[id]?.photo) return []
    const answer = await this.port.caller.call({
      _: 'photos.getUserPhotos',
      userId,
      offset: 0,
      maxId: Long.ZERO,
      limit: PROFILE_PHOTOS,
    })
    return answer.photos.flatMap(photo => {
      if (photo._ !== 'photo') return []
      const { id: photoId, accessHash, fileReference } = photo
      this.photos.set(photoId.toString(), { _: 'inputPhoto', id: photoId, accessHash, fileReference })
      return [pictureOf(photo, { profileOf: id })]
    })
  }

  async byUsername(username: string): Promise<ChatId | undefined> {
    const bare = username.trim().replace(/^@/, '')
    return this.resolved(() => this.port.caller.call({ _: 'contacts.resolveUsername', username: bare }))
  }

  async byPhone(phone: string): Promise<ChatId | undefined> {
    const digits = phone.replace(/\D/g, '')
    return this.resolved(() => this.port.caller.call({ _: 'contacts.resolvePhone', phone: digits }))
  }

  private async resolved(ask: () => Promise<tl.contacts.TypeResolvedPeer>): Promise<ChatId | undefined> {
    try {
      const { peer, users } = await ask()
      this.port.model.learn(peopleOf(users))
      return chatOfPeer(peer)
    } catch (error) {
      const isNobody = error instanceof Failure && /NOT_OCCUPIED|USERNAME_INVALID|PHONE_NUMBER_INVALID/.test(error.code)
      if (isNobody) return undefined
      throw error
    }
  }

  // ------------------------------------------------------------ contacts

  async loadContacts(): Promise<void> {
    const { model, caller, keeper } = this.port
    const answer = await caller.call({ _: 'contacts.getContacts', hash: Long.ZERO })
    if (answer._ === 'contacts.contactsNotModified') return
    model.learn(peopleOf(answer.users))
    const ids = answer.contacts.map(({ userId }) => `u${userId}`)
    const name = (id: PersonId) => model.state.people[id]?.name ?? ''
    ids.sort((one, other) => name(one).localeCompare(name(other)))
    model.set('contacts', ids)
    keeper.put('facts', CONTACTS, ids, CONTACTS)
  }

  /** The list changed: read again, if anybody looks at it. */
  contactsChanged(): void {
    if (this.port.model.state.contacts)
      this.loadContacts().catch(error => console.warn('contacts were not read', error))
  }

  async importContact(contact: { phone: string; firstName: string; lastName: string }): Promise<PersonId | undefined> {
    const { caller, model, sync } = this.port
    const phone = contact.phone.replace(/\D/g, '')
    const one: tl.RawInputPhoneContact = { _: 'inputPhoneContact', clientId: randomLong(), ...contact, phone }
    const answer = await caller.call({ _: 'contacts.importContacts', contacts: [one] })
    model.learn(peopleOf(answer.users))
    const [imported] = answer.imported
    if (imported) sync.did([{ kind: 'contacts' }])
    return imported && `u${imported.userId}`
  }

  async saveContact(
    id: PersonId,
    contact: { firstName: string; lastName: string; phone?: string; showMyPhone: boolean },
  ): Promise<void> {
    const { caller, model, sync } = this.port
    const updates = await caller.call({
      _: 'contacts.addContact',
      id: model.peers.user(id),
      firstName: contact.firstName.trim(),
      lastName: contact.lastName.trim(),
      phone: contact.phone?.replace(/\D/g, '') ?? '',
      addPhonePrivacyException: contact.showMyPhone,
    })
    sync.answered(updates)
    sync.did([{ kind: 'contacts' }])
  }

  async removeContact(id: PersonId): Promise<void> {
    const { caller, model, sync } = this.port
    sync.answered(await caller.call({ _: 'contacts.deleteContacts', id: [model.peers.user(id)] }))
    sync.did([{ kind: 'contacts' }])
  }

  async block(id: PersonId, blocked: boolean): Promise<void> {
    const { caller, model, sync } = this.port
    const peer = model.peers.peer(id)
    await caller.call(blocked ? { _: 'contacts.block', id: peer } : { _: 'contacts.unblock', id: peer })
    sync.did([{ kind: 'chat', chat: id, change: { blocked } }])
  }

  async blocked(): Promise<PersonId[]> {
    const { caller, model } = this.port
    const all: PersonId[] = []
    for (;;) {
      const answer = await caller.call({ _: 'contacts.getBlocked', offset: all.length, limit: PAGE_FOUND * 3 })
      model.learn(peopleOf(answer.users))
      const page = answer.blocked.map(({ peerId }) => chatOfPeer(peerId))
      all.push(...page)
      const total = 'count' in answer ? answer.count : all.length
      if (!page.length || all.length >= total) return all
    }
  }

  // ------------------------------------------------------------ oneself

  async setName(firstName: string, lastName: string): Promise<void> {
    await this.me({ _: 'account.updateProfile', firstName: firstName.trim(), lastName: lastName.trim() })
  }

  async setAbout(about: string): Promise<void> {
    await this.me({ _: 'account.updateProfile', about: about.trim() })
  }

  private async me(request: tl.account.RawUpdateProfileRequest | tl.account.RawUpdateUsernameRequest): Promise<void> {
    const user = await this.port.caller.call(request)
    this.learn(peopleOf([user]))
  }

  async checkUsername(username: string): Promise<string | undefined> {
    const bare = username.trim().replace(/^@/, '')
    try {
      const isFree = await this.port.caller.call({ _: 'account.checkUsername', username: bare })
      return isFree ? undefined : 'USERNAME_OCCUPIED'
    } catch (error) {
      if (error instanceof Failure && error.code.startsWith('USERNAME_')) return error.code
      throw error
    }
  }

  async setUsername(username: string): Promise<void> {
    try {
      await this.me({ _: 'account.updateUsername', username: username.trim().replace(/^@/, '') })
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'USERNAME_NOT_MODIFIED') throw error
    }
  }

  async setBirthday(birthday: PersonDetails['birthday']): Promise<void> {
    await this.port.caller.call({
      _: 'account.updateBirthday',
      ...(birthday ? { birthday: { _: 'birthday' as const, ...birthday } } : {}),
    })
  }

  async setPhoto(
    file: OutgoingFile,
    progress?: (sent: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const { caller, files } = this.port
    const input = await files().upload(file.file, file.name, {
      ...(signal ? { signal } : {}),
      ...(progress ? { progress } : {}),
    })
    const answer = await caller.call({ _: 'photos.uploadProfilePhoto', file: input }, { signal })
    this.learn(peopleOf(answer.users))
    await this.refresh(this.port.model.me)
  }

  async removePhoto(pictureId: string): Promise<void> {
    const { caller, model } = this.port
    let photo = this.photos.get(pictureId)
    if (!photo) {
      await this.photosOf(model.me, model.peers.user(model.me))
      photo = this.photos.get(pictureId)
    }
    const id: tl.RawInputPhoto = photo ?? {
      _: 'inputPhoto',
      id: longOfText(pictureId),
      accessHash: Long.ZERO,
      fileReference: new Uint8Array(),
    }
    await caller.call({ _: 'photos.deletePhotos', id: [id] })
    this.photos.delete(pictureId)
    await this.refresh(model.me)
  }

  private learn(people: KnownPerson[]): void {
    this.port.sync.did([{ kind: 'people', people }])
  }
}
