// A web client that is not in the binary: with KENTONG_WEBAPP naming a folder (webapp/dist), the road answers for /app/
// from it, under the policies that the server gives its own. For work on the client; the suite of record goes without.
import { readFile } from 'node:fs/promises'
import path from 'node:path'

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json', '.woff2': 'font/woff2',
}
const KEPT = /^(content-security-policy|x-content-type-options|referrer-policy|permissions-policy|cross-origin-.*)$/

/** The answer to a request for a file of the client; nothing where the server is to answer. */
export async function unpacked(server, pathname) {
  const folder = process.env.KENTONG_WEBAPP
  if (!folder || !pathname.startsWith('/app/') || pathname === '/app/server.json') return null
  const name = path.normalize(pathname.slice('/app/'.length)) || 'index.html'
  const file = name === '.' || name === './' ? 'index.html' : name
  const policies = await fetch(`http://127.0.0.1:${server.port}/app/server.json`, { headers: { host: `${server.host}:${server.port}` } })
  const headers = Object.fromEntries([...policies.headers].filter(([field]) => KEPT.test(field)))
  const content = await readFile(path.join(folder, file)).catch(() => null)
  if (!content) return { status: 404, headers, content: '' }
  const cache = file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  return { status: 200, headers: { ...headers, 'cache-control': cache, 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }, content }
}
