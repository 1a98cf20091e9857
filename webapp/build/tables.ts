// mtcute knows how to write every constructor of the protocol, which is a third of a first load. Only what somebody names can be
// written: a request or an object has its name in a string of our sources or of mtcute's own. All others leave the table, and
// writing one of them would fail as loudly as writing one that the protocol does not have. What is read stays whole: that is up to
// the server.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const CORE = 'node_modules/@mtcute/core'
const WASM = /@mtcute\/wasm\/index\.js$/
const WRITER = /@mtcute\/core\/tl\/binary\/writer\.js$/
/** Parts of mtcute that a browser's client does not use, or that name everything. */
const LEFT_OUT = new Set(['tl', 'highlevel', 'mtproxy', 'sqlite', 'memory'])

export function writtenTables(): Plugin {
  let root = '.'
  return {
    name: 'kentong-tables',
    apply: 'build',
    enforce: 'pre',
    configResolved(config) {
      root = config.root
    },
    async transform(code, id) {
      // The ciphers' module is named by platform/crypto.ts; mtcute's own way to it would put a second one beside it.
      if (WASM.test(id))
        return {
          code: code.replace(/new URL\(\s*"\.\/mtcute(-simd)?\.wasm",\s*import\.meta\.url\s*\)/g, 'undefined'),
          map: null,
        }
      if (!WRITER.test(id.split('?')[0] ?? '')) return undefined
      const named = await namesIn([join(root, 'src'), join(root, CORE)])
      const { table, kept, all } = reduced(code, named)
      if (!kept.has('messages.sendMessage') || !kept.has('mt_req_pq_multi'))
        throw new Error('the writers were not understood')
      console.log(`writers of the protocol: ${kept.size} of ${all}`)
      return { code: table, map: null }
    },
  }
}

/** The table without the entries that nobody names. Entries stand two blanks deep, one after the other. */
export function reduced(code: string, named: ReadonlySet<string>): { table: string; kept: Set<string>; all: number } {
  const kept = new Set<string>()
  let all = 0
  const table = code.replace(
    /^ {2}"?([\w.]+)"?: function\(w(?:, v)?\) \{\n(?: {4}.*\n)* {2}\},?\n/gm,
    (entry, name: string) => {
      all++
      if (!named.has(name)) return ''
      kept.add(name)
      return entry
    },
  )
  return { table, kept, all }
}

/** Everything that is named below some folders and looks like a name of the protocol. */
export async function namesIn(folders: string[]): Promise<Set<string>> {
  const names = new Set<string>()
  for (const folder of folders) {
    for (const file of await sources(folder)) {
      const text = await readFile(file, 'utf8')
      // In quotes, or as the name of a property: a table of names has them so.
      for (const [, quoted, property] of text.matchAll(/["'`]([A-Za-z][\w.]*)["'`]|^\s*([a-z]\w*):/gm)) {
        if (quoted) names.add(quoted)
        if (property) names.add(property)
      }
    }
  }
  return names
}

async function sources(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!LEFT_OUT.has(entry.name)) found.push(...(await sources(path)))
    } else if (/(?<!\.d)(?<!\.test)\.(ts|tsx|js)$/.test(entry.name)) found.push(path)
  }
  return found
}
