// More than one way in: a QR code, a password, a recovery code, and the code at the door for a program that asks for one.
import assert from 'node:assert/strict'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { lookOver } from './30_two_people.mjs'

// How many codes are tried, where one is over before it was typed.
const CODES = 3

// Pages that ask the server as soon as they are there, and words of its answer.
const RELOADED = [
  ['invite-friends', 'settings.invite.link'],
  ['settings/password', 'settings.password.isSet'],
  ['settings/privacy', 'settings.privacy.everybody'],
  ['settings/devices', 'settings.devices.this'],
]

group('ways in', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario('a number and a password sign in on another browser', async (stage) => {
    const ani = await Client.join(stage, 'Ani')
    const second = await Client.open(stage, 'Ani again')
    Object.assign(stage.shared, { ani, second })
    await openSignIn(second)
    await lookOver(second, 'sign-in')
    await second.page.getByLabel(second.word('door.signIn.number')).fill(ani.phone)
    await second.page.getByLabel(second.word('door.signIn.password'), { exact: true }).fill('not her password')
    await second.button('door.signIn.action').click()
    await second.page.getByText(second.word('door.error.PASSWORD_HASH_INVALID')).waitFor()
    await second.page.getByLabel(second.word('door.signIn.password'), { exact: true }).fill(ani.password)
    await second.button('door.signIn.action').click()
    await second.isIn()
  }, { needed: true })

  scenario('a page behind the door is whole again soon after it is loaded anew', async (stage) => {
    const { ani } = stage.shared
    for (const [address, answer] of RELOADED) {
      await ani.page.goto(`/app/#/${address}`)
      await ani.page.reload()
      await ani.page.getByText(ani.word(answer), { exact: true }).filter({ visible: true }).first().waitFor({ timeout: limits.AGAIN })
    }
    await ani.page.goto('/app/#/')
  })

  scenario('both devices are in the list, and one can send the other away', async (stage) => {
    const { ani, second } = stage.shared
    await openSettings(ani, 'settings.menu.devices')
    await ani.page.getByText(ani.word('settings.devices.others')).first().waitFor()
    // A device that signs in meanwhile is announced to nobody; the open list shows it all the same, and that it went.
    const guest = await signIn(stage, ani.phone, ani.password)
    const ends = ani.button('settings.devices.end')
    await ends.nth(1).waitFor()
    await openSettings(guest)
    await guest.button('settings.menu.signOut').click()
    await guest.page.getByRole('alertdialog').getByRole('button', { name: guest.word('settings.menu.signOut') }).click()
    await guest.button('door.welcome.have').waitFor({ timeout: limits.PAGE })
    await stage.leave(guest.seat)
    await ends.nth(1).waitFor({ state: 'detached' })
    await lookOver(ani, 'devices')
    await ani.button('settings.devices.end').first().click()
    const dialog = ani.page.getByRole('alertdialog').or(ani.page.getByRole('dialog'))
    await dialog.getByRole('button', { name: ani.word('settings.devices.end'), exact: true }).click()
    // It learns of it by the next thing it asks: that it is here, if nothing else.
    await second.page.getByText(second.word('door.ended.title')).waitFor({ timeout: limits.CATCH_UP })
    await lookOver(second, 'signed-out')
    await stage.leave(second.seat)
  })

  scenario('a QR code signs in, and the password is asked for besides', async (stage) => {
    const { ani } = stage.shared
    const third = await Client.open(stage, 'Ani by QR', { permissions: ['clipboard-read', 'clipboard-write'] })
    stage.shared.third = third
    await openSignIn(third)
    await third.button('door.signIn.qr').click()
    await third.page.getByRole('img', { name: third.word('door.qr.label') }).waitFor()
    await lookOver(third, 'qr')
    await openSettings(ani, 'settings.menu.devices')
    await ani.button('settings.devices.connect').click()
    const pasted = ani.page.getByLabel(ani.word('settings.devices.paste')).or(ani.page.getByLabel(ani.word('settings.devices.pasteOnly')))
    await pasted.waitFor()
    await lookOver(ani, 'connect-a-device')
    await connectByText(third, ani, pasted)
    await third.page.getByRole('heading', { name: third.word('door.twoStep.title') }).waitFor({ timeout: limits.CATCH_UP })
    await third.page.getByLabel(third.word('door.signIn.password'), { exact: true }).fill(ani.password)
    await lookOver(third, 'two-step')
    await third.button('door.signIn.action').click()
    await third.isIn()
    await stage.leave(third.seat)
  })

  scenario('Telethon signs in with the code at the door', async (stage) => {
    const { ani } = stage.shared
    const telethon = await stage.telethon()
    const device = await telethon.device('ani')
    const { hash } = await device.ask('send_code', { phone: `+${ani.phone}` })
    const door = await Client.open(stage, 'Ani at the door')
    await door.page.goto('/app/#/code')
    await door.page.getByLabel(door.word('door.signIn.number')).fill(ani.phone)
    await door.page.getByRole('textbox', { name: door.word('door.signIn.password'), exact: true }).fill(ani.password)
    await lookOver(door, 'code-at-the-door')
    await door.button('door.doorCode.action').click()
    await door.page.getByText(door.word('door.doorCode.shown')).waitFor()
    await lookOver(door, 'code-shown')
    const code = /\b\d{3}\s?\d{2,3}\b/.exec(await door.page.locator('main').innerText())[0].replace(/\s/g, '')
    await assert.rejects(device.ask('sign_in', { phone: `+${ani.phone}`, code, hash }), /SESSION_PASSWORD_NEEDED/)
    await device.ask('check_password', { password: ani.password })
    assert.equal((await device.ask('me')).first_name, 'Ani')
    await stage.leave(door.seat)
  })

  scenario('a recovery code opens the door once, with a new password', async (stage) => {
    const { ani } = stage.shared
    const lost = await Client.open(stage, 'Ani who forgot')
    await openSignIn(lost)
    await lost.page.getByLabel(lost.word('door.signIn.number')).fill(ani.phone)
    await lost.button('door.signIn.recovery').click()
    await lost.page.getByLabel(lost.word('door.recover.code')).fill(ani.recovery)
    await lost.page.getByLabel(lost.word('door.recover.newPassword'), { exact: true }).fill('eleven quiet buffaloes')
    await lookOver(lost, 'recover')
    await lost.button('door.recover.action').click()
    await lost.keep()
    assert.notEqual(lost.recovery, ani.recovery)
    assert.equal(lost.phone, ani.phone)
    await stage.leave(lost.seat)
    await withPassword(stage, ani, 'eleven quiet buffaloes')
  })

  scenario('signing out leaves nothing behind', async (stage) => {
    const { ani } = stage.shared
    await openSettings(ani)
    await ani.button('settings.menu.signOut').or(ani.page.getByRole('link', { name: ani.word('settings.menu.signOut') })).first().click()
    const dialog = ani.page.getByRole('alertdialog').or(ani.page.getByRole('dialog'))
    await dialog.getByRole('button', { name: ani.word('settings.menu.signOut') }).click()
    await ani.button('door.welcome.have').waitFor({ timeout: limits.PAGE })
    const left = await ani.page.evaluate(async () => {
      const names = (await indexedDB.databases()).map((it) => it.name)
      return { names, local: JSON.stringify({ ...localStorage }) }
    })
    assert.ok(!left.local.includes(ani.phone), left.local)
  })
})

