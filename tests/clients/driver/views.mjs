// What the suite sees of mtcute's objects: plain values with the same names the Telethon half uses.

const lower = (name) => name.charAt(0).toLowerCase() + name.slice(1)

const peerId = (peer) => peer?.userId ?? peer?.chatId ?? peer?.channelId ?? null

export function fault(error) {
  return { code: error?.code ?? 0, name: error?.text ?? error?.message ?? String(error), stack: error?.stack ?? '' }
}

export function user(raw) {
  if (!raw) return null
  return {
    id: raw.id,
    first_name: raw.firstName ?? null,
    last_name: raw.lastName ?? null,
    username: raw.username ?? null,
    phone: raw.phone ?? null,
    contact: Boolean(raw.contact),
    is_self: Boolean(raw.self),
    online: raw.status?._ === 'userStatusOnline',
  }
}

// From the raw message: mtcute's own views hide fields the suite compares.
export function message(raw, selfId) {
  const sender = raw.fromId ? peerId(raw.fromId) : raw.out ? selfId : peerId(raw.peerId)
  return {
    id: raw.id,
    chat: peerId(raw.peerId),
    sender,
    out: Boolean(raw.out),
    text: raw.message ?? '',
    date: raw.date,
    edited: raw.editDate !== undefined,
    pinned: Boolean(raw.pinned),
    reply_to: raw.replyTo?.replyToMsgId ?? null,
    forwarded_from: peerId(raw.fwdFrom?.fromId),
    service: raw._ === 'messageService' ? lower(raw.action._) : null,
    entities: (raw.entities ?? []).map((entity) => [lower(entity._), entity.offset, entity.length]),
    media: media(raw.media),
    group: raw.groupedId ? raw.groupedId.toString() : null,
  }
}

function media(it) {
  if (it?._ === 'messageMediaPhoto') {
    const drawn = it.photo.sizes.filter((one) => one.w)
    return { kind: 'photo', sizes: Object.fromEntries(drawn.map((one) => [one.type, [one.w, one.h, one.size ?? one.sizes.at(-1)]])) }
  }
  return it?._ === 'messageMediaDocument' ? document(it.document) : null
}

function document(it) {
  const named = (name) => it.attributes.find((attribute) => attribute._ === name)
  const audio = named('documentAttributeAudio')
  return {
    kind: 'document',
    mime: it.mimeType,
    size: it.size,
    name: named('documentAttributeFilename')?.fileName ?? null,
    voice: Boolean(audio?.voice),
    duration: audio?.duration ?? null,
  }
}

const RAW_EVENTS = {
  updateNewMessage: (update, self) => ({ kind: 'message', message: message(update.message, self) }),
  updateEditMessage: (update, self) => ({ kind: 'edit', message: message(update.message, self) }),
  updateDeleteMessages: (update) => ({ kind: 'delete', ids: update.messages }),
  updateReadHistoryInbox: (update) => read(update, false),
  updateReadHistoryOutbox: (update) => read(update, true),
  updateUserTyping: (update) => ({ kind: 'typing', user: update.userId, action: lower(update.action._) }),
  updateUserStatus: (update) => status(update),
  updateDraftMessage: (update) => ({ kind: 'draft', chat: peerId(update.peer), text: update.draft.message ?? '' }),
  updatePinnedMessages: (update) => pinned(update),
  updateUserName: (update) => renamed(update),
  updatePeerBlocked: (update) => ({ kind: 'blocked', user: peerId(update.peerId), blocked: Boolean(update.blocked) }),
}

const read = (update, outbox) => ({ kind: 'read', outbox, chat: peerId(update.peer), max_id: update.maxId })
const status = (update) => ({ kind: 'status', user: update.userId, online: update.status._ === 'userStatusOnline' })

function pinned(update) {
  return { kind: 'pinned', chat: peerId(update.peer), ids: update.messages, pinned: Boolean(update.pinned) }
}

function renamed(update) {
  const username = update.usernames?.find((name) => name.active)?.username ?? null
  return { kind: 'name', user: update.userId, first_name: update.firstName, username }
}

// Events whose library handler is exercised elsewhere (onNewMessage and its kin) are left to those handlers.
const HANDLED = new Set(['updateNewMessage', 'updateEditMessage', 'updateDeleteMessages'])

export function rawEvent(update, self) {
  if (HANDLED.has(update._)) return null
  const view = RAW_EVENTS[update._]
  return view ? view(update, self) : { kind: 'other', name: update._ }
}
