// mtcute 0.30 (npm install @mtcute/node@0.30.3): everything that differs from talking to Telegram is in kentongClient.
// Import this file, or run it: it signs up or in and writes to Saved Messages.
import { pathToFileURL } from 'node:url'
import { addPublicKey } from '@mtcute/core/utils.js'
import { MemoryStorage, TelegramClient } from '@mtcute/node'
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

// mtcute's own `start` signs in, and cannot sign up.
async function comeIn(client, ask) {
    const phoneNumber = await ask('phone: ')
    const { phoneCodeHash } = await client.sendCode({ phone: phoneNumber })
    const phoneCode = await ask("code (from the server's log): ")
    let auth = await client.call({ _: 'auth.signIn', phoneNumber, phoneCodeHash, phoneCode })
    if (auth._ === 'auth.authorizationSignUpRequired') {
        const firstName = await ask('first name: ')
        auth = await client.call({ _: 'auth.signUp', phoneNumber, phoneCodeHash, firstName, lastName: '' })
    }
    await client.notifyLoggedIn(auth)
}

async function main() {
    const { createInterface } = await import('node:readline')
    const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
    const ask = async (question) => {
        process.stdout.write(question)
        return (await answers.next()).value
    }
    const client = await kentongClient(new MemoryStorage())
    await client.connect()
    await comeIn(client, ask)
    const sent = await client.sendText('me', 'hello from mtcute')
    console.log(`sent message ${sent.id} to Saved Messages of ${(await client.getMe()).firstName}`)
    await client.destroy()
    process.exit(0)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
