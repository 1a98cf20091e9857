// What hostile people send to somebody at a browser: all of it is text.
import assert from 'node:assert/strict'
import { injected, LINKS, MARKUP } from '../harness/hostile.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'

let phones = 0

group('hostile people', { sizes: ['desktop'] }, (scenario) => {
  scenario('texts show as they were written', async (stage) => {
    const { ani, citra } = await acquainted(stage)
    await ani.openChat('Citra')
    for (const text of MARKUP) {
      await citra.ask('send', { chat: ani.id, text })
      await ani.sees(text.replace(/[\u202a-\u202e]/g, ''))
    }
    await harmless(ani)
  }, { needed: true })

  scenario('links lead nowhere they must not lead', async ({ shared: { ani, citra } }) => {
    for (const [at, url] of LINKS.entries()) {
      await citra.ask('send_link', { chat: ani.id, text: `tautan ${at}.`, url }).catch(refused)
    }
    await citra.ask('send', { chat: ani.id, text: 'sesudah tautan' })
    await ani.sees('sesudah tautan')
    await harmless(ani)
    for (const row of await ani.page.locator('[data-messages] [data-id]').filter({ hasText: /tautan \d/ }).all()) {
      await row.getByText(/tautan \d/).last().click()
      await ani.closeWhatIsOver()
    }
    assert.equal(ani.seat.context.pages().length, 1)
    assert.ok(ani.isAtAChat())
  })

  scenario('names of files and captions show as text', async ({ shared: { ani, citra } }) => {
    for (const [at, text] of MARKUP.entries()) {
      await citra.ask('send_named_file', { chat: ani.id, name: `${text}.html`, mime: 'text/html', content: '<script>alert(1)</script>', caption: `berkas ${at} ${text}` })
      await ani.sees(`berkas ${at} `)
    }
    await harmless(ani)
  })

  scenario('a file that says it is a page is saved, never opened', async ({ shared: { ani, citra } }) => {
    for (const [name, mime] of [['halaman.html', 'text/html'], ['gambar.svg', 'image/svg+xml'], ['foto.jpg', 'image/jpeg']]) {
      await citra.ask('send_named_file', {
        chat: ani.id, name, mime, caption: `awas ${name}`,
        content: '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
      })
      const row = ani.message(`awas ${name}`).first()
      await row.waitFor()
      const coming = ani.page.waitForEvent('download', { timeout: 5_000 }).catch(() => null)
      await row.getByRole('button').first().click()
      const download = await coming
      if (download) await download.delete()
      await ani.closeWhatIsOver()
    }
    assert.equal(ani.seat.context.pages().length, 1)
    await harmless(ani)
  })

  scenario('names show as text, in the list, the head and the profile', async ({ shared: { ani, citra } }) => {
    for (const text of MARKUP) {
      const name = text.slice(0, 64)
      await citra.ask('set_name', { first_name: name, last_name: 'X' })
      await citra.ask('set_bio', { bio: text.slice(0, 70) })
      await citra.ask('send', { chat: ani.id, text: `aku ${text.length} ${MARKUP.indexOf(text)}` })
      await ani.sees(`aku ${text.length} ${MARKUP.indexOf(text)}`)
      await harmless(ani)
    }
    await ani.page.evaluate(() => { location.hash += '/info' })
    await ani.page.locator('aside').waitFor()
    await harmless(ani)
  })

  scenario('one\'s own hostile texts are text, too', async ({ shared: { ani } }) => {
    for (const text of MARKUP.slice(0, 6)) await ani.say(`${text} dariku`)
    await harmless(ani)
    await ani.page.getByRole('searchbox', { name: ani.word('chat.searchLabel') }).fill(MARKUP[1])
    await ani.page.getByText(MARKUP[1]).first().waitFor()
    await harmless(ani)
  })

  scenario('an address of the client that says something else is nothing', async ({ shared: { ani } }) => {
    for (const text of MARKUP.slice(0, 6)) {
      for (const path of ['chat/', 'u/', 'invite/', 'settings/', '']) {
        await ani.page.evaluate((hash) => { location.hash = hash }, `#/${path}${encodeURIComponent(text)}`)
        await harmless(ani)
      }
    }
  })
})

/** Ani at a browser and Citra on Telethon, each in the other's contacts. */
export async function acquainted(stage, options = {}) {
  const ani = await Client.join(stage, 'Ani', options)
  const telethon = await stage.telethon()
  const citra = await telethon.signUp(`+1555020${String(++phones).padStart(4, '0')}`, 'Citra')
  const found = await citra.ask('add_phone', { phone: `+${ani.phone}`, first_name: 'Ani' })
  ani.id = found.id
  await citra.ask('send', { chat: ani.id, text: 'Halo, ini Citra' })
  await ani.row('Citra').waitFor()
  Object.assign(stage.shared, { ani, citra })
  return { ani, citra }
}

async function harmless(client) {
  assert.deepEqual(await injected(client.page), [])
}

// The server may take such an address for none: that is as good as showing it as text.
function refused(error) {
  assert.match(error.message, /Telethon: 400 /)
}
