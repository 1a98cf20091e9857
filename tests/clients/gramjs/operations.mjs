// What the suite may ask of a client. Library helpers where GramJS has one, the raw method where it has none.
import { Api, bigInt, make, pause as stop, resume as goOn, selfOf, signedIn, the, trust } from './clients.mjs'
import * as views from './views.mjs'

const call = (client, request) => the(client).invoke(request)
const view = (client, it) => views.message(it, selfOf(client))

export async function open({ key, snippet, ...settings }, emit) {
  trust(key)
  await make(settings, emit).connect()
}

export const pause = ({ client }) => stop(client)
export const resume = ({ client }) => goOn(client)

export async function send_code({ client, phone }) {
  const settings = new Api.CodeSettings({})
  const sent = await call(client, new Api.auth.SendCode({ phoneNumber: phone, apiId: 1, apiHash: '0'.repeat(32), settings }))
  return { hash: sent.phoneCodeHash, length: sent.type.length }
}

// The raw methods: the helper asks its questions of a person.
export async function sign_in({ client, phone, code, hash }) {
  const signed = await call(client, new Api.auth.SignIn({ phoneNumber: phone, phoneCodeHash: hash, phoneCode: code }))
  if (signed instanceof Api.auth.AuthorizationSignUpRequired) return null
  return views.user(await signedIn(client))
}

export async function sign_up({ client, phone, hash, first_name, last_name }) {
  const who = { phoneNumber: phone, phoneCodeHash: hash, firstName: first_name, lastName: last_name }
  await call(client, new Api.auth.SignUp(who))
  return views.user(await signedIn(client))
}

export async function log_out({ client }) {
  await call(client, new Api.auth.LogOut())
}

export async function me({ client }) {
  return views.user(await the(client).getMe())
}

export async function add_phone({ client, phone, first_name }) {
  const contact = new Api.InputPhoneContact({ clientId: bigInt(1), phone, firstName: first_name, lastName: '' })
  const result = await call(client, new Api.contacts.ImportContacts({ contacts: [contact] }))
  return views.user(result.users[0])
}

export async function find_username({ client, username }) {
  return views.user(await the(client).getEntity(username))
}

export async function user({ client, user: id }) {
  return views.user(await the(client).getEntity(id))
}

export async function contacts({ client }) {
  const found = await call(client, new Api.contacts.GetContacts({ hash: bigInt.zero }))
  return found.users.map(views.user)
}

export async function delete_contact({ client, user: id }) {
  await call(client, new Api.contacts.DeleteContacts({ id: [id] }))
}

export async function block({ client, user: id }) {
  await call(client, new Api.contacts.Block({ id }))
}

export async function unblock({ client, user: id }) {
  await call(client, new Api.contacts.Unblock({ id }))
}

export async function blocked({ client }) {
  const found = await call(client, new Api.contacts.GetBlocked({ offset: 0, limit: 100 }))
  return found.blocked.map((it) => views.peerId(it.peerId))
}

export async function set_name({ client, first_name, last_name }) {
  return views.user(await call(client, new Api.account.UpdateProfile({ firstName: first_name, lastName: last_name })))
}

export async function set_bio({ client, bio }) {
  await call(client, new Api.account.UpdateProfile({ about: bio }))
}

export async function bio({ client, user: id }) {
  return (await call(client, new Api.users.GetFullUser({ id }))).fullUser.about
}

export async function set_username({ client, username }) {
  return views.user(await call(client, new Api.account.UpdateUsername({ username })))
}

export async function set_online({ client, online }) {
  await call(client, new Api.account.UpdateStatus({ offline: !online }))
}

// The library's own message of a short answer lacks what was replied to.
export async function send({ client, chat, text, entities, reply_to }) {
  const formattingEntities = entities.map(([kind, offset, length]) => entity(kind, { offset, length }))
  const options = { message: text, formattingEntities, replyTo: reply_to ?? undefined, linkPreview: false }
  const sent = view(client, await the(client).sendMessage(chat, options))
  return { ...sent, chat: sent.chat ?? selfOf(client), reply_to: sent.reply_to ?? reply_to }
}

const entity = (kind, place) => new Api[kind.charAt(0).toUpperCase() + kind.slice(1)](place)

export async function send_with_id({ client, chat, text, random_id }) {
  const sent = await call(client, new Api.messages.SendMessage({ peer: chat, message: text, randomId: bigInt(random_id) }))
  return sent.id ?? sent.updates.find((it) => it instanceof Api.UpdateMessageID).id
}

