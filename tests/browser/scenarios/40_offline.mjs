// Without a network, with a silent one, and with a server that was away: nothing is lost, and nothing is there twice.
import assert from 'node:assert/strict'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { shoot } from '../harness/screenshots.mjs'
import { acquainted } from './50_hostile.mjs'

const WRITTEN = ['ditulis di kapal', 'masih di kapal', 'hampir sampai']

group('offline and back', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario('two people talk', async (stage) => {
    const { ani, citra } = await acquainted(stage)
    await citra.ask('send', { chat: ani.id, text: 'sebelum berangkat' })
    await ani.openChat('Citra')
    await ani.sees('sebelum berangkat')
    await ani.page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
  }, { needed: true })

  scenario('without a network the client opens from its cache, and takes what is written', async (stage) => {
    const { ani, citra } = stage.shared
    await ani.seat.offline(async () => {
      await citra.ask('send', { chat: ani.id, text: 'selagi kamu pergi' })
      await ani.page.reload()
      await ani.isIn()
      if (!ani.isAtAChat()) await ani.openChat('Citra')
      await ani.sees('sebelum berangkat')
      await ani.page.getByText(ani.word('common.offline')).waitFor()
      for (const text of WRITTEN) await ani.say(text)
      await ani.hasTicks(WRITTEN[0], 'sending')
      await shoot(ani.seat, 'offline')
    })
    await ani.sees('selagi kamu pergi', { timeout: limits.CATCH_UP })
    for (const text of WRITTEN) {
      await citra.expect(`reads "${text}"`, (it) => it.kind === 'message' && it.message.text === text, limits.CATCH_UP)
      await ani.hasTicks(text, 'sent')
    }
    await onceEach(stage)
  })

  scenario('what was written offline survives closing the browser', async (stage) => {
    const { ani, citra } = stage.shared
    await ani.seat.offline(async () => {
      await ani.say('lalu baterainya habis')
      await ani.page.close()
    })
    ani.page = ani.seat.page = await ani.seat.context.newPage()
    await ani.page.goto('/app/')
    await citra.expect('hears what was written', (it) => it.kind === 'message' && it.message.text === 'lalu baterainya habis', limits.CATCH_UP)
    await ani.isIn()
    if (!ani.isAtAChat()) await ani.openChat('Citra')
    await ani.isAlone('lalu baterainya habis')
  })

  scenario('a road that falls silent is noticed, and what was missed comes', async (stage) => {
    const { ani, citra } = stage.shared
    await ani.seat.unreachable(async () => {
      await citra.ask('send', { chat: ani.id, text: 'di terowongan' })
    })
    await ani.sees('di terowongan', { timeout: limits.CATCH_UP })
    await ani.isAlone('di terowongan')
  })

  scenario('a server that starts again is found again', async (stage) => {
    const { ani, citra } = stage.shared
    await ani.seat.watch.tolerating(/ERR_|WebSocket connection|failed:/, async () => {
      await stage.server.stop()
      await ani.say('server, di mana kamu')
      await stage.server.start()
      await ani.hasTicks('server, di mana kamu', 'sent', { timeout: limits.CATCH_UP })
    })
    // Not heard but read: Telethon asks nobody for what it missed when it finds a server again, so that it hears only what
    // comes after it did.
    const texts = await onceEach(stage)
    assert.ok(texts.includes('server, di mana kamu'), `what waited has arrived: ${texts.join(', ')}`)
  })
})

/** Every text is in the history once, and on the screen once: the texts of the history, the newest first. */
async function onceEach({ shared: { ani, citra } }) {
  const texts = (await citra.ask('history', { chat: ani.id })).map((it) => it.text)
  assert.deepEqual(texts.filter((text, at) => text && texts.indexOf(text) !== at), [])
  for (const text of WRITTEN) await ani.isAlone(text)
  assert.deepEqual(texts.filter((text) => WRITTEN.includes(text)).reverse(), WRITTEN)
  return texts
}
