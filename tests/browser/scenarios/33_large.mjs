// A file that is far larger than what a page should hold at once: up, and down again, byte for byte.
import assert from 'node:assert/strict'
import { createHash, randomFillSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as limits from '../harness/limits.mjs'
import { group } from '../harness/runner.mjs'
import { chooseFiles, sendAttached } from './30_two_people.mjs'
import { acquainted } from './50_hostile.mjs'
import { signIn } from './60_devices.mjs'

const NAME = 'arsip besar.bin'

group('a large file', {}, (scenario) => {
  scenario('goes up from one browser and comes down in another as it was', async (stage) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kentong-large-'))
    try {
      const file = path.join(folder, NAME)
      await writeFile(file, randomFillSync(Buffer.alloc(limits.LARGE_FILE_BYTES)))
      const { ani } = await acquainted(stage)
      await ani.openChat('Citra')
      const began = Date.now()
      await chooseFiles(ani, 'chat.attachFile', [file])
      await sendAttached(ani)
      await ani.message(NAME).first().locator('[data-ticks][data-stage="sent"]').waitFor({ timeout: limits.LARGE_TRANSFER })
      const sent = Date.now()
      const other = await signIn(stage, ani.phone, ani.password)
      await other.openChat('Citra')
      await other.sees(NAME)
      const wanted = await hashOf(file)
      await withoutPlaces(other)
      const [download] = await Promise.all([
        other.page.waitForEvent('download', { timeout: limits.LARGE_TRANSFER }),
        save(other),
      ])
      assert.equal(await hashOf(await download.path()), wanted)
      const got = Date.now()
      await withAPlace(other)
      await save(other)
      assert.equal(await hashOfPlace(other), wanted)
      const rate = (ms) => `${(limits.LARGE_FILE_BYTES / 1024 / 1024 / (ms / 1000)).toFixed(1)} MiB/s`
      stage.facts.push(`a file of ${limits.LARGE_FILE_BYTES / 1024 / 1024} MiB in a browser: up ${rate(sent - began)}, down ${rate(got - sent)}`)
    } finally {
      await rm(folder, { recursive: true })
    }
  }, { ms: limits.LARGE_TRANSFER * 3 + limits.SCENARIO })
})

const save = (client) => client.message(NAME).first().getByRole('button').first().click()

/** A browser that lets no page write to the disk, as most do not. */
const withoutPlaces = ({ page }) => page.evaluate(() => { delete Window.prototype.showSaveFilePicker; delete window.showSaveFilePicker })

/** A browser that asks its person for a place on the disk; the place is one that the page can read again. */
function withAPlace({ page }) {
  return page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory()
    const place = await folder.getFileHandle('chosen', { create: true })
    const { createWritable } = FileSystemFileHandle.prototype
    window.saved = new Promise((resolve) => {
      place.createWritable = async (...options) => {
        const out = await createWritable.apply(place, options)
        const { close } = out
        out.close = () => close.call(out).then(resolve)
        return out
      }
    })
    window.showSaveFilePicker = async () => place
  })
}

/** The hash of what was written to that place, once it is whole. */
function hashOfPlace({ page }) {
  return page.evaluate(async () => {
    await window.saved
    const file = await (await (await navigator.storage.getDirectory()).getFileHandle('chosen')).getFile()
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  })
}

async function hashOf(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
