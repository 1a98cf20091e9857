// GramJS 2.26 (npm install telegram@2.26.22): everything that differs from talking to Telegram is here. It dials port 80
// whatever the session says, hence the connection of our own; the port in the session is never used, and a string session
// has no room for one above 32767. Require this file, or run it: it signs up or in and writes to Saved Messages.
const bigInt = require('big-integer')
const { TelegramClient } = require('telegram')
const { _serverKeys } = require('telegram/crypto/RSA')
const { ConnectionTCPFull } = require('telegram/network')
const { StringSession } = require('telegram/sessions')

const FINGERPRINT = '%FINGERPRINT_SIGNED%'
const MODULUS = '%MODULUS_HEX%'

class KentongConnection extends ConnectionTCPFull {
    constructor(options) {
        super({ ...options, ip: '%HOST%', port: %PORT% })
    }
}

function kentongClient(session, options = {}) {
    _serverKeys.set(FINGERPRINT, { n: bigInt(MODULUS, 16), e: 65537 })
    session.setDC(%DC%, '%HOST%', 443)
    return new TelegramClient(session, 1, 'any', { connection: KentongConnection, ...options })
}

module.exports = { kentongClient }

async function main() {
    const lines = require('node:readline').createInterface({ input: process.stdin })
    const answers = lines[Symbol.asyncIterator]()
    const ask = async (question) => {
        process.stdout.write(question)
        return (await answers.next()).value
    }
    const client = kentongClient(new StringSession(process.env.SESSION ?? ''))
    await client.start({
        phoneNumber: () => ask('phone: '),
        phoneCode: () => ask("code (from the server's log): "),
        password: () => ask('password: '),
        firstAndLastNames: async () => [await ask('first name: '), ''],
        onError: (error) => console.error(error),
    })
    const sent = await client.sendMessage('me', { message: 'hello from GramJS' })
    console.log(`sent message ${sent.id} to Saved Messages of ${(await client.getMe()).firstName}`)
    console.log(`next time: SESSION=${client.session.save()}`)
    await client.destroy()
    process.exit(0)
}

if (require.main === module) main()
