// What the suite may ask of a client. Library helpers where mtcute has one, the raw method where it has none.
import Long from 'long'
import { drop, make, settingsOf, the, trust } from './clients.mjs'
import * as views from './views.mjs'

const self = (client) => client.storage.self.getCached()?.userId ?? null
const messageOf = (client, it) => views.message(it.raw, self(client))

export async function open({ key, ...settings }, emit) {
  await trust(key)
  await make(settings, emit).connect()
}

export async function pause({ client }) {
  await drop(client)
}

export async function resume({ client }, emit) {
  const made = make({ ...settingsOf(client), catch_up: true }, emit)
  await made.connect()
  await made.startUpdatesLoop()
}

export async function send_code({ client, phone }) {
  const sent = await the(client).sendCode({ phone })
  return { hash: sent.phoneCodeHash, length: sent.length }
}

// The raw method: the helper refuses the answer that asks for sign-up.
export async function sign_in({ client, phone, code, hash }) {
  const auth = await the(client).call({ _: 'auth.signIn', phoneNumber: phone, phoneCode: code, phoneCodeHash: hash })
  if (auth._ === 'auth.authorizationSignUpRequired') return null
  return views.user(await the(client).notifyLoggedIn(auth))
}

export async function sign_up({ client, phone, hash, first_name, last_name }) {
  const request = { _: 'auth.signUp', phoneNumber: phone, phoneCodeHash: hash, firstName: first_name, lastName: last_name }
  return views.user(await the(client).notifyLoggedIn(await the(client).call(request)))
}

export async function log_out({ client }) {
  await the(client).logOut()
}

export async function me({ client }) {
  return views.user((await the(client).getMe()).raw)
}

export async function add_phone({ client, phone, first_name }) {
  const result = await the(client).importContacts([{ phone, firstName: first_name, lastName: '' }])
  return views.user(result.users[0])
}

export async function find_username({ client, username }) {
  const peer = await the(client).getPeer(username)
  return peer && views.user(peer.raw)
}

export async function user({ client, user: id }) {
  return views.user((await the(client).getUser(id)).raw)
}

export async function contacts({ client }) {
  return (await the(client).getContacts()).map((it) => views.user(it.raw))
}

export async function delete_contact({ client, user: id }) {
  await the(client).deleteContacts(id)
}

export async function send({ client, chat, text, entities, reply_to }) {
  const formatted = entities.map(([kind, offset, length]) => ({ _: kind, offset, length }))
  const sent = await the(client).sendText(chat, { text, entities: formatted }, { replyTo: reply_to ?? undefined })
  return messageOf(the(client), sent)
}

export async function send_with_id({ client, chat, text, random_id }) {
  const peer = await the(client).resolvePeer(chat)
  const updates = await the(client).call({ _: 'messages.sendMessage', peer, message: text, randomId: Long.fromString(random_id) })
  the(client).handleClientUpdate(updates, true)
  return updates.id ?? updates.updates.find((it) => it._ === 'updateMessageID').id
}

export async function edit({ client, chat, id, text }) {
  return messageOf(the(client), await the(client).editMessage({ chatId: chat, message: id, text }))
}

export async function remove({ client, chat, ids, revoke }) {
  await the(client).deleteMessagesById(chat, ids, { revoke })
}

export async function read({ client, chat, max_id }) {
  await the(client).readHistory(chat, { maxId: max_id })
}

export async function typing({ client, chat }) {
  await the(client).sendTyping(chat, 'typing')
}

export async function forward({ client, from_chat, ids, to_chat }) {
  const sent = await the(client).forwardMessagesById({ fromChatId: from_chat, messages: ids, toChatId: to_chat })
  return sent.map((it) => messageOf(the(client), it))
}

export async function pin({ client, chat, id }) {
  await the(client).pinMessage({ chatId: chat, message: id, bothSides: true })
}

export async function unpin({ client, chat, id }) {
  await the(client).unpinMessage({ chatId: chat, message: id })
}

