// What has to be kept, and what becomes of it: pages that ask before they go, a reminder, paper, and a mail address.
import assert from 'node:assert/strict'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { PostOffice } from '../harness/post.mjs'
import { group } from '../harness/runner.mjs'
import { shoot } from '../harness/screenshots.mjs'
import { lookOver } from './30_two_people.mjs'
import { openSettings } from './60_devices.mjs'

const PASSWORD = 'five stubborn lanterns'
const MAIL = 'ani@example.org'

const offices = new Map()

group('what has to be kept', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario('the page that shows the recovery code asks before it goes', async (stage) => {
    const ani = await atTheCode(stage)
    stage.shared.ani = ani
    await asksBeforeItGoes(ani)
    assert.equal(await ani.page.getByRole('heading', { name: ani.word('door.keep.title') }).isVisible(), true)
  }, { needed: true })

  scenario('it prints as a sheet with all that is needed, and nothing else', async ({ size, shared: { ani } }) => {
    const { page, seat } = ani
    await page.emulateMedia({ media: 'print' })
    const sheet = page.locator('[aria-hidden="true"]', { hasText: ani.recovery }).last()
    await sheet.waitFor()
    const shown = await sheet.innerText()
    for (const fact of [ani.recovery, ani.stage.server.origin]) assert.ok(shown.includes(fact), `${fact} is on the sheet`)
    assert.ok(shown.replace(/\D/g, '').includes(ani.phone), 'the number is on the sheet')
    assert.ok(!shown.includes(PASSWORD), 'the password is not')
    assert.equal(await page.locator('#root').isVisible(), false)
    const pages = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g)
    assert.equal(pages.length, 1, 'one sheet of paper')
    if (size === 'desktop') await shoot(seat, 'recovery-sheet', { dark: false })
    await page.emulateMedia({ media: null })
  })

  scenario('whoever goes all the same is reminded, until they keep a new one', async ({ shared: { ani } }) => {
    const { page, seat } = ani
    seat.watch.letsGo = true
    await page.goto('about:blank')
    seat.watch.letsGo = false
    await page.goto('/app/')
    await ani.isIn()
    await openSettings(ani)
    await page.getByText(ani.word('settings.recoveryUnkept')).waitFor()
    await lookOver(ani, 'recovery-not-kept')
    await ani.button('settings.password.recoveryNew').click()
    await page.waitForURL(/settings\/password$/)
    await page.locator('main').getByText(ani.word('settings.recoveryUnkept')).filter({ visible: true }).waitFor()
    await ani.button('settings.password.recoveryNew').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(ani.word('settings.password.current'), { exact: true }).fill(PASSWORD)
    await dialog.getByRole('button', { name: ani.word('settings.password.recoveryNew') }).click()
    const code = dialog.locator('output')
    await code.waitFor()
    assert.notEqual((await code.textContent()).trim(), ani.recovery)
    await lookOver(ani, 'recovery-new')
    await asksBeforeItGoes(ani)
    await dialog.getByRole('button', { name: ani.word('door.keep.done') }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText(ani.word('settings.recoveryUnkept')).first().waitFor({ state: 'detached' })
    await page.goto('about:blank')
    await page.goto('/app/#/settings')
    await ani.button('settings.menu.signOut').waitFor({ timeout: limits.PAGE })
    assert.equal(await page.getByText(ani.word('settings.recoveryUnkept')).count(), 0)
  })
})

group('codes by mail', { sizes: ['phone', 'desktop'], server: withMail }, (scenario) => {
  scenario('an address is given at the door, and counts once its code was typed', async (stage) => {
    const ani = await atTheCode(stage)
    const { page } = ani
    stage.shared.ani = ani
    await ani.button('door.keep.mail').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(ani.word('settings.password.mailAddress'), { exact: true }).fill('no address')
    await dialog.getByRole('button', { name: ani.word('common.continue') }).click()
    await dialog.getByText(ani.word('settings.password.mailWrong')).waitFor()
    await dialog.getByLabel(ani.word('settings.password.mailAddress'), { exact: true }).fill(MAIL)
    await dialog.getByRole('button', { name: ani.word('common.continue') }).click()
    const code = dialog.getByLabel(ani.word('settings.password.mailCodeLabel'))
    await code.waitFor()
    await lookOver(ani, 'mail-code')
    await code.fill(await post(stage).code(MAIL))
    await dialog.getByRole('button', { name: ani.word('common.continue') }).click()
    await dialog.waitFor({ state: 'detached' })
    await ani.keep()
  }, { needed: true })

  scenario('a code by mail shows the login code at the door', async (stage) => {
    const { ani } = stage.shared
    const device = await (await stage.telethon()).device('ani')
    const { hash } = await device.ask('send_code', { phone: `+${ani.phone}` })
    const door = await Client.open(stage, 'Ani at the door')
    const letters = post(stage).letters.filter((it) => it.to === MAIL).length
    await door.page.goto('/app/#/code')
    await door.page.getByLabel(door.word('door.signIn.number')).fill(ani.phone)
    await door.page.getByRole('radio', { name: door.word('door.doorCode.by.mail') }).check()
    await door.button('door.recover.mailSend').click()
    await door.page.getByLabel(door.word('door.recover.mail.label')).fill(await post(stage).code(MAIL, letters))
    await lookOver(door, 'code-by-mail')
    await door.button('door.doorCode.action').click()
    await door.page.getByText(door.word('door.doorCode.shown')).waitFor()
    const code = (await door.page.locator('output').textContent()).replace(/\D/g, '')
    await assert.rejects(device.ask('sign_in', { phone: `+${ani.phone}`, code, hash }), /SESSION_PASSWORD_NEEDED/)
    await stage.leave(door.seat)
  })

  scenario('a number without an address is told the same, and gets nothing', async (stage) => {
    const other = await Client.join(stage, 'Budi')
    const door = await Client.open(stage, 'Budi at the door')
    const before = post(stage).letters.length
    await door.page.goto('/app/#/code')
    await door.page.getByLabel(door.word('door.signIn.number')).fill(other.phone)
    await door.page.getByRole('radio', { name: door.word('door.doorCode.by.mail') }).check()
    await door.button('door.recover.mailSend').click()
    await door.page.getByLabel(door.word('door.recover.mail.label')).waitFor()
    assert.equal(post(stage).letters.length, before)
  })
})

/** Somebody new, as far as the page that shows the recovery code. */
async function atTheCode(stage) {
  const ani = await Client.open(stage, 'Ani')
  await ani.page.goto('/app/#/join')
  await ani.fillDoor(PASSWORD)
  const code = ani.page.getByRole('status', { name: ani.word('door.keep.recovery') })
  await code.waitFor({ timeout: limits.PAGE })
  ani.recovery = (await code.textContent()).trim()
  ani.phone = (await ani.page.getByLabel(ani.word('door.keep.number')).inputValue()).replace(/\D/g, '')
  return ani
}

/** Closing the page makes the browser ask; whoever says no stays where they are. */
async function asksBeforeItGoes({ page }) {
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  assert.equal((await asked).type(), 'beforeunload')
  assert.equal(page.isClosed(), false)
}

async function withMail() {
  const office = await PostOffice.open()
  offices.set(office.settings.KENTONG_MAIL_PORT, office)
  return { settings: office.settings }
}

const post = ({ server }) => offices.get(server.settings.KENTONG_MAIL_PORT)