export async function edit({ client, chat, id, text }) {
  return view(client, await the(client).editMessage(chat, { message: id, text, formattingEntities: [] }))
}

export async function remove({ client, chat, ids, revoke }) {
  await the(client).deleteMessages(chat, ids, { revoke })
}

export async function read({ client, chat, max_id }) {
  await the(client).markAsRead(chat, undefined, { maxId: max_id })
}

export async function typing({ client, chat }) {
  await call(client, new Api.messages.SetTyping({ peer: chat, action: new Api.SendMessageTypingAction() }))
}

export async function forward({ client, from_chat, ids, to_chat }) {
  const sent = await the(client).forwardMessages(to_chat, { messages: ids, fromPeer: from_chat })
  return sent.flat().map((it) => view(client, it))
}

export async function pin({ client, chat, id }) {
  await the(client).pinMessage(chat, id, { notify: true })
}

export async function unpin({ client, chat, id }) {
  await the(client).unpinMessage(chat, id)
}

export async function pinned({ client, chat }) {
  const found = await the(client).getMessages(chat, { filter: new Api.InputMessagesFilterPinned(), limit: 100 })
  return found.map((it) => it.id)
}

export async function save_draft({ client, chat, text }) {
  await call(client, new Api.messages.SaveDraft({ peer: chat, message: text }))
}

export async function drafts({ client }) {
  const found = await call(client, new Api.messages.GetAllDrafts())
  const told = found.updates.filter((it) => it instanceof Api.UpdateDraftMessage && it.draft.message)
  return Object.fromEntries(told.map((it) => [views.peerId(it.peer), it.draft.message]))
}

export async function messages({ client, chat, ids }) {
  const found = await the(client).getMessages(chat, { ids })
  return found.map((it) => (it ? view(client, it) : null))
}

export async function history({ client, chat, limit, offset_id, reverse }) {
  const found = await the(client).getMessages(chat, { limit, offsetId: offset_id, reverse })
  return found.map((it) => view(client, it))
}

export async function whole_history({ client, chat, page }) {
  const found = []
  for (let offsetId = 0; ; offsetId = found.at(-1).id) {
    const part = await history({ client, chat, limit: page, offset_id: offsetId, reverse: false })
    if (part.length === 0) return found
    found.push(...part)
  }
}

export async function search({ client, chat, query }) {
  const found = await the(client).getMessages(chat, { search: query, limit: 100 })
  return found.map((it) => view(client, it))
}

// Every dialog, by pages of this size: the helper always asks for a hundred, so its loop is written out here.
export async function dialogs({ client, page }) {
  const found = []
  let offset = { offsetDate: 0, offsetId: 0, offsetPeer: new Api.InputPeerEmpty() }
  for (;;) {
    const answer = await call(client, new Api.messages.GetDialogs({ ...offset, limit: page, hash: bigInt.zero }))
    const top = (it) => answer.messages.find((text) => text.id === it.topMessage && views.peerId(text.peerId) === views.peerId(it.peer))
    found.push(...answer.dialogs.map((it) => dialog(it, top(it))))
    if (answer.dialogs.length < page || answer instanceof Api.messages.Dialogs) return found
    const last = answer.dialogs.at(-1)
    offset = { offsetDate: top(last).date, offsetId: last.topMessage, offsetPeer: await the(client).getInputEntity(last.peer) }
  }
}

function dialog(it, top) {
  return {
    chat: views.peerId(it.peer),
    unread: it.unreadCount,
    read_inbox: it.readInboxMaxId,
    read_outbox: it.readOutboxMaxId,
    top: it.topMessage,
    text: top?.message ?? '',
    pinned: Boolean(it.pinned),
  }
}

export async function pin_dialog({ client, chat, pinned: on }) {
  const peer = new Api.InputDialogPeer({ peer: await the(client).getInputEntity(chat) })
  await call(client, new Api.messages.ToggleDialogPin({ peer, pinned: on }))
}

export async function authorizations({ client }) {
  const found = await call(client, new Api.account.GetAuthorizations())
  return found.authorizations.map((it) => ({ hash: it.hash.toString(), current: Boolean(it.current) }))
}

export async function reset_authorization({ client, hash }) {
  await call(client, new Api.account.ResetAuthorization({ hash: bigInt(hash) }))
}

export async function state({ client }) {
  const { pts, qts, seq, date } = await call(client, new Api.updates.GetState())
  return { pts, qts, seq, date }
}
