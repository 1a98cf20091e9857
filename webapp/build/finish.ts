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

/** Screens that a visit may begin with, each loaded on top of the entry: the budget holds for the heaviest way in. */
const FIRST_SCREENS = ['src/screens/door/index.tsx', 'src/screens/shell/Shell.tsx']
/** What is fetched at the start whoever it is: ciphers. */
const ALWAYS = /(^index\.html|\/mtcute-[\w-]+\.wasm)$/

/** The files behind each way in: the page, the entry, a first screen, all that these import statically, and their styles. */
export function firstLoads(bundle: Bundle): Set<string>[] {
  const chunks = Object.values(bundle).filter(chunk => chunk.type === 'chunk')
  const entry = chunks.find(chunk => chunk.isEntry)
  const screens = chunks.filter(chunk => FIRST_SCREENS.some(path => chunk.facadeModuleId?.endsWith(path)))
  const always = Object.keys(bundle).filter(name => ALWAYS.test(name))
  return (screens.length ? screens : [entry]).map(screen => {
    const files = new Set([...always, 'index.html'])
    const visit = (name: string) => {
      const chunk = bundle[name]
      if (files.has(name) || chunk?.type !== 'chunk') return
      files.add(name)
      for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style)
      for (const next of chunk.imports) visit(next)
    }
    if (entry) visit(entry.fileName)
    if (screen) visit(screen.fileName)
    return files
  })
}

/** The chunks of the door that the entry does not bring. */
function firstScreen(bundle: Bundle): string[] {
  const chunks = Object.values(bundle).filter(chunk => chunk.type === 'chunk')
  const door = chunks.find(chunk => chunk.facadeModuleId?.endsWith(FIRST_SCREENS[0] ?? ''))
  const entry = chunks.find(chunk => chunk.isEntry)
  if (!door || !entry) return []
  return [door.fileName, ...door.imports].filter(name => name !== entry.fileName && !entry.imports.includes(name))
}

export function finishBuild(): Plugin {
  let folder = 'dist'
  let base = '/'
  let first: Set<string>[] = []
  return {
    name: 'kentong-finish',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
      base = config.base
    },
    // The first screen of a first visit is fetched while the entry still is; it runs only when the entry asks for it.
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle }) =>
        firstScreen(bundle ?? {}).map(name => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: base + name },
          injectTo: 'head' as const,
        })),
    },
    async generateBundle(_, bundle) {
      if (this.environment.name !== 'client') return
      first = firstLoads(bundle)
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

async function compressAll(folder: string, first: ReadonlySet<string>[]): Promise<void> {
  const sizes = new Map<string, number>()
  for (const name of (await readdir(folder, { recursive: true })) as string[]) {
    if (!COMPRESSIBLE.test(name)) continue
    const bytes = await readFile(join(folder, name))
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
    sizes.set(name, brotli.length)
    await writeFile(join(folder, `${name}.br`), brotli)
    await writeFile(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }))
  }
  const totals = first.map(files => [...files].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0))
  const total = Math.max(...totals)
  const said = `first load ${(total / 1024).toFixed(1)} KiB of ${FIRST_LOAD_BYTES / 1024} KiB (brotli)`
  if (total > FIRST_LOAD_BYTES) throw new Error(`${said}: too much; load what is not needed at once with import()`)
  console.log(said)
}
