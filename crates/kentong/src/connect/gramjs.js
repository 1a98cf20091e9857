// GramJS 2.26: everything that differs from talking to Telegram is in this function.
const bigInt = require('big-integer')
const { TelegramClient } = require('telegram')
const { _serverKeys } = require('telegram/crypto/RSA')

const FINGERPRINT = '%FINGERPRINT_SIGNED%'
const MODULUS = '%MODULUS_HEX%'

function kentongClient(session) {
    _serverKeys.set(FINGERPRINT, { n: bigInt(MODULUS, 16), e: 65537 })
    session.setDC(%DC%, '%HOST%', %PORT%)
    return new TelegramClient(session, 1, 'any', { connectionRetries: 5 })
}

module.exports = { kentongClient }