export async function pinned({ client, chat }) {
  const found = await the(client).searchMessages({ chatId: chat, filter: { _: 'inputMessagesFilterPinned' } })
  return found.map((it) => it.id)
}

export async function save_draft({ client, chat, text }) {
  await the(client).saveDraft(chat, text === '' ? null : { message: text })
}

export async function drafts({ client }) {
  const updates = await the(client).call({ _: 'messages.getAllDrafts' })
  const found = updates.updates.filter((it) => it._ === 'updateDraftMessage')
  return Object.fromEntries(found.map((it) => [it.peer.userId, it.draft.message ?? '']))
}

export async function messages({ client, chat, ids }) {
  const found = await the(client).getMessages(chat, ids)
  return found.map((it) => it && messageOf(the(client), it))
}

export async function history({ client, chat, limit, offset_id, reverse }) {
  const offset = offset_id ? { id: offset_id, date: 0 } : undefined
  const found = await the(client).getHistory(chat, { limit, offset, reverse })
  return found.map((it) => messageOf(the(client), it))
}

export async function whole_history({ client, chat, page }) {
  const found = []
  for await (const it of the(client).iterHistory(chat, { limit: Infinity, chunkSize: page })) found.push(messageOf(the(client), it))
  return found
}

export async function search({ client, chat, query }) {
  const found = await the(client).searchMessages({ chatId: chat, query })
  return found.map((it) => messageOf(the(client), it))
}

export async function dialogs({ client, page }) {
  const found = []
  for await (const it of the(client).iterDialogs({ chunkSize: page })) found.push(dialogOf(it))
  return found
}

function dialogOf({ raw, lastMessage }) {
  return {
    chat: raw.peer.userId ?? raw.peer.chatId ?? raw.peer.channelId,
    unread: raw.unreadCount,
    read_inbox: raw.readInboxMaxId,
    read_outbox: raw.readOutboxMaxId,
    top: raw.topMessage,
    text: lastMessage?.text ?? '',
    pinned: Boolean(raw.pinned),
  }
}

export async function pin_dialog({ client, chat, pinned: on }) {
  const peer = { _: 'inputDialogPeer', peer: await the(client).resolvePeer(chat) }
  await the(client).call({ _: 'messages.toggleDialogPin', pinned: on, peer })
}

export async function block({ client, user: id }) {
  await the(client).blockUser(id)
}

export async function unblock({ client, user: id }) {
  await the(client).unblockUser(id)
}

export async function blocked({ client }) {
  const found = await the(client).call({ _: 'contacts.getBlocked', offset: 0, limit: 100 })
  return found.blocked.map((it) => it.peerId.userId)
}

export async function set_name({ client, first_name, last_name }) {
  return views.user((await the(client).updateProfile({ firstName: first_name, lastName: last_name })).raw)
}

export async function set_bio({ client, bio }) {
  await the(client).updateProfile({ bio })
}

export async function bio({ client, user: id }) {
  return (await the(client).getFullUser(id)).bio
}

export async function set_username({ client, username }) {
  return views.user((await the(client).setMyUsername(username)).raw)
}

export async function set_online({ client, online }) {
  await the(client).setOnline(online)
}

export async function create_group({ client, title, users }) {
  const inputs = []
  for (const id of users) inputs.push(await the(client).resolveUser(id))
  const made = await the(client).call({ _: 'messages.createChat', title, users: inputs })
  the(client).handleClientUpdate(made.updates, false)
  return made.updates.chats[0].id
}

export async function leave_group({ client, group }) {
  await the(client).leaveChat(-group)
}

export async function authorizations({ client }) {
  const found = await the(client).call({ _: 'account.getAuthorizations' })
  return found.authorizations.map((it) => ({ hash: it.hash.toString(), current: Boolean(it.current) }))
}

export async function reset_authorization({ client, hash }) {
  await the(client).call({ _: 'account.resetAuthorization', hash: Long.fromString(hash) })
}

export async function state({ client }) {
  const { pts, qts, seq, date } = await the(client).call({ _: 'updates.getState' })
  return { pts, qts, seq, date }
}

export async function call({ client, request }) {
  return the(client).call(request)
}
