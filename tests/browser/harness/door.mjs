// Coming in through the door without a phone, as any client of the protocol can.
import { createHash } from 'node:crypto'

const SLICE = 20_000

/** Somebody on Telethon who asks the door for a number of this server's own, and signs up with it. */
export async function joinAtTheDoor(telethon, firstName, invite) {
  const person = await telethon.device(firstName)
  const custom = (method, params) => person.ask('custom', { method, params })
  await admitted(custom)
  const { challenge, bits } = await custom('door.challenge', {})
  const answer = await solve(challenge, bits)
  const { phone } = await custom('door.number', { challenge, answer, ...(invite ? { invite } : {}) })
  const { hash } = await person.ask('send_code', { phone })
  const { code } = await custom('door.code', { phone })
  await person.ask('sign_in', { phone, code, hash })
  const me = await person.ask('sign_up', { phone, hash, first_name: firstName, last_name: '' })
  return Object.assign(person, { id: me.id, phone, firstName, custom })
}

async function admitted(custom) {
  for (;;) {
    const place = await custom('door.place', {})
    if (place.admitted) return
    await new Promise((resolve) => { setTimeout(resolve, place.askAgainIn * 1000) })
  }
}

/** The number with which the challenge's hash begins with so many zero bits. */
async function solve(challenge, bits) {
  const bytes = Buffer.concat([Buffer.from(challenge, 'base64url'), Buffer.alloc(8)])
  for (let answer = 0; ; answer++) {
    if (answer % SLICE === 0) await new Promise(setImmediate)
    bytes.writeBigUInt64BE(BigInt(answer), bytes.length - 8)
    if (Math.clz32(createHash('sha256').update(bytes).digest().readUInt32BE(0)) >= bits) return String(answer)
  }
}
