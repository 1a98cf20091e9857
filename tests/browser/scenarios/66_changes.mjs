// What is new all at once: another build of the client, and a server with another key.
import assert from 'node:assert/strict'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { lookOver } from './30_two_people.mjs'
import { acquainted } from './50_hostile.mjs'

const NEW_FILE = 'assets/of-the-next-build.js'

group('a newer client', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario('is fetched in the background, offered, and takes over whole', async (stage) => {
    const { ani } = await acquainted(stage)
    const { page, seat } = ani
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
    await page.reload()
    await ani.isIn()
    const before = await shells(page)
    assert.equal(before.length, 1)
    seat.road.instead = nextBuild
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => true))
    const take = page.getByRole('button', { name: ani.word('chat.newBuildTake') })
    await take.waitFor()
    await lookOver(ani, 'new-build')
    // What was on the screen still works, and the old build's files are not needed any more.
    await ani.openChat('Citra')
    await ani.say('masih yang lama')
    await take.click()
    await page.waitForFunction(() => document.querySelector('meta[name="build"]')?.content === 'next')
    await ani.isIn()
    const after = await shells(page)
    assert.equal(after.length, 1)
    assert.notEqual(after[0], before[0])
    assert.equal(await page.evaluate((name) => caches.match(`/app/${name}`).then(Boolean), NEW_FILE), true)
    await take.waitFor({ state: 'detached' })
    await seat.offline(async () => {
      await page.reload()
      await ani.isIn()
    })
  })
})

group('a server with another key', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario('is said, in every tab, and nothing is sent before the person decides', async (stage) => {
    const { ani } = await acquainted(stage)
    const { page } = ani
    const other = Object.assign(Object.create(ani), { page: await ani.seat.context.newPage() })
    await other.page.goto('/app/')
    await other.isIn()
    // Keys that the new server does not know are refused, which a browser reports.
    await ani.seat.watch.tolerating(/ERR_|WebSocket|failed:|auth|key|unregistered/i, async () => {
      await stage.server.startAnew()
      await page.reload()
      await page.getByRole('heading', { name: ani.word('door.key.title') }).waitFor({ timeout: limits.PAGE })
      await lookOver(ani, 'another-key')
      const [known, now] = await page.locator('dd').allTextContents()
      assert.match(known, /^-?[\w]+/)
      assert.notEqual(known, now)
      await ani.button('door.key.accept').click()
      await ani.button('door.welcome.new').waitFor({ timeout: limits.PAGE })
      await other.button('door.welcome.new').waitFor({ timeout: limits.PAGE })
    })
    await ani.comeIn({ password: 'seven new beginnings' })
    assert.equal(await page.getByText('Citra').count(), 0)
    await other.page.close()
  })
})

/** The stores in which builds of the client are kept. */
const shells = (page) => page.evaluate(() => caches.keys().then((names) => names.filter((it) => it.startsWith('kentong-shell-'))))

/** As if the server had been updated: a page and a service worker that name a file more. */
function nextBuild(path) {
  if (path === `/app/${NEW_FILE}`) return () => 'export {}'
  if (path === '/app/sw.js') return (text) => text.replace('self.KENTONG_ASSETS=[', `self.KENTONG_ASSETS=["${NEW_FILE}",`)
  if (path === '/app/') return (text) => text.replace('<head>', '<head><meta name="build" content="next">')
  return null
}
