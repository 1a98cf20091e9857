// A mail server of the suite's own: takes every mail, and shows the code in it to whoever it was for.
import net from 'node:net'
import { createInterface } from 'node:readline'
import * as limits from './limits.mjs'
import { within } from './process.mjs'

const CODE = /^\D*(\d{5,8})\D*$/m

export class PostOffice {
  static async open() {
    const post = new PostOffice()
    post.letters = []
    post.waiting = new Set()
    const server = net.createServer((socket) => post.#serve(socket)).unref()
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    post.port = server.address().port
    return post
  }

  /** The settings of a server that sends its mail through here. */
  get settings() {
    return {
      KENTONG_MAIL_HOST: '127.0.0.1', KENTONG_MAIL_PORT: String(this.port), KENTONG_MAIL_TLS: 'none',
      KENTONG_MAIL_FROM: 'Kentong <kentong@kentong.test>',
    }
  }

  /** The code in the first letter to this address after the first `after` ones. */
  async code(to, after = 0) {
    const found = () => this.letters.filter((it) => it.to === to)[after]
    while (!found()) await within(limits.EVENT, `a letter to ${to}`, new Promise((resolve) => this.waiting.add(resolve)))
    return CODE.exec(found().text)[1]
  }

  #serve(socket) {
    let letter = null
    let to = ''
    const say = (line) => socket.write(`${line}\r\n`)
    const line = (text) => {
      if (letter && text !== '.') return letter.push(text)
      if (letter) this.#take({ to, text: letter.slice(letter.indexOf('') + 1).join('\n') })
      if (letter) letter = null
      else if (/^DATA/i.test(text)) {
        letter = []
        return say('354 go on')
      }
      const recipient = /^RCPT TO:<(.*?)>/i.exec(text)
      if (recipient) to = recipient[1]
      say(/^QUIT/i.test(text) ? '221 bye' : '250 well')
    }
    socket.on('error', () => socket.destroy())
    createInterface({ input: socket }).on('line', line)
    say('220 kentong.test')
  }

  #take(letter) {
    this.letters.push(letter)
    for (const resolve of this.waiting) resolve()
    this.waiting.clear()
  }
}
