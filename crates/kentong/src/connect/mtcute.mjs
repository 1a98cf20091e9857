// mtcute 0.30: everything that differs from talking to Telegram is in this function.
import { addPublicKey } from '@mtcute/core/utils.js'
import { TelegramClient } from '@mtcute/node'
import { NodeCryptoProvider } from '@mtcute/node/utils.js'

const PUBLIC_KEY = `%PEM%`

export async function kentongClient(storage) {
    const crypto = new NodeCryptoProvider()
    await crypto.initialize()
    addPublicKey(crypto, PUBLIC_KEY)
    const main = { id: %DC%, ipAddress: '%HOST%', port: %PORT%, ipv6: %IPV6% }
    const defaultDcs = { main, media: { ...main, mediaOnly: true } }
    return new TelegramClient({ apiId: 1, apiHash: 'any', storage, crypto, defaultDcs })
}
