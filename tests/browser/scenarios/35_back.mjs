// The browser's own way back, and navigations that come at once after something else.
import assert from 'node:assert/strict'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'

// A race is lost now and then, not every time.
const ROUNDS = 12

group('the way back', { sizes: ['phone', 'desktop'] }, (scenario) => {
  scenario('going back closes a dialog first, and passes over one that was closed otherwise', async (stage) => {
    const ani = await Client.join(stage, 'Ani')
    stage.shared.ani = ani
    const { page } = ani
    await page.goto('/app/#/settings')
    await page.locator('main').getByText(ani.word('settings.menu.devices'), { exact: true }).first().click()
    await ani.button('settings.devices.connect').waitFor()
    await openDialog(ani)
    await page.goBack()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.match(page.url(), /#\/settings\/devices$/)
    await openDialog(ani)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.goBack()
    await page.waitForURL(/#\/settings$/)
  }, { needed: true })

  scenario('a navigation holds that comes at once after a dialog has closed', async ({ shared: { ani } }) => {
    const { page } = ani
    for (let round = 0; round < ROUNDS; round++) {
      await page.goto('/app/#/settings/devices')
      await openDialog(ani)
      await page.keyboard.press('Escape')
      await page.goto('/app/#/settings/privacy')
      await staysAt(ani, '#/settings/privacy')
      await page.getByText(ani.word('settings.privacy.everybody'), { exact: true }).filter({ visible: true }).first().waitFor()
    }
  })

  scenario('and one that comes while the browser still goes back', async ({ shared: { ani } }) => {
    const { page } = ani
    for (let round = 0; round < ROUNDS; round++) {
      await page.goto('/app/#/settings/devices')
      await ani.button('settings.devices.connect').waitFor()
      await page.evaluate((label) => {
        const back = [...document.querySelectorAll('main button')].find((it) => it.checkVisibility() && it.getAttribute('aria-label') === label)
        back.click()
        location.hash = '#/settings/privacy'
      }, ani.word('common.back'))
      await staysAt(ani, '#/settings/privacy')
    }
  })
})

async function openDialog(client) {
  await client.button('settings.devices.connect').click()
  await client.page.getByRole('dialog').waitFor()
}

/** The address is this one, and still is when the steps that were asked for have happened: one more, behind them, says so. */
async function staysAt({ page }, hash) {
  const stayed = await page.evaluate(async () => {
    const stepped = new Promise((resolve) => addEventListener('popstate', resolve, { once: true }))
    history.pushState(history.state, '', location.href)
    history.back()
    await stepped
    await new Promise(requestAnimationFrame)
    return location.hash
  })
  assert.equal(stayed, hash)
}
