// People at browsers: what a scenario lets them do, found on the screen as they would find it, by what it says.
import assert from 'node:assert/strict'
import * as limits from './limits.mjs'
import { words } from './words.mjs'

const RECOVERY_TAIL_CHARS = 4
const LIST = 'nav'

export class Client {
  constructor(stage, seat, name, language) {
    Object.assign(this, { stage, seat, name, word: words(language), page: seat.page })
  }

  /** Somebody new: from the first page, or from an invite's, to the list of chats. */
  static async join(stage, name, { invite, password = 'correct horse battery staple', language = 'en', ...options } = {}) {
    const client = await Client.open(stage, name, { language, ...options })
    await client.comeIn({ invite, password })
    return client
  }

  /** A browser that has not been here. */
  static async open(stage, name, { language = 'en', ...options } = {}) {
    const locale = language === 'en' ? 'en-GB' : language
    return new Client(stage, await stage.seat(name, { locale, ...options }), name, language)
  }

  async comeIn({ invite, password }) {
    const { page } = this
    await page.goto(invite ? `/invite/${invite}` : '/')
    await page.locator('main a.primary').click()
    if (!invite) await this.button('door.welcome.new').click()
    await this.fillDoor(password)
    await this.keep()
  }

  async fillDoor(password) {
    const { page } = this
    this.password = password
    await page.getByLabel(this.word('door.join.name')).fill(this.name)
    await page.getByLabel(this.word('door.join.password'), { exact: true }).fill(password)
    await this.button('door.join.action').click()
  }

  /** Writes down what has to be kept, and proves that it was. */
  async keep() {
    const { page } = this
    await page.getByRole('heading', { name: this.word('door.keep.title') }).waitFor({ timeout: limits.PAGE })
    this.phone = (await page.getByLabel(this.word('door.keep.number')).inputValue()).replace(/\D/g, '')
    this.recovery = (await page.getByRole('status', { name: this.word('door.keep.recovery') }).textContent()).trim()
    await this.button('door.keep.done').click()
    await page.getByLabel(this.word('door.keep.checkLabel')).fill(this.recovery.slice(-RECOVERY_TAIL_CHARS))
    await this.button('door.keep.checkAction').click()
    await this.isIn()
  }

  /** Waits until this person sees their chats. */
  async isIn() {
    await this.page.locator('nav [type="search"], [data-messages]').filter({ visible: true }).first().waitFor({ timeout: limits.PAGE })
  }

  field(key) {
    return this.page.getByRole('textbox', { name: this.word(key), exact: true })
  }

  button(key, parameters) {
    return this.page.getByRole('button', { name: this.word(key, parameters), exact: true })
  }

  // Chats

  row(name) {
    return this.page.locator(`${LIST} a[data-row]`).filter({ hasText: name })
  }

  async openChat(name) {
    // On a phone the list is behind the chat, and behind the chat that led to this one.
    for (let behind = 0; behind < limits.CHATS_BEHIND && this.stage.size === 'phone' && this.isAtAChat(); behind++) {
      await this.leaveChat()
    }
    await this.row(name).click()
    await this.composer().waitFor()
  }

  /** Closes what lies over the page, if something does. */
  async closeWhatIsOver() {
    const over = this.page.getByRole('dialog').or(this.page.getByRole('alertdialog'))
    if (!await over.count()) return
    await this.page.keyboard.press('Escape')
    await over.first().waitFor({ state: 'detached' })
  }

  isAtAChat() {
    return this.page.url().includes('#/chat/')
  }

  async leaveChat() {
    const left = this.page.url()
    await this.page.locator('main').getByRole('button', { name: this.word('common.back'), exact: true }).filter({ visible: true }).first().click()
    await this.page.waitForURL((url) => url.href !== left)
  }

  composer() {
    return this.page.getByRole('textbox', { name: this.word('chat.writeLabel') })
  }

  // Messages

  /** Writes and sends; `shown` is what the message then says, where marks of formatting are left out. */
  async say(text, shown = text) {
    await this.composer().fill(text)
    await this.composer().press('Control+Enter')
    await this.message(shown).waitFor()
  }

  /** The row of the message with exactly this text in it. */
  message(text) {
    return this.page.locator('[data-messages] [data-id]').filter({ hasText: text })
  }

  async sees(text, { timeout = limits.EVENT } = {}) {
    await this.message(text).first().waitFor({ timeout })
  }

  async seesNot(text) {
    await this.message(text).first().waitFor({ state: 'detached' })
  }

  /** The text is there, and there once. */
  async isAlone(text) {
    await this.sees(text)
    assert.equal(await this.message(text).count(), 1, `"${text}" is there once`)
  }

  /** Chooses from what can be done with a message. */
  async act(text, key) {
    const bubble = this.message(text).first().locator('[data-bubble]')
    if (this.stage.size === 'phone') await longPress(this.page, bubble)
    else await bubble.click({ button: 'right' })
    await this.page.getByRole('menuitem', { name: this.word(key) }).click()
  }

  async hasTicks(text, stage, { timeout = limits.EVENT } = {}) {
    await this.message(text).first().locator(`[data-ticks][data-stage="${stage}"]`).waitFor({ timeout })
  }

  async idOf(text) {
    return Number(await this.message(text).first().getAttribute('data-id'))
  }
}

/** A finger that stays until a menu opens, laid down once the target stands still and nothing covers it. */
async function longPress(page, target) {
  await target.tap({ trial: true })
  const box = await target.boundingBox()
  const cdp = await page.context().newCDPSession(page)
  const touchPoints = [{ x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) }]
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
  await page.getByRole('menu').waitFor()
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await cdp.detach()
}
