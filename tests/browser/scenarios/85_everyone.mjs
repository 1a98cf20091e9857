// People who use the keyboard alone, read from right to left, or read Indonesian.
import assert from 'node:assert/strict'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { shoot } from '../harness/screenshots.mjs'
import { fitsWidth } from './20_pages.mjs'
import { lookOver } from './30_two_people.mjs'
import { acquainted } from './50_hostile.mjs'

const TABS = 40

group('the keyboard alone', {}, (scenario) => {
  scenario('leads from the first page to a sent message', async (stage) => {
    const ani = await Client.open(stage, 'Ani')
    const { page } = ani
    await page.goto('/')
    await focusOn(ani, page.locator('main a.primary'))
    await page.keyboard.press('Enter')
    await ani.button('door.welcome.new').waitFor()
    await focusOn(ani, ani.button('door.welcome.new'))
    await page.keyboard.press('Enter')
    const name = page.getByLabel(ani.word('door.join.name'))
    await name.waitFor()
    await focusOn(ani, name)
    await page.keyboard.type('Ani')
    await focusOn(ani, page.getByLabel(ani.word('door.join.password'), { exact: true }))
    await page.keyboard.type('keys without a mouse')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: ani.word('door.keep.title') }).waitFor({ timeout: limits.PAGE })
    const recovery = (await page.getByRole('status', { name: ani.word('door.keep.recovery') }).textContent()).trim()
    const number = (await page.getByLabel(ani.word('door.keep.number')).inputValue()).replace(/\D/g, '')
    await focusOn(ani, ani.button('door.keep.done'))
    await page.keyboard.press('Enter')
    const check = page.getByLabel(ani.word('door.keep.checkLabel'))
    await check.waitFor()
    await focusOn(ani, check)
    await page.keyboard.type(recovery.slice(-4))
    await page.keyboard.press('Enter')
    await ani.isIn()
    const citra = await (await stage.telethon()).signUp('+15550500001', 'Citra')
    const { id } = await citra.ask('add_phone', { phone: `+${number}`, first_name: 'Ani' })
    await citra.ask('send', { chat: id, text: 'tanpa tetikus?' })
    await ani.row('Citra').waitFor()
    await focusOn(ani, ani.row('Citra'))
    await page.keyboard.press('Enter')
    await ani.composer().waitFor()
    await focusOn(ani, ani.composer())
    await page.keyboard.type('tanpa tetikus!')
    await page.keyboard.press('Enter')
    await citra.reads('tanpa tetikus!')
    Object.assign(stage.shared, { ani, citra })
  }, { needed: true })

  scenario('answers the last message, finds, closes, and shows its own help', async ({ shared: { ani, citra } }) => {
    const { page } = ani
    await page.keyboard.press('Control+ArrowUp')
    await page.keyboard.press('Control+ArrowUp')
    await page.keyboard.type('ini jawabannya')
    await page.keyboard.press('Enter')
    await citra.reads('ini jawabannya')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('Citra')
    await page.getByRole('region', { name: ani.word('chat.searchResults') }).or(page.getByText(ani.word('chat.searchChats'))).first().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+/')
    await page.getByRole('dialog').waitFor()
    await lookOver(ani, 'keyboard-help')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })
})

group('right to left', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario('screens and texts turn round, and nothing sticks out', async (stage) => {
    const { ani, citra } = await acquainted(stage)
    await citra.ask('send', { chat: ani.id, text: 'مرحبا، كيف حالك اليوم؟' })
    await ani.openChat('Citra')
    await ani.sees('مرحبا، كيف حالك اليوم؟')
    await ani.say('שלום, הכול בסדר')
    const own = ani.message('שלום, הכול בסדר').locator('[dir="auto"]').first()
    assert.equal(await own.evaluate((it) => getComputedStyle(it).direction), 'rtl')
    await ani.page.evaluate(() => { document.documentElement.dir = 'rtl' })
    const { mine, theirs } = await sides(ani)
    assert.ok(mine < theirs, `one's own bubbles are at the left: ${mine}, ${theirs}`)
    await fitsWidth(ani.page)
    for (const text of ['مرحبا', 'שלום', 'ini Citra', 'Singkat']) {
      if (text === 'Singkat') await ani.say(text)
      assert.deepEqual(await timeIsClear(ani, text), [], text)
    }
    await shoot(ani.seat, 'right-to-left', { dark: false })
  })
})

group('in Indonesian', { sizes: ['phone'] }, (scenario) => {
  scenario('a browser that asks for it reads Indonesian from the first page on', async (stage) => {
    const ani = await Client.join(stage, 'Ani', { language: 'id' })
    assert.equal(await ani.page.locator('html').getAttribute('lang'), 'id')
    await ani.button('chat.emptyInvite').waitFor()
    await lookOver(ani, 'nobody-yet-indonesian')
    await ani.page.goto('/app/#/settings')
    await ani.page.getByText(ani.word('settings.menu.devices')).waitFor()
    await lookOver(ani, 'settings-indonesian')
  })
})

/** Presses Tab until it is there: whoever has no mouse must get everywhere. */
async function focusOn(client, target) {
  for (let at = 0; at < TABS; at++) {
    if (await target.evaluate((it) => it === document.activeElement)) return assertVisibleFocus(client)
    await client.page.keyboard.press('Tab')
  }
  assert.fail('Tab never led there')
}

/** Whoever has the focus shows it. */
async function assertVisibleFocus({ page }) {
  const shows = await page.evaluate(() => {
    const marks = (it) => {
      const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(it)
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none' || borderColor !== getComputedStyle(document.body).borderColor
    }
    return marks(document.activeElement) || marks(document.activeElement.parentElement)
  })
  assert.ok(shows, 'the focus is seen')
}

/** Where one's own bubble begins, and the other's. */
async function sides(client) {
  const left = (text) => client.message(text).locator('[data-bubble]').evaluate((it) => it.getBoundingClientRect().left)
  return { mine: await left('שלום'), theirs: await left('مرحبا') }
}

/** Where the time of a message touches its words, or leaves its bubble: nowhere, when it stands clear of them. */
function timeIsClear(client, text) {
  return client.message(text).first().locator('[data-bubble]').evaluate((bubble) => {
    const gap = 4
    const time = bubble.querySelector('time').getBoundingClientRect()
    const box = bubble.getBoundingClientRect()
    const found = time.left < box.left || time.right > box.right ? ['outside its bubble'] : []
    const words = document.createTreeWalker(bubble, NodeFilter.SHOW_TEXT)
    while (words.nextNode()) {
      if (words.currentNode.parentElement.closest('time, .visually-hidden, [data-ticks]') || !words.currentNode.data.trim()) continue
      const range = document.createRange()
      range.selectNodeContents(words.currentNode)
      for (const it of range.getClientRects()) {
        const apart = it.right + gap <= time.left || time.right + gap <= it.left || it.bottom <= time.top + 1 || time.bottom <= it.top + 1
        if (!apart) found.push(`${words.currentNode.data}: ${it.left}–${it.right}, time ${time.left}–${time.right}`)
      }
    }
    return found
  })
}
