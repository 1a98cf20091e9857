// The pages for the world: rendered by the server, without scripts, for whoever opens an address.
import assert from 'node:assert/strict'
import { accessibility } from '../harness/axe.mjs'
import { injected, MARKUP } from '../harness/hostile.mjs'
import { printed } from '../harness/process.mjs'
import { group } from '../harness/runner.mjs'
import { shoot } from '../harness/screenshots.mjs'
import { binary } from '../harness/server.mjs'

const SIZES = ['phone', 'desktop']
const GUIDES = ['telethon', 'mtcute', 'gramjs', 'pyrogram', 'grammers', 'tdlib', 'desktop', 'apps']
// What turns the direction of a text is taken out of names by the server.
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g
// Differs from answer to answer by nature.
const PASSING_FIELDS = new Set(['date'])

group('pages for the world', { sizes: SIZES }, (scenario) => {
  scenario('the first page says what this is, how many are here, and how to come in', async (stage) => {
    const telethon = await stage.telethon()
    stage.shared.ayu = await telethon.signUp('+15550100001', 'Ayu', 'Lestari')
    const seat = await stage.seat('visitor')
    stage.shared.seat = seat
    await seat.page.goto('/')
    await seat.page.getByRole('heading', { level: 1 }).waitFor()
    await seat.page.getByText('One person is here.').waitFor()
    await seat.page.getByRole('img', { name: stage.server.origin }).waitFor()
    const open = seat.page.getByRole('link', { name: 'Open in the browser' })
    assert.match(await open.evaluate((it) => it.href), /\/app\/$/)
    assert.equal(await seat.page.locator('script').count(), 0)
    assert.deepEqual(await accessibility(seat.page), [])
    await fitsWidth(seat.page)
    await shoot(seat, 'first-page')
  })

  scenario('every way to connect is a page with what the command prints', async (stage) => {
    const { page } = stage.shared.seat
    await page.goto('/connect')
    assert.deepEqual(await accessibility(page), [])
    await fitsWidth(page)
    await shoot(stage.shared.seat, 'connect')
    for (const guide of GUIDES) {
      await page.goto('/connect')
      await page.locator(`a[href$="connect/${guide}"]`).click()
      const told = await printed(binary(), ['connect', '--for', guide, '--data', stage.server.data])
      assert.equal(withoutKey(await page.locator('pre').textContent()), withoutKey(told), guide)
      await fitsWidth(page)
    }
    await shoot(stage.shared.seat, 'connect-guide')
  })

  scenario('a person who took a name has a page, and a button that opens the chat', async (stage) => {
    const { ayu, seat } = stage.shared
    await ayu.ask('set_username', { username: 'ayu_lestari' })
    await ayu.ask('set_bio', { bio: 'Rain, coffee and long walks' })
    await seat.page.goto('/ayu_lestari')
    await seat.page.getByRole('heading', { name: 'Ayu Lestari' }).waitFor()
    await seat.page.getByText('Rain, coffee and long walks').waitFor()
    const write = seat.page.getByRole('link', { name: 'Send a message' })
    assert.match(await write.evaluate((it) => it.href), /\/app\/#\/u\/ayu_lestari$/)
    assert.equal(await seat.page.locator('meta[property="og:title"]').getAttribute('content'), 'Ayu Lestari')
    assert.doesNotMatch(await seat.page.content(), /15550100001/)
    assert.deepEqual(await accessibility(seat.page), [])
    await fitsWidth(seat.page)
    await shoot(seat, 'person')
  })

  scenario('an invite has a page that leads into the client', async (stage) => {
    const { page } = stage.shared.seat
    const invite = await makeInvite(stage.server)
    await page.goto(`/invite/${invite}`)
    const accept = page.getByRole('link', { name: 'Accept the invitation' })
    assert.match(await accept.evaluate((it) => it.href), new RegExp(`/app/#/invite/${invite}$`))
    assert.deepEqual(await accessibility(page), [])
    await fitsWidth(page)
    await shoot(stage.shared.seat, 'invite')
  })

  scenario('speaks the language that the browser asks for', async (stage) => {
    const seat = await stage.seat('pengunjung', { locale: 'id-ID' })
    await seat.page.goto('/')
    assert.equal(await seat.page.locator('html').getAttribute('lang'), 'id')
    await shoot(seat, 'first-page-indonesian', { dark: false })
    await stage.leave(seat)
  })
})

group('private things', {}, (scenario) => {
  scenario('whatever there is no page for answers with the same bytes', async (stage) => {
    const telethon = await stage.telethon()
    const ayu = await telethon.signUp('+15550100002', 'Ayu')
    const banned = await telethon.signUp('+15550100003', 'Bima')
    await banned.ask('set_username', { username: 'bima_who_was' })
    assert.equal((await answerOf(stage.server, '/bima_who_was')).status, 200)
    await stage.server.admin('user', 'ban', String(banned.id))
    await ayu.ask('set_username', { username: 'ayu_before' })
    await ayu.ask('set_username', { username: 'ayu_now_here' })
    const nothing = await answerOf(stage.server, '/nobody_has_it')
    assert.equal(nothing.status, 404)
    for (const name of ['bima_who_was', 'ayu_before', 'kentong', 'administrator']) {
      assert.deepEqual(await answerOf(stage.server, `/${name}`), nothing, name)
    }
    for (const path of ['/bima_who_was/photo.jpg', '/nobody_has_it/photo.jpg']) {
      assert.equal((await answerOf(stage.server, path)).status, 404)
    }
  })

  scenario('an invite that is spent, revoked or made up is one answer', async (stage) => {
    const revoked = await makeInvite(stage.server)
    await stage.server.admin('invite', 'revoke', revoked)
    const madeUp = await answerOf(stage.server, '/invite/000000000000')
    assert.deepEqual(await answerOf(stage.server, `/invite/${revoked}`), madeUp)
  })
})

group('hostile names', { sizes: ['phone'] }, (scenario) => {
  scenario('show as text on a person\'s page', async (stage) => {
    const telethon = await stage.telethon()
    const mallory = await telethon.signUp('+15550100004', 'Mallory')
    await mallory.ask('set_username', { username: 'mallory_page' })
    const seat = await stage.seat('visitor')
    for (const text of MARKUP) {
      await mallory.ask('set_name', { first_name: text.slice(0, 64), last_name: '' })
      await mallory.ask('set_bio', { bio: text.slice(0, 70) })
      await seat.page.goto('/mallory_page')
      assert.deepEqual(await injected(seat.page), [], text)
      const heading = await seat.page.getByRole('heading', { level: 1 }).textContent()
      assert.equal(heading.trim(), text.slice(0, 64).replace(TURNS, '').trim())
      await fitsWidth(seat.page)
    }
  })

  scenario('show as text in whatever an address says', async (stage) => {
    const seat = await stage.seat('visitor')
    await seat.watch.tolerating(/status of (404|400|429)/, async () => {
      for (const text of MARKUP) {
        for (const path of [`/${encodeURIComponent(text)}`, `/invite/${encodeURIComponent(text)}`, `/connect/${encodeURIComponent(text)}`, `/?q=${encodeURIComponent(text)}`]) {
          await seat.page.goto(path)
          assert.deepEqual(await injected(seat.page), [], path)
        }
      }
    })
  })
})

/** Nothing sticks out to the side: a page that scrolls sideways on a phone is broken. */
export async function fitsWidth(page) {
  const { wide, high } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, high: innerWidth }))
  assert.ok(wide <= high, `the page is ${wide} px wide on a screen of ${high}`)
}

// The command makes a key for grammers; a page for everybody cannot.
const withoutKey = (text) => text.trim().replace(/(AUTH_KEY: &str = )"[^"]*"/, '$1')

async function makeInvite(server) {
  const made = JSON.parse(await server.admin('--json', 'invite', 'create'))
  return made.invites[0].code
}

async function answerOf(server, path) {
  const answer = await fetch(`${server.origin}${path}`, { redirect: 'manual' })
  const fields = Object.fromEntries([...answer.headers].filter(([name]) => !PASSING_FIELDS.has(name)))
  const body = (await answer.text()).replaceAll(path.slice(1), '')
  return { status: answer.status, fields, body }
}
