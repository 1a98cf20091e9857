// The administration, as somebody whom the operator trusts opens it in the client.
import assert from 'node:assert/strict'
import { accessibility } from '../harness/axe.mjs'
import { injected } from '../harness/hostile.mjs'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { shoot } from '../harness/screenshots.mjs'
import { fitsWidth } from './20_pages.mjs'

const SIZES = ['phone', 'desktop']
const HOSTILE = '<img src=x onerror=alert(1)>'

group('screens of the administration', { sizes: SIZES }, (scenario) => {
  scenario('whoever came with an administrator\'s invite sees how the server is', async (stage) => {
    const made = JSON.parse(await stage.server.admin('--json', 'invite', 'create', '--administrator'))
    stage.shared.ani = await Client.join(stage, 'Ani', { invite: made.invites[0].code })
    const { page, seat } = stage.shared.ani
    await page.goto('/app/#/settings')
    await stage.shared.ani.button('settings.menu.admin').click()
    await page.waitForURL(/#\/admin$/)
    await page.goto('/admin')
    await page.getByRole('heading', { name: 'Administration' }).waitFor()
    await page.getByText('1 came today').waitFor()
    await page.getByText('Messages and people').waitFor()
    await clean(page)
    await shoot(seat, 'admin')
  })

  scenario('people are found, kept out, let in again and deleted by typing their name', async (stage) => {
    const telethon = await stage.telethon()
    const budi = await telethon.signUp('+15550110001', 'Budi', HOSTILE)
    const { page, seat } = stage.shared.ani
    await tab(page, 'People')
    await page.getByRole('searchbox').last().fill('budi')
    const row = page.getByRole('main').getByRole('button', { name: /Budi/ })
    await row.waitFor()
    assert.deepEqual(await injected(page), [])
    await clean(page)
    await shoot(seat, 'admin-people')
    await row.click()
    await page.getByRole('heading', { name: `Budi ${HOSTILE}` }).waitFor()
    await clean(page)
    await shoot(seat, 'admin-person')
    await sure(page, 'Ban')
    await page.getByText('banned').waitFor()
    assert.match(await stage.server.admin('user', 'show', String(budi.id)), /banned/)
    await sure(page, 'Let in again')
    await page.getByRole('button', { name: 'Ban', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Delete account' }).click()
    const dialog = page.getByRole('dialog')
    const act = dialog.getByRole('button', { name: 'Delete account' })
    assert.ok(await act.isDisabled(), 'the name has to be typed')
    await dialog.getByRole('textbox').fill(`Budi ${HOSTILE}`)
    await act.click()
    await page.getByText(/was deleted/).waitFor()
  })

  scenario('invites are made, shown as link and code, and taken back', async (stage) => {
    const { page, seat } = stage.shared.ani
    await tab(page, 'Invites')
    await page.getByRole('button', { name: 'New invite' }).click()
    await page.getByRole('button', { name: 'Make', exact: true }).click()
    const link = page.getByText(new RegExp(`^${stage.server.origin}/invite/\\d{12}$`))
    await link.waitFor()
    await page.getByRole('img', { name: /invite/ }).waitFor()
    await clean(page)
    await shoot(seat, 'admin-invite')
    const code = (await link.textContent()).slice(-12)
    assert.equal((await fetch(`${stage.server.origin}/invite/${code}`)).status, 200)
    await page.keyboard.press('Escape')
    // The one that was just made: an administrator's may be in the list as well.
    const row = page.getByRole('listitem').filter({ hasText: code.replace(/(\d{4})(?=\d)/g, '$1 ') })
    await row.getByRole('button', { name: 'Take back' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take back' }).click()
    await page.getByText('It was taken back.').waitFor()
    assert.equal((await fetch(`${stage.server.origin}/invite/${code}`)).status, 404)
  })

  scenario('settings hold at once and say where they come from', async (stage) => {
    const { page, seat } = stage.shared.ani
    await tab(page, 'Settings')
    await page.getByRole('radio', { name: /By approval/ }).check()
    await page.getByText('It holds from now on.').waitFor()
    assert.match(await stage.server.admin('mode'), /approval/)
    await clean(page)
    await shoot(seat, 'admin-settings')
    await page.getByRole('button', { name: 'As configured' }).first().click()
    await page.getByRole('radio', { name: /^Open/ }).and(page.locator(':checked')).waitFor()
    assert.match(await stage.server.admin('mode'), /open/)
  })

  scenario('what was done is listed with who did it', async (stage) => {
    const { page, seat } = stage.shared.ani
    await tab(page, 'What was done')
    for (const act of ['user ban', 'user unban', 'user delete', 'invite create', 'invite revoke', 'setting']) {
      await page.locator('code').getByText(act, { exact: true }).first().waitFor()
    }
    await page.getByText(/^Ani ·/).first().waitFor()
    await clean(page)
    await shoot(seat, 'admin-audit')
  })

  scenario('whoever is trusted no longer sees nothing', async (stage) => {
    const { page } = stage.shared.ani
    const found = JSON.parse(await stage.server.admin('--json', 'user', 'search', 'Ani'))
    await stage.server.admin('user', 'demote', String(found.found[0][0].id))
    await page.reload()
    await page.getByText('Only people whom the operator').waitFor({ timeout: limits.PAGE })
    assert.equal(await page.getByRole('link', { name: 'People' }).count(), 0)
    await page.goto('/app/#/settings')
    await stage.shared.ani.button('settings.menu.signOut').waitFor()
    await page.getByRole('button', { name: /888/ }).waitFor()
    assert.equal(await stage.shared.ani.button('settings.menu.admin').count(), 0)
  })
})

async function tab(page, name) {
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name }).click()
}

/** Presses, and says yes. */
async function sure(page, name) {
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('alertdialog').getByRole('button', { name, exact: true }).click()
}

async function clean(page) {
  assert.deepEqual(await accessibility(page), [])
  await fitsWidth(page)
}
