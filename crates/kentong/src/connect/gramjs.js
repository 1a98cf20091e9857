// GramJS 2.26: everything that differs from talking to Telegram is here. It dials port 80 whatever the session says,
// hence the connection of our own.
const bigInt = require('big-integer')
const { TelegramClient } = require('telegram')
const { _serverKeys } = require('telegram/crypto/RSA')
const { ConnectionTCPFull } = require('telegram/network')

const FINGERPRINT = '%FINGERPRINT_SIGNED%'
const MODULUS = '%MODULUS_HEX%'

class KentongConnection extends ConnectionTCPFull {
    constructor(options) {
        super({ ...options, ip: '%HOST%', port: %PORT% })
    }
}

function kentongClient(session) {
    _serverKeys.set(FINGERPRINT, { n: bigInt(MODULUS, 16), e: 65537 })
    session.setDC(%DC%, '%HOST%', %PORT%)
    return new TelegramClient(session, 1, 'any', { connection: KentongConnection })
}

module.exports = { kentongClient }
