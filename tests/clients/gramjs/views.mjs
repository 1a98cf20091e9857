// What the suite sees of GramJS's objects: plain values with the same names that every other library's half uses.

const lower = (name) => name.charAt(0).toLowerCase() + name.slice(1)
const number = (it) => (it === undefined || it === null ? null : Number(it))

export const peerId = (peer) => number(peer?.userId ?? peer?.chatId ?? peer?.channelId)

export function fault(error) {
  return { code: error?.code ?? 0, name: error?.errorMessage ?? error?.message ?? String(error), stack: error?.stack ?? '' }
}

export function user(it) {
  if (!it) return null
  return {
    id: number(it.id),
    first_name: it.firstName ?? null,
    last_name: it.lastName ?? null,
    username: it.username ?? it.usernames?.find((name) => name.active)?.username ?? null,
    phone: it.phone ?? null,
    contact: Boolean(it.contact),
    is_self: Boolean(it.self),
    online: it.status?.className === 'UserStatusOnline',
  }
}

export function message(it, self) {
  if (it.className === 'MessageEmpty') return null
  return {
    id: it.id,
    chat: peerId(it.peerId),
    sender: it.fromId ? peerId(it.fromId) : it.out ? self : peerId(it.peerId),
    out: Boolean(it.out),
    text: it.message ?? '',
    date: it.date,
    edited: Boolean(it.editDate),
    pinned: Boolean(it.pinned),
    reply_to: it.replyTo?.replyToMsgId ?? null,
    forwarded_from: peerId(it.fwdFrom?.fromId),
    service: it.action ? lower(it.action.className) : null,
    entities: (it.entities ?? []).map((entity) => [lower(entity.className), entity.offset, entity.length]),
    media: media(it.media),
    group: it.groupedId ? it.groupedId.toString() : null,
  }
}

function media(it) {
  if (it?.className === 'MessageMediaPhoto') {
    const drawn = it.photo.sizes.filter((one) => one.w)
    return { kind: 'photo', sizes: Object.fromEntries(drawn.map((one) => [one.type, [one.w, one.h, one.size ?? one.sizes.at(-1)]])) }
  }
  return it?.className === 'MessageMediaDocument' ? document(it.document) : null
}

function document(it) {
  const named = (name) => it.attributes.find((attribute) => attribute.className === name)
  const audio = named('DocumentAttributeAudio')
  return {
    kind: 'document',
    mime: it.mimeType,
    size: number(it.size),
    name: named('DocumentAttributeFilename')?.fileName ?? null,
    voice: Boolean(audio?.voice),
    duration: audio?.duration ?? null,
  }
}

const read = (update, outbox) => ({ kind: 'read', outbox, chat: peerId(update.peer), max_id: update.maxId })

// Updates whose library handler is exercised elsewhere (NewMessage and its kin) are left to those handlers.
const HANDLED = new Set(['UpdateNewMessage', 'UpdateShortMessage', 'UpdateEditMessage', 'UpdateDeleteMessages'])
const RAW_EVENTS = {
  UpdateReadHistoryInbox: (update) => read(update, false),
  UpdateReadHistoryOutbox: (update) => read(update, true),
  UpdateUserTyping: ({ userId, action }) => ({ kind: 'typing', user: number(userId), action: lower(action.className) }),
  UpdateUserStatus: ({ userId, status }) => ({
    kind: 'status', user: number(userId), online: status.className === 'UserStatusOnline' }),
  UpdateDraftMessage: ({ peer, draft }) => ({ kind: 'draft', chat: peerId(peer), text: draft.message ?? '' }),
  UpdatePinnedMessages: ({ peer, messages, pinned }) => ({
    kind: 'pinned', chat: peerId(peer), ids: messages, pinned: Boolean(pinned) }),
  UpdateUserName: ({ userId, firstName, usernames }) => ({
    kind: 'name', user: number(userId), first_name: firstName,
    username: usernames?.find((name) => name.active)?.username ?? null }),
  UpdatePeerBlocked: (update) => ({ kind: 'blocked', user: peerId(update.peerId), blocked: Boolean(update.blocked) }),
}

export function rawEvent(update) {
  if (HANDLED.has(update.className)) return null
  const view = RAW_EVENTS[update.className]
  return view ? view(update) : { kind: 'other', name: lower(update.className ?? update.constructor.name) }
}
