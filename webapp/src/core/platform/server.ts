// Which server this is: its data centre and public keys, from /app/server.json. The keys are what everything else rests on, so they
// are kept at the first visit and compared ever after; a page that came over plain http could have been changed on its way.

import { addPublicKey, type ICryptoProvider, parsePublicKey } from '@mtcute/core/utils.js'
import type { Database } from '../cache/database'

/** /app/server.json. */
export interface ServerFile {
  name: string
  version: string
  dc: number
  publicKeys: string[]
  baseUrl: string
}

export type Known =
  | { kind: 'ready'; server: ServerFile }
  /** The server shows another key than it used to. */
  | { kind: 'changed'; known: string; now: string; server: ServerFile }
  /** Not reached, and never reached before. */
  | { kind: 'unreached' }

const FACT = 'server'

/** What the page's server says of itself; undefined if it cannot be reached or is none. */
export async function askServer(): Promise<ServerFile | undefined> {
  if (navigator.onLine === false) return undefined
  try {
    const response = await fetch(`${import.meta.env.BASE_URL}server.json`, { cache: 'no-store' })
    if (!response.ok) return undefined
    return readServerFile(await response.json())
  } catch {
    return undefined
  }
}

/** A server file, if it is one. */
export function readServerFile(value: unknown): ServerFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, version, dc, publicKeys, baseUrl } = value as Record<string, unknown>
  if (!Number.isInteger(dc) || (dc as number) < 1 || (dc as number) > 999) return undefined
  if (!Array.isArray(publicKeys) || !publicKeys.length || !publicKeys.every(key => typeof key === 'string'))
    return undefined
  const text = (field: unknown) => (typeof field === 'string' ? field : '')
  return { name: text(name), version: text(version), dc: dc as number, publicKeys, baseUrl: text(baseUrl) }
}

/** The kept server if it is still the same, else what differs. A server that is not reached is the one that was known. */
export async function knowServer(
  database: Database,
  now: ServerFile | undefined,
  crypto: ICryptoProvider,
): Promise<Known> {
  const kept = await database.get<ServerFile>('facts', FACT)
  if (!now) return kept ? { kind: 'ready', server: kept } : { kind: 'unreached' }
  if (kept && !sharesKey(kept, now)) {
    return { kind: 'changed', known: fingerprints(kept, crypto), now: fingerprints(now, crypto), server: now }
  }
  await keepServer(database, now)
  return { kind: 'ready', server: now }
}

/** From now on this is the server. */
export function keepServer(database: Database, server: ServerFile): Promise<void> {
  return database.commit([{ store: 'facts', put: server, key: FACT }])
}

/** Tells mtcute which keys to believe. */
export function trust(server: ServerFile, crypto: ICryptoProvider): void {
  for (const key of server.publicKeys) addPublicKey(crypto, key)
}

/** A server may add a key before it retires the old one: one in common is the same server. */
function sharesKey(one: ServerFile, other: ServerFile): boolean {
  const bare = (pem: string) => pem.replace(/\s+/g, '')
  const known = new Set(one.publicKeys.map(bare))
  return other.publicKeys.some(key => known.has(bare(key)))
}

function fingerprints(server: ServerFile, crypto: ICryptoProvider): string {
  return server.publicKeys.map(key => parsePublicKey(crypto, key).fingerprint).join(', ')
}
