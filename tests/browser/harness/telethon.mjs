// A person on Telethon beside those in browsers.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as limits from './limits.mjs'
import { start, within } from './process.mjs'
import { python } from './screenshots.mjs'

const DRIVER = fileURLToPath(new URL('../third.py', import.meta.url))

/** The process that holds every Telethon client of one server. */
export class Telethon {
  constructor(server) {
    this.server = server
    this.pending = new Map()
    this.people = new Map()
    this.next = 0
    this.log = []
  }

  async begin() {
    this.folder = await mkdtemp(path.join(tmpdir(), 'kentong-telethon-'))
    this.process = start(python(), [DRIVER], {
      onLine: (line) => this.#take(JSON.parse(line)), onTrouble: (line) => this.log.push(line),
    })
    this.process.ended.then((code) => {
      for (const { reject } of this.pending.values()) reject(new Error(`Telethon ended (${code}):\n${this.log.join('\n')}`))
    })
    return this
  }

  async end() {
    this.process.stdin.end()
    await within(limits.STOP, 'Telethon ends', this.process.ended)
    await rm(this.folder, { recursive: true, force: true })
  }

  /** A client that is connected and nothing more. */
  async device(name) {
    const person = new TelethonPerson(this, `${name}${this.people.size}`)
    this.people.set(person.name, person)
    const { host, port } = { host: '127.0.0.1', port: this.server.port }
    await person.ask('open', { host, port, key: await this.server.publicKey(), folder: this.folder })
    return person
  }

  /** A new person who came in by phone and the operator's code. */
  async signUp(phone, firstName, lastName = '') {
    const person = await this.device(firstName)
    const before = this.server.codes.get(phone.replace(/\D/g, ''))?.length ?? 0
    const { hash } = await person.ask('send_code', { phone })
    const code = await this.server.code(phone, before)
    await person.ask('sign_in', { phone, code, hash })
    const me = await person.ask('sign_up', { phone, hash, first_name: firstName, last_name: lastName })
    return Object.assign(person, { id: me.id, phone, firstName })
  }

  ask(client, operation, args, ms = limits.CALL) {
    const request = ++this.next
    const answered = new Promise((resolve, reject) => this.pending.set(request, { resolve, reject }))
    this.process.stdin.write(`${JSON.stringify({ request, client, operation, args })}\n`)
    return within(ms, `Telethon: ${operation}`, answered)
  }

  #take(said) {
    if ('event' in said) return this.people.get(said.client)?.heard(said.event)
    const { resolve, reject } = this.pending.get(said.request)
    this.pending.delete(said.request)
    if ('error' in said) reject(new Error(`Telethon: ${said.error}`))
    else resolve(said.result)
  }
}

export class TelethonPerson {
  constructor(telethon, name) {
    this.telethon = telethon
    this.name = name
    this.events = []
    this.waiting = new Set()
  }

  ask(operation, args = {}, ms = limits.CALL) {
    return this.telethon.ask(this.name, operation, args, ms)
  }

  heard(event) {
    this.events.push(event)
    for (const wait of this.waiting) {
      if (!wait.fits(event)) continue
      this.waiting.delete(wait)
      wait.resolve(event)
    }
  }

  /** The first event that fits, among those that came and those to come. */
  expect(what, fits, ms = limits.EVENT) {
    const found = this.events.find(fits)
    if (found) return found
    const coming = new Promise((resolve) => this.waiting.add({ fits, resolve }))
    return within(ms, `${this.name} (Telethon): ${what}`, coming)
  }

  reads(text) {
    return this.expect(`reads "${text}"`, (it) => it.kind === 'message' && it.message.text === text)
  }
}
