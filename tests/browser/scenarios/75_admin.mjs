// Administration from a browser: for administrators, who have just shown that they are themselves; everything is written down.
import assert from 'node:assert/strict'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { lookOver } from './30_two_people.mjs'

group('administration', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario('whoever comes in by the first invite may, and proves it again by the password', async (stage) => {
    const ani = await Client.join(stage, 'Ani', { invite: await stage.server.firstInvite() })
    const telethon = await stage.telethon()
    const mallory = await telethon.signUp('+15550400001', 'Mallory')
    Object.assign(stage.shared, { ani, mallory })
    await ani.page.goto('/admin')
    assert.match(ani.page.url(), /\/app\/#\/admin/)
    const password = ani.page.getByLabel(ani.word('admin.password'), { exact: true })
    // A device that has just signed in need not prove itself again.
    if (await isShown(password)) {
      await lookOver(ani, 'admin-enter')
      await password.fill(ani.password)
      await ani.button('admin.enter').click()
    }
    await ani.page.getByText(ani.word('admin.storage')).first().waitFor()
    await lookOver(ani, 'admin')
  }, { needed: true })

  scenario('a person is found and banned, and is out at once', async (stage) => {
    const { ani, mallory } = stage.shared
    await ani.page.goto('/app/#/admin/people')
    await ani.page.getByLabel(ani.word('admin.searchLabel')).fill('Mallory')
    await ani.page.getByLabel(ani.word('admin.searchLabel')).press('Enter')
    await ani.page.locator('main').getByText('Mallory').first().waitFor()
    await lookOver(ani, 'admin-people')
    await ani.page.locator('main').getByText('Mallory').first().click()
    await ani.button('admin.ban').waitFor()
    await lookOver(ani, 'admin-person')
    await ani.button('admin.ban').click()
    await confirm(ani, 'admin.ban')
    await ani.page.getByText(ani.word('admin.banDone', { name: 'Mallory' })).waitFor()
    await assert.rejects(mallory.ask('me'), /Telethon: /)
  })

  scenario('an invite is made, and lets somebody in', async (stage) => {
    const { ani } = stage.shared
    await ani.page.goto('/app/#/admin/invites')
    await ani.button('admin.newInvite').click()
    await ani.page.getByRole('dialog').getByRole('button', { name: ani.word('admin.make'), exact: true }).click()
    await ani.page.getByRole('img', { name: /\/invite\/\d{12}/ }).waitFor()
    const link = await ani.page.getByRole('img', { name: /\/invite\/\d{12}/ }).getAttribute('aria-label')
    await lookOver(ani, 'admin-invite')
    await ani.page.keyboard.press('Escape')
    const answer = await fetch(`${stage.server.origin}${new URL(link).pathname}`)
    assert.equal(answer.status, 200)
  })

  scenario('who may sign up is changed without a restart', async (stage) => {
    const { ani } = stage.shared
    await ani.page.goto('/app/#/admin/settings')
    await ani.page.getByText(ani.word('admin.mode.invite'), { exact: true }).first().waitFor()
    await lookOver(ani, 'admin-settings')
    await ani.page.getByText(ani.word('admin.mode.invite'), { exact: true }).first().click()
    await until(async () => /invite/.test(await stage.server.admin('mode')))
  })

  scenario('everything that was done is written down', async (stage) => {
    const { ani } = stage.shared
    await ani.page.goto('/app/#/admin/audit')
    const rows = ani.page.locator('main')
    await rows.getByText(/ban/i).first().waitFor()
    await rows.getByText('Ani').first().waitFor()
    await lookOver(ani, 'admin-audit')
  })

  scenario('nobody else sees anything', async (stage) => {
    const citra = await stage.third.signUp('+15550400002', 'Citra').catch(() => null)
    assert.equal(citra, null, 'the mode is "invite" now')
    const invite = JSON.parse(await stage.server.admin('--json', 'invite', 'create')).invites[0].code
    const budi = await Client.join(stage, 'Budi', { invite })
    await budi.page.goto('/app/#/admin')
    await budi.page.getByText(budi.word('admin.notOne')).waitFor()
    await stage.leave(budi.seat)
  })
})

async function confirm(client, key) {
  const dialog = client.page.getByRole('alertdialog').or(client.page.getByRole('dialog'))
  await dialog.getByRole('button', { name: client.word(key), exact: true }).click()
}

const isShown = (locator) => locator.waitFor({ timeout: 3_000 }).then(() => true, () => false)

/** Asks again until it is so. */
async function until(isSo, tries = 40) {
  for (let at = 0; at < tries; at++) {
    if (await isSo()) return
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
  assert.fail('never became so')
}
