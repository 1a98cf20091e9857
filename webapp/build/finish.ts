// The last step of a build: the service worker with the list of what it keeps, the first load held to its budget, and a
// .br and a .gz beside every file that compresses, so that the server compresses nothing while it serves.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin, Rollup } from 'vite'
import { transformWithEsbuild } from 'vite'

/** What a first visit may load before anything can be seen, compressed with brotli. */
export const FIRST_LOAD_BYTES = 300 * 1024
/** Kinds that are compressed already gain nothing. */
const COMPRESSIBLE = /\.(js|css|html|svg|json|webmanifest|wasm|txt)$/

type Bundle = Rollup.OutputBundle

/** What the entry fetches at once, on every visit: the app, and the door. */
const APP = 'src/begin.tsx'
/** What comes on top of it for whoever is signed in. */
const SHELL = 'src/screens/shell/Shell.tsx'
/** What is fetched at the start whoever it is: ciphers. */
const ALWAYS = /(^index\.html|\/mtcute-[\w-]+\.wasm)$/

/** The heaviest way in: the page, the entry, the app, the chats, all that these import statically, and their styles. */
export function firstLoad(bundle: Bundle): Set<string> {
  const always = Object.keys(bundle).filter(name => ALWAYS.test(name))
  return new Set([...always, ...withImports(bundle, [entryOf(bundle), chunkOf(bundle, APP), chunkOf(bundle, SHELL)])])
}

/** What every visit needs and the page itself does not name. */
function unnamed(bundle: Bundle): string[] {
  const named = withImports(bundle, [entryOf(bundle)])
  return [...withImports(bundle, [chunkOf(bundle, APP)])].filter(name => !named.has(name))
}

function entryOf(bundle: Bundle): string {
  return found(bundle, chunk => chunk.isEntry, 'an entry')
}

function chunkOf(bundle: Bundle, path: string): string {
  return found(bundle, chunk => chunk.moduleIds.some(id => id.endsWith(path)), path)
}

function found(bundle: Bundle, fits: (chunk: Rollup.OutputChunk) => boolean, what: string): string {
  const chunk = Object.values(bundle).find(it => it.type === 'chunk' && fits(it))
  if (!chunk) throw new Error(`the build has no chunk with ${what}`)
  return chunk.fileName
}

/** These chunks, all that they import statically, and their styles. */
function withImports(bundle: Bundle, names: readonly string[]): Set<string> {
  const files = new Set<string>()
  const visit = (name: string): void => {
    const chunk = bundle[name]
    if (files.has(name) || chunk?.type !== 'chunk') return
    files.add(name)
    for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style)
    chunk.imports.forEach(visit)
  }
  names.forEach(visit)
  return files
}

export function finishBuild(): Plugin {
  let folder = 'dist'
  let base = '/'
  let first: ReadonlySet<string> = new Set()
  return {
    name: 'kentong-finish',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
      base = config.base
    },
    // The app is fetched while the entry still is; it runs only when the entry asks for it.
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle }) =>
        unnamed(bundle ?? {}).map(name => ({
          tag: 'link',
          attrs: name.endsWith('.css')
            ? { rel: 'preload', as: 'style', crossorigin: true, href: base + name }
            : { rel: 'modulepreload', crossorigin: true, href: base + name },
          injectTo: 'head' as const,
        })),
    },
    async generateBundle(_, bundle) {
      if (this.environment.name !== 'client') return
      first = firstLoad(bundle)
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: await serviceWorker(bundle) })
    },
    async closeBundle() {
      await compressAll(folder, first)
    },
  }
}

/** src/sw.ts as one plain file; the names of all assets and a version that changes with any of them stand in its first line. */
async function serviceWorker(bundle: Bundle): Promise<string> {
  const source = await readFile(new URL('../src/sw.ts', import.meta.url), 'utf8').catch(() => '')
  const { code } = await transformWithEsbuild(source, 'sw.ts', { target: 'es2022', minify: true })
  const assets = Object.keys(bundle).filter(name => name.startsWith('assets/') && !name.endsWith('.map'))
  return `self.KENTONG_ASSETS=${JSON.stringify(assets.sort())};\n${code}`
}

async function compressAll(folder: string, first: ReadonlySet<string>): Promise<void> {
  const sizes = new Map<string, number>()
  for (const name of (await readdir(folder, { recursive: true })) as string[]) {
    if (!COMPRESSIBLE.test(name)) continue
    const bytes = await readFile(join(folder, name))
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
    sizes.set(name, brotli.length)
    await writeFile(join(folder, `${name}.br`), brotli)
    await writeFile(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }))
  }
  const total = [...first].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0)
  const said = `first load ${(total / 1024).toFixed(1)} KiB of ${FIRST_LOAD_BYTES / 1024} KiB (brotli)`
  if (total > FIRST_LOAD_BYTES) throw new Error(`${said}: too much; load what is not needed at once with import()`)
  console.log(said)
}
