// A web client that is not in the binary: with KENTONG_WEBAPP naming a folder (webapp/dist), the road answers for /app/
// from it, under the policies that the server gives its own. For work on the client; the suite of record goes without.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json', '.woff2': 'font/woff2',
}// As the server has them: beside the file, the first that the browser takes.
const PACKED = [['br', '.br'], ['gzip', '.gz']]
const KEPT = /^(content-security-policy|x-content-type-options|referrer-policy|permissions-policy|cross-origin-.*)$/

/** The answer to a request for a file of the client; nothing where the server is to answer. */
export async function unpacked(server, pathname, accepted = '') {
  const folder = process.env.KENTONG_WEBAPP
  if (!folder || !pathname.startsWith('/app/') || pathname === '/app/server.json') return null
  const name = path.normalize(pathname.slice('/app/'.length)) || 'index.html'
  const file = name === '.' || name === './' ? 'index.html' : name
  const headers = await policies(server)
  const cache = file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  const type = { 'cache-control': cache, 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }
  for (const [encoding, ending] of [...PACKED.filter(([it]) => accepted.includes(it)), [null, '']]) {
    const content = await readFile(path.join(folder, file + ending)).catch(() => null)
    const packed = encoding ? { 'content-encoding': encoding } : {}
    if (content) return { status: 200, headers: { ...headers, ...type, ...packed }, content }
  }
  return { status: 404, headers, content: '' }
}

/** What the server says besides with an answer to this host. */
async function policies({ port, host }) {
  const request = http.get({ port, host: '127.0.0.1', path: '/app/server.json', headers: { host: `${host}:${port}` }, agent: false })
  const [answer] = await once(request, 'response')
  answer.resume()
  return Object.fromEntries(Object.entries(answer.headers).filter(([field]) => KEPT.test(field)))
}
