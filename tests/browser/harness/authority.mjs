// A certificate authority of the test's own, and a certificate of it for the server under test.
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { printed } from './process.mjs'
import { NAME } from './server.mjs'

const DAYS = '2'
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc']

/** Files in a folder of their own: `authority`, `certificate` (the chain the server sends) and `key`. */
export async function makeAuthority() {
  const folder = await mkdtemp(path.join(tmpdir(), 'kentong-authority-'))
  const file = (name) => path.join(folder, name)
  const openssl = (...args) => printed('openssl', args, { cwd: folder })
  await openssl('req', '-x509', ...CURVE, '-days', DAYS, '-subj', '/CN=Kentong test authority', '-keyout', 'ca.key',
    '-out', 'ca.pem', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign')
  await openssl('req', ...CURVE, '-subj', `/CN=${NAME}`, '-keyout', 'leaf.key', '-out', 'leaf.csr')
  await writeFile(file('leaf.ext'), [
    `subjectAltName=DNS:${NAME},DNS:localhost,IP:127.0.0.1`, 'extendedKeyUsage=serverAuth', 'basicConstraints=CA:FALSE',
  ].join('\n'))
  await openssl('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial',
    '-days', DAYS, '-extfile', 'leaf.ext', '-out', 'leaf.pem')
  const authority = await readFile(file('ca.pem'), 'utf8')
  await writeFile(file('chain.pem'), (await readFile(file('leaf.pem'), 'utf8')) + authority)
  return {
    authority, certificate: file('chain.pem'), key: file('leaf.key'), fingerprint: fingerprint(authority),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

// What Chromium is told to trust: the hash of the authority's public key, and nothing else.
function fingerprint(pem) {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(key).digest('base64')
}
