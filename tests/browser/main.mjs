// Plays the browser scenarios and prints their totals.
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeAuthority } from './harness/authority.mjs'
import { launch } from './harness/browser.mjs'
import * as limits from './harness/limits.mjs'
import { play } from './harness/runner.mjs'
import { wantScreenshots } from './harness/screenshots.mjs'

const HELP = `Plays people in browsers against the server.

  --only PATTERN   only scenarios whose name (GROUP (SIZE): TITLE) fits this regular expression
  --jobs N         groups played at a time (${limits.JOBS})
  --screenshots    write docs/screenshots
  --help           this

KENTONG_BIN names the server's binary (else the release build), CHROMIUM the browser (else /usr/bin/chromium).`

const { values } = parseArgs({
  options: {
    only: { type: 'string' }, jobs: { type: 'string' }, screenshots: { type: 'boolean' }, help: { type: 'boolean' },
  },
})

if (values.help) {
  console.log(HELP)
  process.exit(0)
}
// What a scenario that failed was still waiting for fails after it; it was told of.
process.on('unhandledRejection', () => {})
if (values.screenshots) wantScreenshots()
const began = Date.now()
const folder = new URL('scenarios/', import.meta.url)
for (const name of (await readdir(folder)).filter((it) => it.endsWith('.mjs')).sort()) await import(new URL(name, folder))

const authority = await makeAuthority()
const browser = await launch(authority)
const artefacts = path.join(process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../target', import.meta.url)), 'browser-failures')
let played
try {
  played = await play({
    browser, authority, artefacts, jobs: Number(values.jobs ?? limits.JOBS),
    only: values.only && new RegExp(values.only), say: report,
  })
} finally {
  await browser.close()
  await authority.remove()
}

for (const fact of played.facts) console.log(fact)
const failed = played.results.filter((it) => it.errors.length).length
console.log(`\nbrowser scenarios: ${played.results.length - failed} passed, ${failed} failed, in ${seconds(Date.now() - began)}`)
process.exit(failed || !played.results.length ? 1 : 0)

function report({ name, ms, errors }) {
  console.log(`${errors.length ? 'FAILED' : 'ok    '} ${name} (${seconds(ms)})`)
  for (const error of errors) console.log(error.replace(/^/gm, '       '))
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}
