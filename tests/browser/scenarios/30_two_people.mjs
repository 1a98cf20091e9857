// Two people in two browsers, from an invite to everything they do with messages.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { accessibility } from '../harness/axe.mjs'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { picture, transfer } from '../harness/pictures.mjs'
import { group } from '../harness/runner.mjs'
import { shoot } from '../harness/screenshots.mjs'
import { fitsWidth } from './20_pages.mjs'

const SIZES = ['phone', 'desktop']
const SOME_TEXT = 'Sampai jumpa di pasar, bawa payung!\n'.repeat(40)

group('two people', { sizes: SIZES }, (scenario) => {
  scenario('the first comes in without a phone number, in less than a minute', async (stage) => {
    const began = Date.now()
    const ani = await Client.open(stage, 'Ani')
    stage.shared.ani = ani
    await ani.page.goto('/')
    await ani.page.locator('main a.primary').click()
    await ani.button('door.welcome.new').waitFor()
    await lookOver(ani, 'welcome')
    await ani.button('door.welcome.new').click()
    await ani.page.getByLabel(ani.word('door.join.name')).waitFor()
    await lookOver(ani, 'join')
    await ani.fillDoor('seven wet umbrellas')
    await ani.page.getByRole('heading', { name: ani.word('door.keep.title') }).waitFor({ timeout: limits.PAGE })
    await lookOver(ani, 'keep')
    await ani.keep()
    stage.facts.push(`from the first page to the list of chats (${stage.size}): ${((Date.now() - began) / 1000).toFixed(1)} s`)
    assert.match(ani.phone, /^888\d{9}$/)
    await lookOver(ani, 'nobody-yet')
  }, { needed: true })

  scenario('she invites the second, who finds her waiting', async (stage) => {
    const { ani } = stage.shared
    await ani.button('chat.emptyInvite').click()
    const code = await inviteOf(ani)
    await lookOver(ani, 'invite-people')
    const budi = await Client.open(stage, 'Budi')
    stage.shared.budi = budi
    await budi.page.goto(`/invite/${code}`)
    await budi.page.getByRole('heading', { name: 'Ani invites you' }).waitFor()
    await budi.page.locator('main a.primary').click()
    await budi.page.getByRole('heading', { name: budi.word('door.invite.title', { name: 'Ani' }) }).waitFor()
    // Whoever still shows the invite hears that it was used, and by whom: for a moment, while he still reads what to keep.
    const heard = ani.page.getByText(ani.word('settings.invite.came', { name: 'Budi' })).waitFor({ timeout: limits.CATCH_UP })
    await budi.fillDoor('nine loud roosters')
    await heard
    await budi.keep()
    await ani.page.goto('/app/#/')
    await ani.row('Budi').waitFor()
    if (!budi.isAtAChat()) await budi.openChat('Ani')
    await ani.openChat('Budi')
  }, { needed: true })

  scenario('text goes both ways, with ticks', async ({ shared: { ani, budi } }) => {
    await ani.say('Halo Budi!')
    await budi.sees('Halo Budi!')
    await ani.hasTicks('Halo Budi!', 'read')
    await budi.say('Halo juga, Ani 😊')
    await ani.sees('Halo juga, Ani 😊')
    await ani.isAlone('Halo juga, Ani 😊')
  })

  scenario('one sees that the other is typing', async ({ shared: { ani, budi } }) => {
    await budi.composer().pressSequentially('Apa ')
    // In the list, too, which a phone hides behind the chat.
    await ani.page.locator('main').getByText(ani.word('chat.typing')).filter({ visible: true }).first().waitFor()
    await budi.composer().fill('')
  })

  scenario('formatting, a mention and an address show as what they are', async ({ shared: { ani, budi } }) => {
    await ani.say('**tebal** dan __miring__, lihat https://example.com/peta', 'tebal dan miring')
    const row = budi.message('tebal dan miring')
    await row.locator('strong', { hasText: 'tebal' }).waitFor()
    await row.locator('em', { hasText: 'miring' }).waitFor()
    const link = row.locator('a[href="https://example.com/peta"]')
    assert.match(await link.getAttribute('rel'), /noopener/)
    assert.equal(await link.getAttribute('target'), '_blank')
  })

  scenario('an answer shows what it answers', async ({ shared: { ani, budi } }) => {
    await budi.act('Halo Budi!', 'chat.reply')
    await budi.say('Itu pesan pertama kita')
    const row = ani.message('Itu pesan pertama kita')
    await row.getByText('Halo Budi!').waitFor()
  })

  scenario('an edit changes both screens', async ({ shared: { ani, budi } }) => {
    await ani.say('Jam lima ya')
    await budi.sees('Jam lima ya')
    await ani.act('Jam lima ya', 'chat.edit')
    await ani.composer().fill('Jam enam ya')
    await ani.composer().press('Control+Enter')
    await budi.sees('Jam enam ya')
    await budi.message('Jam enam ya').getByText(budi.word('chat.edited')).waitFor()
    await budi.seesNot('Jam lima ya')
  })

  scenario('a deletion for both empties both screens', async ({ shared: { ani, budi } }) => {
    await ani.say('Ups, salah kirim')
    await budi.sees('Ups, salah kirim')
    await ani.act('Ups, salah kirim', 'common.delete')
    const dialog = ani.page.getByRole('alertdialog').or(ani.page.getByRole('dialog'))
    const both = dialog.getByRole('checkbox')
    if (!await both.isChecked()) await both.check()
    await dialog.getByRole('button', { name: ani.word('common.delete'), exact: true }).click()
    await budi.seesNot('Ups, salah kirim')
    await ani.seesNot('Ups, salah kirim')
  })

  scenario('a message is forwarded to oneself', async ({ shared: { ani } }) => {
    await ani.act('Halo juga, Ani', 'chat.forward')
    const dialog = ani.page.getByRole('dialog')
    await dialog.getByRole('button', { name: ani.word('chat.saved') }).click()
    await dialog.getByRole('button', { name: ani.word('chat.forwardTo', { count: 1 }) }).click()
    await ani.page.getByRole('button', { name: ani.word('chat.open') }).click()
    await ani.message('Halo juga, Ani').getByText(ani.word('chat.forwardedFrom', { name: 'Budi' })).waitFor()
    await ani.openChat('Budi')
  })

  scenario('a photo by the picker, with a caption', async (stage) => {
    const { ani, budi } = stage.shared
    await chooseFiles(ani, 'chat.attachMedia', [{ name: 'pasar.jpg', mimeType: 'image/jpeg', buffer: await picture(ani.page) }])
    await sendAttached(ani, 'Pasar pagi tadi')
    await budi.sees('Pasar pagi tadi')
    await hasPicture(budi.message('Pasar pagi tadi'))
    await hasPicture(ani.message('Pasar pagi tadi'))
    await lookOver(budi, 'conversation')
  })

  scenario('a photo opens in the viewer, and closes again', async (stage) => {
    const { budi } = stage.shared
    await budi.message('Pasar pagi tadi').getByRole('button', { name: 'Pasar pagi tadi' }).click()
    const viewer = budi.page.getByRole('dialog')
    await hasPicture(viewer)
    await lookOver(budi, 'viewer')
    await budi.page.keyboard.press('Escape')
    await viewer.waitFor({ state: 'detached' })
  })

  scenario('a file by the picker arrives whole', async ({ shared: { ani, budi } }) => {
    const buffer = Buffer.from(SOME_TEXT)
    await chooseFiles(ani, 'chat.attachFile', [{ name: 'daftar belanja.txt', mimeType: 'text/plain', buffer }])
    await sendAttached(ani)
    await budi.sees('daftar belanja.txt')
    const got = await download(budi, budi.message('daftar belanja.txt').first())
    assert.equal(got.toString(), SOME_TEXT)
  })

  scenario('a pasted picture is sent', async ({ shared: { ani, budi } }) => {
    const buffer = await picture(budi.page, { hue: 20 })
    const data = await transfer(budi.page, [{ name: 'image.png', type: 'image/jpeg', buffer }])
    await budi.composer().evaluate((field, clipboardData) => {
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, data)
    await sendAttached(budi, 'Tempelan')
    await ani.sees('Tempelan')
    await hasPicture(ani.message('Tempelan'))
  })

  scenario('a dropped file is sent', async ({ shared: { ani, budi } }) => {
    const data = await transfer(ani.page, [{ name: 'peta.bin', type: 'application/octet-stream', buffer: Buffer.alloc(300_000, 7) }])
    for (const type of ['dragenter', 'dragover', 'drop']) {
      await ani.composer().dispatchEvent(type, { dataTransfer: data })
    }
    await sendAttached(ani)
    await budi.sees('peta.bin')
  })

  scenario('search finds a word in what was said, and leads there', async (stage) => {
    const { budi } = stage.shared
    if (stage.size === 'phone') await budi.leaveChat()
    await budi.page.getByRole('searchbox', { name: budi.word('chat.searchLabel') }).fill('pertama')
    const hit = budi.page.locator('[data-row*="/"]').filter({ hasText: 'pesan pertama kita' })
    await hit.waitFor()
    await lookOver(budi, 'search')
    await hit.click()
    await budi.sees('Itu pesan pertama kita')
    if (stage.size === 'phone') await budi.leaveChat()
    await budi.button('chat.searchClear').click()
  })

  scenario('the list shows what was said last and how much waits', async (stage) => {
    const { ani, budi } = stage.shared
    await budi.page.goto('/app/#/settings')
    await ani.say('Satu')
    await ani.say('Dua')
    await budi.page.goto('/app/#/')
    const row = budi.row('Ani')
    await row.getByText('Dua').waitFor()
    await row.getByRole('img', { name: budi.word('chat.unreadCount', { count: 2 }) }).waitFor()
    await lookOver(budi, 'chats')
    await ani.hasTicks('Dua', 'sent')
    await budi.openChat('Ani')
    await ani.hasTicks('Dua', 'read')
  })

  scenario('nothing was there twice, and a reload changes nothing', async ({ shared: { ani } }) => {
    await ani.page.reload()
    await ani.isIn()
    for (const text of ['Satu', 'Dua']) await ani.isAlone(text)
  })
})

/** Whether the screen can be read by everyone, fits, and what it looks like. */
export async function lookOver(client, name) {
  client.stage.complain(...(await accessibility(client.page)).map((it) => `${name}: ${it}`))
  await fitsWidth(client.page)
  await shoot(client.seat, name)
}

/** The twelve digits of this person's own invite, from the screen that shows it. */
export async function inviteOf(client) {
  const link = client.page.getByText(/\/invite\/\d{12}/).first()
  await link.waitFor()
  return /\/invite\/(\d{12})/.exec(await link.textContent())[1]
}

export async function chooseFiles(client, key, files) {
  await client.button('chat.attach').click()
  const [chooser] = await Promise.all([
    client.page.waitForEvent('filechooser'),
    client.page.getByRole('menuitem', { name: client.word(key) }).click(),
  ])
  await chooser.setFiles(files)
}

/** From the sheet that shows what is about to be sent. */
export async function sendAttached(client, caption) {
  const sheet = client.page.getByRole('dialog')
  await sheet.waitFor()
  if (caption) await sheet.getByRole('textbox').last().fill(caption)
  await sheet.getByRole('button', { name: client.word('common.send') }).click()
  await sheet.waitFor({ state: 'detached' })
}

/** Waits until a picture in there has come, to its last pixel. */
export async function hasPicture(place) {
  const image = place.locator('img').first()
  await image.waitFor({ timeout: limits.TRANSFER })
  await image.evaluate((it) => it.decode())
  assert.ok(await image.evaluate((it) => it.naturalWidth) > 16, 'more than a preview of a few pixels')
}

/** What the browser saves when this person asks for the file in a message. */
export async function download(client, row) {
  const [download] = await Promise.all([
    client.page.waitForEvent('download', { timeout: limits.TRANSFER }),
    row.getByRole('button').first().click(),
  ])
  return readFile(await download.path())
}
