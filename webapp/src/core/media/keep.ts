/**
 * Pictures and other small files kept on this device, so that a conversation has its pictures at once, also offline.
 *
 * IndexedDB and not the Cache API, for that exists in secure contexts only. Bounded in bytes and pieces; what was not looked
 * at for longest goes first. Whatever goes wrong in here means "not kept": a picture is then fetched again.
 */
import { STORE_ITEM_MAX_BYTES, STORE_MAX_BYTES, STORE_MAX_ITEMS } from './limits'

const NAME = 'kentong-media'
const FILES = 'files'
const FACTS = 'facts'
/** A look is written down at most once in this time, in ms. */
const SEEN_STEP_MS = 6 * 3_600_000
/** What goes at once when it is full: a tenth, so that it is not full again with the next picture. */
const MAKE_ROOM_SHARE = 0.1

interface Fact {
  key: string
  bytes: number
  seen: number // ms since 1970
}

export interface Keep {
  get(key: string): Promise<Blob | undefined>
  put(key: string, blob: Blob): Promise<void>
  bytes(): Promise<number>
  clear(): Promise<void>
}

export function createKeep(factory: IDBFactory | undefined = globalThis.indexedDB): Keep {
  let opened: Promise<IDBDatabase | undefined> | undefined
  let total: { bytes: number; items: number } | undefined
  const database = () => {
    opened ??= open(factory)
    return opened
  }

  async function get(key: string): Promise<Blob | undefined> {
    const db = await database()
    if (!db) return undefined
    const found = await asked<{ bytes: ArrayBuffer; type: string } | undefined>(
      db.transaction(FILES).objectStore(FILES).get(key),
    )
    if (!found) return undefined
    await touch(db, key)
    return new Blob([found.bytes], { type: found.type })
  }

  async function put(key: string, blob: Blob): Promise<void> {
    if (blob.size > STORE_ITEM_MAX_BYTES) return
    const db = await database()
    if (!db) return
    const bytes = await blob.arrayBuffer()
    const transaction = db.transaction([FILES, FACTS], 'readwrite')
    const before = await asked<Fact | undefined>(transaction.objectStore(FACTS).get(key))
    transaction.objectStore(FILES).put({ bytes, type: blob.type }, key)
    transaction.objectStore(FACTS).put({ key, bytes: blob.size, seen: Date.now() } satisfies Fact)
    await finished(transaction)
    const known = await counted(db)
    if (before === undefined) total = { bytes: known.bytes + blob.size, items: known.items + 1 }
    await makeRoom(db)
  }

  async function counted(db: IDBDatabase): Promise<{ bytes: number; items: number }> {
    if (total) return total
    const facts = await asked<Fact[]>(db.transaction(FACTS).objectStore(FACTS).getAll())
    total = { bytes: facts.reduce((sum, fact) => sum + fact.bytes, 0), items: facts.length }
    return total
  }

  async function makeRoom(db: IDBDatabase): Promise<void> {
    const now = total
    if (!now || (now.bytes <= STORE_MAX_BYTES && now.items <= STORE_MAX_ITEMS)) return
    const facts = await asked<Fact[]>(db.transaction(FACTS).objectStore(FACTS).index('seen').getAll())
    const transaction = db.transaction([FILES, FACTS], 'readwrite')
    let bytes = facts.reduce((sum, fact) => sum + fact.bytes, 0)
    let items = facts.length
    for (const fact of facts) {
      const isRoom =
        bytes <= STORE_MAX_BYTES * (1 - MAKE_ROOM_SHARE) && items <= STORE_MAX_ITEMS * (1 - MAKE_ROOM_SHARE)
      if (isRoom) break
      transaction.objectStore(FILES).delete(fact.key)
      transaction.objectStore(FACTS).delete(fact.key)
      bytes -= fact.bytes
      items -= 1
    }
    await finished(transaction)
    total = { bytes, items }
  }

  async function touch(db: IDBDatabase, key: string): Promise<void> {
    const fact = await asked<Fact | undefined>(db.transaction(FACTS).objectStore(FACTS).get(key))
    if (!fact || Date.now() - fact.seen < SEEN_STEP_MS) return
    db.transaction(FACTS, 'readwrite')
      .objectStore(FACTS)
      .put({ ...fact, seen: Date.now() })
  }

  return {
    get: key => get(key).catch(() => undefined),
    put: (key, blob) => put(key, blob).catch(() => undefined),
    async bytes() {
      const db = await database()
      return db ? (await counted(db)).bytes : 0
    },
    async clear() {
      const db = await database()
      if (!db) return
      const transaction = db.transaction([FILES, FACTS], 'readwrite')
      transaction.objectStore(FILES).clear()
      transaction.objectStore(FACTS).clear()
      await finished(transaction)
      total = { bytes: 0, items: 0 }
    },
  }
}

/** Undefined where the browser keeps nothing (some private windows). */
function open(factory: IDBFactory | undefined): Promise<IDBDatabase | undefined> {
  return new Promise(resolve => {
    if (!factory) return resolve(undefined)
    const request = factory.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(FILES)
      request.result.createObjectStore(FACTS, { keyPath: 'key' }).createIndex('seen', 'seen')
    }
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close()
      resolve(request.result)
    }
    request.onerror = () => resolve(undefined)
  })
}

function asked<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T)
    request.onerror = () => reject(request.error)
  })
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = () => reject(transaction.error)
    transaction.onabort = () => reject(transaction.error)
  })
}
