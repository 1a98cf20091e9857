// Pictures, files, a second password and the login by QR code: what the suite may ask of a GramJS client about them.
import { stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Api, bigInt, selfOf, signedIn, the } from './clients.mjs'
import * as views from './views.mjs'

const require = createRequire(import.meta.url)
const { CustomFile } = require('telegram/client/uploads')

const CREDENTIALS = { apiId: 1, apiHash: '0'.repeat(32) }
const call = (client, request) => the(client).invoke(request)
const view = (client, it) => views.message(it, selfOf(client))
const kept = new Map()
const waiting = new Map()

async function send(client, chat, options) {
  return view(client, await the(client).sendFile(chat, { formattingEntities: [], ...options }))
}

export const send_photo = ({ client, chat, path: file, caption }) => send(client, chat, { file, caption })

export const send_file = ({ client, chat, path: file, caption }) =>
  send(client, chat, { file, caption, forceDocument: true, workers: 4 })

export function send_voice({ client, chat, path: file, duration, caption }) {
  const attributes = [new Api.DocumentAttributeAudio({ voice: true, duration })]
  return send(client, chat, { file, caption, voiceNote: true, attributes })
}

export async function send_album({ client, chat, paths }) {
  const sent = await the(client).sendFile(chat, { file: paths })
  return sent.map((it) => view(client, it))
}

export async function edit_photo({ client, chat, id, path: file, caption }) {
  return view(client, await the(client).editMessage(chat, { message: id, text: caption, formattingEntities: [], file }))
}

const message = async (client, chat, id) => (await the(client).getMessages(chat, { ids: [id] }))[0]

// Into memory first: the library's own way to a file says that it is done before the file is whole.
export async function download({ client, chat, id, path: file, size }) {
  await writeFile(file, await the(client).downloadMedia(await message(client, chat, id), { thumb: size ?? undefined }))
}

// The first bytes of a file, asked for with the reference that just came, or with the one that came first.
export async function chunk({ client, chat, id, bytes, fresh }) {
  if (fresh) kept.set(client, (await message(client, chat, id)).media.document)
  const { id: documentId, accessHash, fileReference } = kept.get(client)
  const location = new Api.InputDocumentFileLocation({ id: documentId, accessHash, fileReference, thumbSize: '' })
  return (await call(client, new Api.upload.GetFile({ location, offset: bigInt.zero, limit: bytes }))).bytes.toString('hex')
}

export async function set_profile_photo({ client, path: name }) {
  const file = new CustomFile(path.basename(name), (await stat(name)).size, name)
  await call(client, new Api.photos.UploadProfilePhoto({ file: await the(client).uploadFile({ file, workers: 1 }) }))
}

export async function profile_photo({ client, user, path: file }) {
  const entity = await the(client).getEntity(user)
  if (!(entity.photo instanceof Api.UserProfilePhoto)) return false
  await writeFile(file, await the(client).downloadProfilePhoto(entity, { isBig: true }))
  return true
}

export async function delete_profile_photos({ client }) {
  const { photos } = await call(client, new Api.photos.GetUserPhotos({ userId: 'me', offset: 0, maxId: bigInt.zero, limit: 100 }))
  const id = photos.map(({ id, accessHash, fileReference }) => new Api.InputPhoto({ id, accessHash, fileReference }))
  await call(client, new Api.photos.DeletePhotos({ id }))
}

export async function set_password({ client, password, hint }) {
  await the(client).updateTwoFaSettings({ isCheckPassword: false, newPassword: password, hint })
}

export async function remove_password({ client, password }) {
  await the(client).updateTwoFaSettings({ isCheckPassword: false, currentPassword: password })
}

export async function password_hint({ client }) {
  return (await call(client, new Api.account.GetPassword())).hint
}

const refuse = (error) => {
  throw error
}

export async function check_password({ client, password }) {
  await the(client).signInWithPassword(CREDENTIALS, { password: async () => password, onError: refuse })
  return views.user(await signedIn(client))
}

export function show_qr({ client }) {
  return new Promise((resolve, reject) => {
    const qrCode = async ({ token }) => resolve(token.toString('base64'))
    const signed = the(client).signInUserWithQrCode(CREDENTIALS, { qrCode, onError: refuse })
    signed.catch(reject)
    waiting.set(client, signed)
  })
}

export async function await_qr({ client }) {
  await waiting.get(client)
  return views.user(await signedIn(client))
}

export async function accept_qr({ client, token }) {
  await call(client, new Api.auth.AcceptLoginToken({ token: Buffer.from(token, 'base64') }))
}
