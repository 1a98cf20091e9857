// The last step of a build: the service worker with the list of what it keeps, the first load held to its budget, and a
// .br and a .gz beside every file that compresses, so that the server compresses nothing while it serves.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin, Rollup } from 'vite'
import { transformWithEsbuild } from 'vite'

/** What a first visit may load before anything can be seen, compressed with brotli. */
export const FIRST_LOAD_BYTES = 300 * 1024
/** Kinds that are compressed already gain nothing. */
const COMPRESSIBLE = /\.(js|css|html|svg|json|webmanifest|wasm|txt)$/

type Bundle = Rollup.OutputBundle

/** The files that the page needs before it runs: the entry, what it imports statically, and their styles. */
export function firstLoad(bundle: Bundle): Set<string> {
  const files = new Set<string>(['index.html'])
  const visit = (name: string) => {
    if (files.has(name)) return
    const chunk = bundle[name]
    if (chunk?.type !== 'chunk') return
    files.add(name)
    for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style)
    for (const next of chunk.imports) visit(next)
  }
  for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk' && chunk.isEntry) visit(chunk.fileName)
  return files
}

export function finishBuild(): Plugin {
  let folder = 'dist'
  let first = new Set<string>()
  return {
    name: 'kentong-finish',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
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
  let total = 0
  for (const name of (await readdir(folder, { recursive: true })) as string[]) {
    if (!COMPRESSIBLE.test(name)) continue
    const bytes = await readFile(join(folder, name))
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
    if (first.has(name)) total += brotli.length
    await writeFile(join(folder, `${name}.br`), brotli)
    await writeFile(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }))
  }
  const said = `first load ${(total / 1024).toFixed(1)} KiB of ${FIRST_LOAD_BYTES / 1024} KiB (brotli)`
  if (total > FIRST_LOAD_BYTES) throw new Error(`${said}: too much; load what is not needed at once with import()`)
  console.log(said)
}
