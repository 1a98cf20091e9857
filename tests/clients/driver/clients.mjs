// The clients this process holds, by name: made against the server under test, closed and opened again on the same
// storage when a scenario takes a device offline.
import { Buffer } from 'node:buffer'
import { format } from 'node:util'
import { IntermediatePacketCodec, MemoryStorage, ObfuscatedPacketCodec, PaddedIntermediatePacketCodec, TelegramClient, TcpTransport } from '@mtcute/node'
import { NodeCryptoProvider } from '@mtcute/node/utils.js'
import { addPublicKey } from '@mtcute/core/utils.js'
import { connectWs } from '@fuman/net'
import { WebSocket } from 'ws'
import { message, rawEvent } from './views.mjs'

const LEVELS = ['OFF', 'ERR', 'WRN', 'INF', 'DBG', 'VRB']
const clients = new Map()

class PaddedTransport extends TcpTransport {
  packetCodec() {
    return new PaddedIntermediatePacketCodec()
  }
}

// The library's own WebSocket transport builds names of a fixed domain; this is the same one, pointed at an address.
class LocalWebSocketTransport {
  connect(dc) {
    return connectWs({ url: `ws://${dc.ipAddress}:${dc.port}/apiws`, implementation: WebSocket, protocols: ['binary'] })
  }

  packetCodec() {
    return new ObfuscatedPacketCodec(new IntermediatePacketCodec())
  }
}

const TRANSPORTS = { tcp: TcpTransport, padded: PaddedTransport, ws: LocalWebSocketTransport }

export function the(name) {
  const held = clients.get(name)
  if (!held) throw new Error(`no such client: ${name}`)
  return held.client
}

export async function trust(publicKey) {
  const crypto = new NodeCryptoProvider()
  await crypto.initialize()
  addPublicKey(crypto, publicKey)
}

export function make(settings, emit) {
  const storage = clients.get(settings.client)?.storage ?? new MemoryStorage()
  const client = build(settings, storage)
  clients.set(settings.client, { client, storage, settings })
  listen(client, settings.client, (event) => emit({ client: settings.client, event }))
  return client
}

export async function drop(name) {
  await the(name).destroy()
}

export const settingsOf = (name) => clients.get(name).settings

function build({ client, host, port, transport, pfs, catch_up }, storage) {
  const dc = { id: 2, ipAddress: host, port }
  const made = new TelegramClient({
    apiId: 1,
    apiHash: Buffer.alloc(16).toString('hex'),
    storage,
    transport: new TRANSPORTS[transport](),
    defaultDcs: { main: dc, media: dc },
    network: { usePfs: pfs },
    updates: { catchUp: catch_up },
    logLevel: Number(process.env.KENTONG_CLIENT_LOG_LEVEL ?? 2),
  })
  made.log.mgr.handler = (_color, level, tag, text, args) =>
    console.error(`${LEVELS[level]} ${client} [${tag}] ${format(text, ...args)}`)
  return made
}

function listen(client, name, emit) {
  const self = () => client.storage.self.getCached()?.userId ?? null
  client.onNewMessage.add((it) => emit({ kind: 'message', message: message(it.raw, self()) }))
  client.onEditMessage.add((it) => emit({ kind: 'edit', message: message(it.raw, self()) }))
  client.onDeleteMessage.add((it) => emit({ kind: 'delete', ids: it.messageIds }))
  client.onConnectionState.add((state) => emit({ kind: 'connection', state }))
  client.onError.add((error) => console.error(`ERR ${name} ${error?.stack ?? error}`))
  client.onRawUpdate.add(({ update }) => {
    const event = rawEvent(update, self())
    if (event) emit(event)
  })
}
