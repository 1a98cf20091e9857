import assert from 'node:assert/strict'
import { group } from '../harness/runner.mjs'

group('a third person', {}, (scenario) => {
  scenario('two people on Telethon talk on the same server', async (stage) => {
    const telethon = await stage.telethon()
    const ayu = await telethon.signUp('+15550000001', 'Ayu')
    const bima = await telethon.signUp('+15550000002', 'Bima')
    await ayu.ask('add_phone', { phone: bima.phone, first_name: 'Bima' })
    await ayu.ask('send', { chat: bima.id, text: 'halo' })
    const got = await bima.reads('halo')
    assert.equal(got.message.text, 'halo')
  })
})