/** A code lasts half a minute: where that went by between the two screens, the next one is taken. */
async function connectByText(guest, host, pasted) {
  const over = host.page.getByText(host.word('settings.devices.expired'))
  const dialog = host.page.getByRole('dialog')
  let token = ''
  for (let at = 0; at < CODES; at++) {
    token = await nextCode(guest, token)
    assert.match(token, /^tg:\/\/login\?token=/)
    await pasted.fill(token)
    await host.button('settings.devices.connectAction').click()
    const gone = dialog.waitFor({ state: 'detached' }).then(() => true)
    if (await Promise.race([gone, over.waitFor().then(() => false)])) return
  }
  assert.fail('every code was over before it was typed')
}

/** The code that is on the screen, once it is another than the last one. */
async function nextCode(guest, last) {
  for (;;) {
    await guest.button('door.qr.copy').click()
    const token = await guest.page.evaluate(() => navigator.clipboard.readText())
    if (token !== last) return token
    await guest.page.evaluate(() => new Promise(requestAnimationFrame))
  }
}

/** From the first screen to a form for number and password. */
export async function openSignIn(client) {
  await client.page.goto('/app/')
  await client.button('door.welcome.have').click()
  await client.page.getByLabel(client.word('door.signIn.number')).waitFor()
}

export async function openSettings(client, section) {
  await client.page.goto('/app/#/settings')
  if (!section) return
  await client.page.locator('main').getByText(client.word(section), { exact: true }).first().click()
}

async function withPassword(stage, { phone }, password) {
  await stage.leave((await signIn(stage, phone, password)).seat)
}

/** A browser that was never here, signed in by number and password. */
export async function signIn(stage, phone, password) {
  const client = await Client.open(stage, `${phone} again`)
  await openSignIn(client)
  await client.page.getByLabel(client.word('door.signIn.number')).fill(phone)
  await client.page.getByLabel(client.word('door.signIn.password'), { exact: true }).fill(password)
  await client.button('door.signIn.action').click()
  await client.isIn()
  return client
}
