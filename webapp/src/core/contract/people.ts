import type { OutgoingFile } from './messages'
import type { ChatId, Person, PersonDetails, PersonId } from '../types'

export interface PeopleActions {
  /** Makes sure they are in `state.people`; undefined if nobody is there. */
  person(id: PersonId): Promise<Person | undefined>
  details(id: PersonId): Promise<PersonDetails>
  /** Somebody by username (with or without @); undefined if nobody has it. */
  byUsername(username: string): Promise<ChatId | undefined>
  /** Somebody by number (any spelling), if they let themselves be found so. */
  byPhone(phone: string): Promise<ChatId | undefined>
  /** Fills `state.contacts`; from the cache at once, then from the server. */
  loadContacts(): Promise<void>
  /** Adds somebody one knows the number of; undefined when nobody here has it. */
  importContact(contact: { phone: string; firstName: string; lastName: string }): Promise<PersonId | undefined>
  /** Adds somebody seen here, or renames a contact. */
  saveContact(
    id: PersonId,
    contact: { firstName: string; lastName: string; phone?: string; showMyPhone: boolean },
  ): Promise<void>
  removeContact(id: PersonId): Promise<void>
  block(id: PersonId, blocked: boolean): Promise<void>
  blocked(): Promise<PersonId[]>

  // One's own profile.
  setName(firstName: string, lastName: string): Promise<void>
  setAbout(about: string): Promise<void>
  /** Whether a username can be had: undefined if yes, else the error (USERNAME_INVALID, USERNAME_OCCUPIED). */
  checkUsername(username: string): Promise<string | undefined>
  /** '' removes it. */
  setUsername(username: string): Promise<void>
  setBirthday(birthday: PersonDetails['birthday']): Promise<void>
  setPhoto(file: OutgoingFile, progress?: (sent: number, total: number) => void, signal?: AbortSignal): Promise<void>
  removePhoto(pictureId: string): Promise<void>
}
