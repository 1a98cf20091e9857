// Whoever leaves leaves nothing behind that lets anybody in: without a network, in every tab, and for good.
import assert from 'node:assert/strict'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { lookOver } from './30_two_people.mjs'
import { acquainted } from './50_hostile.mjs'
import { openSettings, openSignIn, signIn } from './60_devices.mjs'

const SIZES = ['phone', 'desktop']

group('leaving', { sizes: SIZES }, (scenario) => {
  scenario('signing out without a network lets nobody in when it is back', async (stage) => {
    const { ani, citra } = await acquainted(stage)
    await ani.openChat('Citra')
    await ani.page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
    await ani.seat.offline(async () => {
      const anew = ani.page.waitForEvent('load')
      await leave(ani)
      await anew
      await ani.page.getByRole('heading', { name: ani.word('door.offline.title') }).or(ani.button('door.welcome.have')).first().waitFor({ timeout: limits.PAGE })
      assert.deepEqual(await kept(ani), NOTHING)
    })
    await citra.ask('send', { chat: ani.id, text: 'siapa di sana?' })
    await isAtTheDoor(ani)
    await ani.page.reload()
    await isAtTheDoor(ani)
    assert.equal(await ani.page.getByText('Citra').count(), 0)
    assert.equal((await kept(ani)).people, 0)
  }, { needed: true })

  scenario('signing out in one tab signs out the other, and forgets the emoji that were used last', async (stage) => {
    const { ani: before } = stage.shared
    await stage.leave(before.seat)
    const ani = await signIn(stage, before.phone, before.password)
    await ani.openChat('Citra')
    await ani.page.evaluate(() => document.activeElement?.blur())
    await ani.button('chat.emoji').click()
    await ani.page.locator('[data-emoji]').first().click()
    await ani.page.keyboard.press('Escape')
    assert.deepEqual(await emojiUsed(ani), 1)
    const other = Object.assign(Object.create(ani), { page: await ani.seat.context.newPage() })
    await other.page.goto('/app/')
    await other.isIn()
    await leave(ani)
    await isAtTheDoor(ani)
    await isAtTheDoor(other)
    assert.equal(await emojiUsed(ani), 0)
    await other.page.close()
  })

  scenario('an account that is deleted is gone for everybody', async (stage) => {
    const { ani: before, citra } = stage.shared
    const ani = await signIn(stage, before.phone, before.password)
    await openSettings(ani, 'settings.menu.privacy')
    await ani.page.locator('main').getByText(ani.word('settings.privacy.delete'), { exact: true }).first().click()
    const number = ani.page.getByLabel(ani.word('settings.delete.confirm'))
    const action = ani.button('settings.delete.action')
    await number.fill('+888 000 000 000')
    await ani.page.getByLabel(ani.word('settings.delete.password'), { exact: true }).fill(before.password)
    await action.click()
    await ani.page.getByText(ani.word('settings.delete.confirmWrong')).waitFor()
    await lookOver(ani, 'delete-account')
    await number.fill(`+${before.phone}`)
    await action.click()
    await ani.page.getByText(ani.word('door.ended.deleted')).waitFor({ timeout: limits.PAGE })
    await ani.button('door.ended.action').click()
    await isAtTheDoor(ani)
    const emptied = await kept(ani)
    assert.equal(emptied.people + emptied.messages, 0, JSON.stringify(emptied))
    await openSignIn(ani)
    await ani.page.getByLabel(ani.word('door.signIn.number')).fill(before.phone)
    await ani.page.getByLabel(ani.word('door.signIn.password'), { exact: true }).fill(before.password)
    await ani.button('door.signIn.action').click()
    await ani.page.getByRole('alert').first().waitFor()
    const told = await citra.ask('history', { chat: before.id }).catch((error) => error.message)
    assert.ok(Array.isArray(told) || /Telethon: 4/.test(told), String(told))
  })
})

const NOTHING = { keys: 0, people: 0, chats: 0, messages: 0, outbox: 0 }

/** How much is left in this browser, by kind. */
function kept(client) {
  return client.page.evaluate(async (kinds) => {
    const [{ name }] = await indexedDB.databases()
    const database = await asked(indexedDB.open(name))
    const counts = await Promise.all(kinds.map((kind) => asked(database.transaction(kind).objectStore(kind).count())))
    database.close()
    return Object.fromEntries(kinds.map((kind, at) => [kind, counts[at]]))

    function asked(request) {
      return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    }
  }, Object.keys(NOTHING))
}

const emojiUsed = (client) => client.page.evaluate(() => JSON.parse(localStorage.getItem('kentong.emoji') ?? '[]').length)

async function leave(client) {
  await openSettings(client)
  await client.button('settings.menu.signOut').or(client.page.getByRole('link', { name: client.word('settings.menu.signOut') })).first().click()
  const dialog = client.page.getByRole('alertdialog').or(client.page.getByRole('dialog'))
  await dialog.getByRole('button', { name: client.word('settings.menu.signOut') }).click({ timeout: limits.PAGE })
}

async function isAtTheDoor(client) {
  await client.button('door.welcome.have').waitFor({ timeout: limits.CATCH_UP })
}
