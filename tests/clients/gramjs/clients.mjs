// The clients this process holds, by name: made against the server under test, closed and opened again with the same session
// when a scenario takes a device offline.
import { createHash, createPublicKey } from 'node:crypto'
import { createRequire } from 'node:module'
import { message, rawEvent } from './views.mjs'

const require = createRequire(import.meta.url)
const bigInt = require('big-integer')
const { Api, Logger, TelegramClient } = require('telegram')
const { _handleUpdate } = require('telegram/client/updates')
const { _serverKeys } = require('telegram/crypto/RSA')
const { DeletedMessage } = require('telegram/events/DeletedMessage')
const { EditedMessage } = require('telegram/events/EditedMessage')
const { NewMessage } = require('telegram/events')
const { ConnectionTCPAbridged, ConnectionTCPFull, ConnectionTCPObfuscated } = require('telegram/network')
const { PromisedNetSockets, PromisedWebSockets } = require('telegram/extensions')
const { StringSession } = require('telegram/sessions')

const TRANSPORTS = {
  full: [ConnectionTCPFull, PromisedNetSockets],
  abridged: [ConnectionTCPAbridged, PromisedNetSockets],
  obfuscated: [ConnectionTCPObfuscated, PromisedNetSockets],
  ws: [ConnectionTCPObfuscated, PromisedWebSockets],
}
const LEVELS = { error: 'ERR', warn: 'WRN' }
const held = new Map()

export { Api, bigInt }

export function the(name) {
  const found = held.get(name)
  if (!found) throw new Error(`no such client: ${name}`)
  return found.client
}

export const selfOf = (name) => held.get(name).self

// The library knows a key by the last 64 bits of the hash of modulus and exponent as bytes of TL.
export function trust(pem) {
  const { n, e } = createPublicKey(pem).export({ format: 'jwk' })
  const [modulus, exponent] = [Buffer.from(n, 'base64url'), Buffer.from(e, 'base64url')]
  const digest = createHash('sha1').update(Buffer.concat([tlBytes(modulus), tlBytes(exponent)])).digest()
  const fingerprint = digest.readBigInt64LE(12).toString()
  _serverKeys.set(fingerprint, { n: bigInt(modulus.toString('hex'), 16), e: 65537 })
}

function tlBytes(bytes) {
  const head = bytes.length < 254 ? Buffer.from([bytes.length]) : Buffer.from([254, bytes.length & 255, bytes.length >> 8, 0])
  const written = head.length + bytes.length
  return Buffer.concat([head, bytes, Buffer.alloc((4 - (written % 4)) % 4)])
}

class ClientLogger extends Logger {
  constructor(name) {
    super(process.env.KENTONG_CLIENT_LOG_LEVEL ? 'debug' : 'warn')
    this.name = name
  }

  log(level, text) {
    console.error(`${LEVELS[level] ?? 'INF'} ${this.name} ${text}`)
  }
}

export function make(settings, emit) {
  const session = held.get(settings.client)?.session ?? new StringSession('')
  const { self, state } = held.get(settings.client) ?? {}
  const client = build(settings, session)
  held.set(settings.client, { client, session, settings, emit, self, state })
  return client
}

// The library dials port 80 whatever the session says, hence the connection of our own; the port of the session is written
// as 16 bits with a sign, hence one that fits.
function build({ client, host, port, transport }, session) {
  const [connection, networkSocket] = TRANSPORTS[transport]
  class Dialling extends connection {
    constructor(options) {
      super({ ...options, ip: host, port })
    }
  }
  session.setDC(2, host, 443)
  const made = new TelegramClient(session, 1, '0'.repeat(32), {
    connection: Dialling, networkSocket, baseLogger: new ClientLogger(client), floodSleepThreshold: 0, connectionRetries: 20,
    retryDelay: 200,
  })
  made.onError = async (error) => console.error(`ERR ${client} ${error?.stack ?? error}`)
  return made
}

function listen(client, name, emit) {
  const view = (it) => message(it, selfOf(name))
  client.addEventHandler((event) => emit({ kind: 'message', message: view(event.message) }), new NewMessage({}))
  client.addEventHandler((event) => emit({ kind: 'edit', message: view(event.message) }), new EditedMessage({}))
  client.addEventHandler((event) => emit({ kind: 'delete', ids: event.deletedIds }), new DeletedMessage({}))
  client.addEventHandler((update) => {
    const event = rawEvent(update)
    if (event) emit(event)
  })
}

// What the library's `start` does once somebody is signed in. Only then are there handlers: with one, the library asks who it
// is at every event, and takes the refusal of that for an event.
export async function signedIn(name) {
  const { client, emit } = held.get(name)
  const me = await client.getMe()
  await client.getMe(true)
  held.get(name).self = me.id.toJSNumber()
  listen(client, name, (event) => emit({ client: name, event }))
  return me
}

export async function pause(name) {
  const { client, self } = held.get(name)
  if (client._destroyed) return
  if (self && client.connected) held.get(name).state = await client.invoke(new Api.updates.GetState()).catch(() => undefined)
  await client.destroy()
}

export async function resume(name) {
  const { settings, emit, state } = held.get(name)
  await make(settings, emit).connect()
  await signedIn(name)
  if (state) await catchUp(the(name), state)
}

// What the library leaves to its user: the difference, handed to it as updates.
async function catchUp(client, state) {
  for (;;) {
    const { pts, qts, date } = state
    const found = await client.invoke(new Api.updates.GetDifference({ pts, qts, date }))
    if (found instanceof Api.updates.DifferenceEmpty) return
    const news = found.newMessages.map((it) => new Api.UpdateNewMessage({ message: it, pts: 0, ptsCount: 0 }))
    const { users, chats } = found
    _handleUpdate(client, new Api.Updates({ updates: [...news, ...found.otherUpdates], users, chats, date: 0, seq: 0 }))
    if (found instanceof Api.updates.Difference) return
    state = found.intermediateState
  }
}
