// A conversation of 100,000 messages: scrolled, it never jumps, and both of its ends are near.
import assert from 'node:assert/strict'
import * as limits from '../harness/limits.mjs'
import { group } from '../harness/runner.mjs'
import { acquainted } from './50_hostile.mjs'
import { signIn } from './60_devices.mjs'

const MESSAGES = Number(process.env.KENTONG_LONG_CHAT ?? 100_000)
const STEPS = 120
const STEP_PX = 600
// How far a message may be from where the wheel has put it.
const SLACK_PX = 2

group('a long conversation', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario(`${MESSAGES} messages scroll without jumps`, async (stage) => {
    const { ani: before, citra } = await acquainted(stage)
    await stage.leave(before.seat)
    const began = Date.now()
    await citra.ask('seed', { chat: before.id, count: MESSAGES }, limits.SEEDING)
    stage.facts.push(`${MESSAGES} messages seeded in ${((Date.now() - began) / 1000).toFixed(1)} s`)
    await citra.ask('send', { chat: before.id, text: 'yang terakhir' })
    const ani = Object.assign(await signIn(stage, before.phone, before.password), { id: before.id })
    stage.shared.ani = ani
    await ani.row('Citra').getByText('yang terakhir').waitFor({ timeout: limits.CATCH_UP })
    await ani.openChat('Citra')
    await ani.sees('message', { timeout: limits.CATCH_UP })
    const jumps = await scroll(ani.page, -STEP_PX, STEPS)
    assert.deepEqual(jumps, [])
    assert.ok(await drawn(ani.page) < 400, `${await drawn(ani.page)} messages are drawn at once`)
    const back = await scroll(ani.page, STEP_PX, STEPS / 4)
    assert.deepEqual(back, [])
  }, { needed: true, ms: limits.SEEDING + limits.SCENARIO })

  scenario('the end is one press away, and what comes while one reads above moves nothing', async ({ shared: { ani, citra } }) => {
    await scroll(ani.page, -STEP_PX, 8)
    const before = await landmark(ani.page)
    await citra.ask('send', { chat: ani.id, text: 'sementara kamu membaca' })
    await ani.page.getByRole('button', { name: ani.word('chat.toEndUnread') }).or(ani.button('chat.toEnd')).first().waitFor()
    const after = await whereIs(ani.page, before.id)
    assert.ok(Math.abs(after - before.top) <= SLACK_PX, `moved by ${after - before.top} px`)
    await ani.page.getByRole('button', { name: ani.word('chat.toEndUnread') }).or(ani.button('chat.toEnd')).first().click()
    await ani.sees('sementara kamu membaca')
  })
})

/** Turns the wheel step by step; returns each step after which a message was not where it had to be. */
async function scroll(page, by, steps) {
  const jumps = []
  await page.locator('[data-messages]').hover()
  for (let step = 0; step < steps; step++) {
    const before = await landmark(page)
    const scrolled = await page.evaluate(async (by) => {
      const box = scrollBox()
      const from = box.scrollTop
      box.scrollBy({ top: by, behavior: 'instant' })
      const moved = box.scrollTop - from
      // What the list does about it (draw, fetch, keep its place) has happened when it has been quiet for two frames.
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
      return moved

      function scrollBox() {
        let it = document.querySelector('[data-messages] [data-id]')
        while (it && !/auto|scroll/.test(getComputedStyle(it).overflowY)) it = it.parentElement
        return it
      }
    }, by)
    const now = await whereIs(page, before.id)
    if (now !== null && Math.abs(now - (before.top - scrolled)) > SLACK_PX) {
      jumps.push(`step ${step}: message ${before.id} is ${Math.round(now - (before.top - scrolled))} px off`)
    }
  }
  return jumps
}

/** The message nearest to the middle of the screen, and where it is. */
const landmark = (page) => page.evaluate(() => {
  const middle = innerHeight / 2
  const bubbles = [...document.querySelectorAll('[data-messages] [data-id] [data-bubble]')]
  const rows = bubbles.map((it) => ({ id: it.closest('[data-id]').dataset.id, top: it.getBoundingClientRect().top }))
  return rows.reduce((best, it) => (Math.abs(it.top - middle) < Math.abs(best.top - middle) ? it : best))
})

const whereIs = (page, id) => page.evaluate((id) =>
  document.querySelector(`[data-messages] [data-id="${id}"] [data-bubble]`)?.getBoundingClientRect().top ?? null, id)

const drawn = (page) => page.locator('[data-messages] [data-id]').count()
