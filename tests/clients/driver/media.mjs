// Pictures, files, a second password and the login by QR code: what the suite may ask of an mtcute client about them.
import { Buffer } from 'node:buffer'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { the } from './clients.mjs'
import * as views from './views.mjs'

const self = (client) => client.storage.self.getCached()?.userId ?? null
const messageOf = (client, it) => views.message(it.raw, self(client))
const onDisk = (name) => `file:${name}`
const kept = new Map()
const waiting = new Map()

async function sendMedia(client, chat, media) {
  return messageOf(the(client), await the(client).sendMedia(chat, media))
}

export const send_photo = ({ client, chat, path: file, caption }) =>
  sendMedia(client, chat, { type: 'photo', file: onDisk(file), caption })

export const send_file = ({ client, chat, path: file, caption }) =>
  sendMedia(client, chat, { type: 'document', file: onDisk(file), fileName: path.basename(file), caption })

export const send_voice = ({ client, chat, path: file, duration, caption }) =>
  sendMedia(client, chat, { type: 'voice', file: onDisk(file), duration, caption })

export async function send_album({ client, chat, paths }) {
  const sent = await the(client).sendMediaGroup(chat, paths.map((file) => ({ type: 'photo', file: onDisk(file) })))
  return sent.map((it) => messageOf(the(client), it))
}

export async function edit_photo({ client, chat, id, path: file, caption }) {
  const media = { type: 'photo', file: onDisk(file), caption }
  return messageOf(the(client), await the(client).editMessage({ chatId: chat, message: id, media }))
}

const message = async (client, chat, id) => (await the(client).getMessages(chat, [id]))[0]

// The library's own way to a file says that it is done before the file is whole.
const toFile = async (client, file, location) => writeFile(file, await the(client).downloadAsBuffer(location))

export async function download({ client, chat, id, path: file, size }) {
  const { media } = await message(client, chat, id)
  await toFile(client, file, size ? media.getThumbnail(size) : media)
}

// The first bytes of a file, asked for with the reference that just came, or with the one that came first.
export async function chunk({ client, chat, id, bytes, fresh }) {
  if (fresh) kept.set(client, (await message(client, chat, id)).raw.media.document)
  const { id: documentId, accessHash, fileReference } = kept.get(client)
  const location = { _: 'inputDocumentFileLocation', id: documentId, accessHash, fileReference, thumbSize: '' }
  const found = await the(client).call({ _: 'upload.getFile', location, offset: 0, limit: bytes })
  return Buffer.from(found.bytes).toString('hex')
}

export async function set_profile_photo({ client, path: file }) {
  await the(client).setMyProfilePhoto({ type: 'photo', media: onDisk(file) })
}

export async function profile_photo({ client, user, path: file }) {
  const { photo } = await the(client).getUser(user)
  if (!photo) return false
  await toFile(client, file, photo.big)
  return true
}

export async function delete_profile_photos({ client }) {
  const photos = await the(client).getProfilePhotos('me')
  await the(client).deleteProfilePhotos(photos.map((it) => it.inputPhoto))
}

export async function set_password({ client, password, hint }) {
  await the(client).enableCloudPassword({ password, hint })
}

export async function remove_password({ client, password }) {
  await the(client).removeCloudPassword(password)
}

export const password_hint = ({ client }) => the(client).getPasswordHint()

export async function check_password({ client, password }) {
  return views.user((await the(client).checkPassword(password)).raw)
}

export function show_qr({ client }) {
  return new Promise((resolve, reject) => {
    const shown = (url) => resolve(Buffer.from(new URL(url).searchParams.get('token'), 'base64url').toString('base64'))
    const signedIn = the(client).signInQr({ onUrlUpdated: shown })
    signedIn.catch(reject)
    waiting.set(client, signedIn)
  })
}

export async function await_qr({ client }) {
  return views.user((await waiting.get(client)).raw)
}

export async function accept_qr({ client, token }) {
  await the(client).call({ _: 'auth.acceptLoginToken', token: Buffer.from(token, 'base64') })
}
