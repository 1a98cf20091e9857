// The real binary as a process: a data folder of its own, a free port, ready when it says so, stopped by its id.
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as limits from './limits.mjs'
import { printed, start, within } from './process.mjs'

const READY_LINE = /\bready\b.*?\baddress="?([0-9.]+):(\d+)/
const CODE_LINE = /login code .*?phone="?\+?(\d+)"?.*?code="?(\d+)/
const ANSI = new RegExp(String.fromCharCode(27) + '\\[[0-9;]*m', 'g')

// What a failure's report needs: which calls were refused, and why.
const LOG_FILTER = 'info,api=debug'

/** The name under which the server is asked for where its address must not look like this machine's own. */
export const NAME = 'kentong.test'

export function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? 'target'
  const file = process.env.KENTONG_BIN ?? path.join(target, 'release', 'kentong')
  if (!existsSync(file)) throw new Error(`${file} is not built: make build, or name it in KENTONG_BIN`)
  return file
}

export class Server {
  /** `host` is how people address it; `tls` a certificate with its key, for https. */
  constructor({ settings = {}, host = '127.0.0.1', tls = null } = {}) {
    this.settings = settings
    this.host = host
    this.tls = tls
    this.port = 0
    this.log = []
    this.codes = new Map()
    this.waiting = new Set()
  }

  get origin() {
    return `${this.tls ? 'https' : 'http'}://${this.host}:${this.port}`
  }

  async start() {
    this.data ??= await mkdtemp(path.join(tmpdir(), 'kentong-browser-'))
    // The port of a first start is kept: whoever comes back finds the server where it was.
    this.port ||= await freePort()
    const listen = `127.0.0.1:${this.port}`
    const args = ['serve', '--data', this.data, '--listen', listen, '--base-url', this.origin]
    const ready = this.#line(READY_LINE)
    this.process = start(binary(), args, { env: this.#environment(), onLine: (line) => this.#note(line) })
    const early = this.process.ended.then((code) => {
      throw new Error(`the server ended (${code}) before it was ready:\n${this.tail()}`)
    })
    await within(limits.READY, 'the server says ready', Promise.race([ready, early]))
    early.catch(() => {})
    return this
  }

  #environment() {
    const tls = this.tls ? { KENTONG_TLS_CERTIFICATE: this.tls.certificate, KENTONG_TLS_KEY: this.tls.key } : {}
    // What is set for the suite is no setting of the server.
    const ours = { KENTONG_BIN: undefined, KENTONG_WEBAPP: undefined, KENTONG_LONG_CHAT: undefined }
    // Machines that test are busy with other things: nothing is refused for it.
    const calm = { KENTONG_NETWORK_OVERLOAD_WAIT_MS: '0' }
    return { ...ours, ...calm, NO_COLOR: '1', KENTONG_LOG_FILTER: LOG_FILTER, ...tls, ...this.settings }
  }

  /** Ends the process; the data stays, so that it can be started again. */
  async stop() {
    if (!this.process) return
    this.process.kill('SIGTERM')
    await within(limits.STOP, 'the server stops', this.process.ended)
    this.process = null
  }

  /** Somebody sets it up anew at the same address: other keys, and nobody in it. */
  async startAnew() {
    await this.stop()
    await rm(this.data, { recursive: true, force: true })
    this.data = undefined
    return this.start()
  }

  async remove() {
    await this.stop()
    if (this.data) await rm(this.data, { recursive: true, force: true })
  }

  /** `kentong admin …`, beside the running server. */
  admin(...words) {
    return printed(binary(), ['admin', '--data', this.data, ...words])
  }

  publicKey() {
    return readFile(path.join(this.data, 'public.pem'), 'utf8')
  }

  /** The login code that was logged for this number after the first `after` ones. */
  async code(phone, after = 0) {
    const digits = phone.replace(/\D/g, '')
    const seen = () => this.codes.get(digits) ?? []
    while (seen().length <= after) {
      await within(limits.EVENT, `a login code for ${digits}`, this.#line(CODE_LINE))
    }
    return seen().at(-1)
  }

  /** The invite that the first start made for whoever is to be administrator. */
  async firstInvite() {
    const { invites } = JSON.parse(await this.admin('--json', 'invite', 'list'))
    return invites.find((it) => it.administrator).code
  }

  panics() {
    return this.log.filter((line) => line.includes('panicked'))
  }

  tail() {
    return this.log.slice(-limits.REPORT_LINES).join('\n')
  }

  #line(pattern) {
    return new Promise((resolve) => this.waiting.add({ pattern, resolve }))
  }

  #note(raw) {
    const line = raw.replace(ANSI, '')
    this.log.push(line)
    if (this.log.length > limits.LOG_LINES) this.log.shift()
    const code = CODE_LINE.exec(line)
    if (code) this.codes.set(code[1], [...(this.codes.get(code[1]) ?? []), code[2]])
    for (const wait of this.waiting) {
      if (!wait.pattern.test(line)) continue
      this.waiting.delete(wait)
      wait.resolve(line)
    }
  }
}

/** A port that was free a moment ago: it is part of the server's address, which has to be known before it starts. */
export async function freePort() {
  const { createServer } = await import('node:net')
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
