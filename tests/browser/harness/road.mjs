// The road between one browser and the server: a proxy that lets through what is for this server, remembers whoever else
// was asked for (also by workers, prefetches and beacons, of which a page's own events say little), and can be cut.
import http from 'node:http'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { unpacked } from './unpacked.mjs'

export class Road {
  constructor(server) {
    this.server = server
    this.foreign = []
    this.sockets = new Set()
    this.isCut = false
    // What is told instead of some of the server's answers: (path) => null, or (text) => the other text.
    this.instead = () => null
  }

  async open() {
    this.proxy = http.createServer((request, response) => this.#request(request, response).catch(() => response.destroy()))
    this.proxy.on('connect', (request, socket, head) => this.#tunnel(request, socket, head))
    this.proxy.on('connection', (socket) => this.#hold(socket))
    await new Promise((resolve) => this.proxy.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${this.proxy.address().port}`
  }

  /** From now on nothing passes, and what was open is gone. The browser is not told: that is how networks fail. */
  cut() {
    this.isCut = true
    for (const socket of this.sockets) socket.destroy()
  }

  heal() {
    this.isCut = false
  }

  async close() {
    this.cut()
    await new Promise((resolve) => this.proxy.close(resolve))
  }

  #hold(socket) {
    if (this.isCut) return socket.destroy()
    this.sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.sockets.delete(socket))
  }

  #passes(host) {
    const ours = host === `${this.server.host}:${this.server.port}`
    if (!ours) this.foreign.push(host)
    return ours && !this.isCut
  }

  async #request(request, response) {
    const url = new URL(request.url)
    if (!this.#passes(url.host)) return response.destroy()
    const rewrite = this.instead(url.pathname)
    const own = await unpacked(this.server, url.pathname, rewrite ? '' : request.headers['accept-encoding'])
    if (own) return response.writeHead(rewrite ? 200 : own.status, own.headers).end(rewrite ? rewrite(String(own.content)) : own.content)
    // What is rewritten has to come as it is read.
    const headers = rewrite ? { ...request.headers, 'accept-encoding': 'identity' } : request.headers
    const onward = http.request({
      host: '127.0.0.1', port: this.server.port, method: request.method, path: url.pathname + url.search, headers,
    }, (answer) => {
      if (rewrite) return text(answer).then((told) => response.writeHead(200, without(answer.headers)).end(rewrite(told)))
      response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  }

  #tunnel(request, socket, head) {
    if (!this.#passes(request.url)) return socket.destroy()
    const onward = net.connect(this.server.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.write(head)
      socket.pipe(onward).pipe(socket)
    })
    onward.on('error', () => socket.destroy())
    onward.on('close', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  }
}

/** The fields of an answer, except those that say how long it is and what it was. */
function without({ 'content-length': length, etag, 'last-modified': modified, ...headers }) {
  return headers
}
