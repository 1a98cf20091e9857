// Pages that each do one thing no page of ours may do: what the suite cannot see there, it would see nowhere.
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'

const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self' http://elsewhere.test; worker-src 'self'; img-src 'self'"

const SCRIPTS = {
  '/console-error.js': 'console.error("oh no")',
  '/console-warning.js': 'console.warn("hm")',
  '/uncaught.js': 'throw new Error("nobody caught me")',
  '/rejected.js': 'Promise.reject(new Error("nobody caught me either"))',
  '/elsewhere.js': 'fetch("http://elsewhere.test/").catch(() => {})',
  '/socket-elsewhere.js': 'new WebSocket("ws://elsewhere.test/").onerror = () => {}',
  '/policy.js': 'eval("1")',
  '/inline.js': 'document.body.setAttribute("onclick", "1")',
  '/missing.js': 'fetch("/nowhere")',
  '/aborted.js': 'fetch("/hangs-up").catch(() => {})',
  '/worker.js': 'navigator.serviceWorker.register("/worker-of-trouble.js")',
  '/worker-of-trouble.js': 'console.error("from the worker"); fetch("http://elsewhere.test/").catch(() => {})',
  '/dialog.js': 'alert(1)',
  '/quiet.js': 'console.log("fine")',
}

const BODIES = {
  '/inaccessible': '<img src="/dot.svg" width="40" height="40"><a href="/"></a><input>',
}

/** A server of such pages; over https with a certificate. */
export async function naughty(tls = null) {
  const server = tls
    ? https.createServer({ cert: await readFile(tls.certificate), key: await readFile(tls.key) }, answer)
    : http.createServer(answer)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  return { host: '127.0.0.1', port, origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, close: () => server.close() }
}

function answer(request, response) {
  if (request.url === '/hangs-up') return response.destroy()
  const [status, type, text] = content(request.url)
  response.writeHead(status, { 'content-type': type, 'content-security-policy': POLICY })
  response.end(text)
}

function content(url) {
  if (SCRIPTS[url]) return [200, 'text/javascript', SCRIPTS[url]]
  if (url.endsWith('.svg')) return [200, 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>']
  if (url === '/favicon.ico') return [204, 'image/x-icon', '']
  const script = SCRIPTS[`${url}.js`] ? `<script defer src="${url}.js"></script>` : ''
  if (!script && !BODIES[url]) return [404, 'text/plain', 'nothing here']
  return [200, 'text/html', `<!doctype html><html lang="en"><title>${url}</title><main>${BODIES[url] ?? ''}${script}</main></html>`]
}
