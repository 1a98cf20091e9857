// What a first visit costs, over https and over plain http, on an address of this machine and on one that is not.
import assert from 'node:assert/strict'
import https from 'node:https'
import * as limits from '../harness/limits.mjs'
import { firstVisit } from '../harness/measure.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { NAME } from '../harness/server.mjs'

const SIZES = ['phone', 'desktop']
// A machine that is busy with something else slows a visit down, never the other way round: the quickest is nearest to what
// one costs, and when one was quick enough no more are needed.
const VISITS = 8
const BUTTON = 'button'

group('first visit', { sizes: SIZES, alone: true }, (scenario) => {
  scenario('weighs little and can be used at once', async (stage) => {
    let best
    for (let at = 0; at < VISITS && !(best?.ms < limits.INTERACTIVE); at++) {
      const seat = await stage.seat(`visitor ${at}`, { direct: !process.env.KENTONG_WEBAPP })
      const visit = await firstVisit(seat, '/app/', BUTTON)
      await stage.leave(seat)
      if (!best || visit.ms / visit.slowdown < best.ms / best.slowdown) best = visit
    }
    const { bytes, loaded, ms, busy, slowdown } = best
    stage.facts.push(`first load of the client (${stage.size}): ${Math.round(bytes / 1024)} KiB in ${loaded.length} requests, usable after ${ms} ms`
      + ` (its own work ${busy} ms; the machine ${slowdown.toFixed(1)} times slower than when idle)`)
    assert.ok(bytes < limits.FIRST_LOAD_BYTES, `${bytes} bytes: ${loaded.map((it) => `${it.url} ${it.bytes}`).join(', ')}`)
    assert.ok(busy < limits.FIRST_WORK, `${busy} ms of work`)
    assert.ok(ms < limits.INTERACTIVE * slowdown, `${ms} ms on a machine ${slowdown} times slower than when idle`)
  })

  scenario('the door stands before the socket has said a word', async (stage) => {
    const { page } = await stage.seat('early')
    await page.routeWebSocket(/\/apiws$/, () => {})
    await page.goto('/app/')
    await page.getByRole('button').first().waitFor()
    assert.equal(await page.getByRole('heading').first().isVisible(), true)
  })
})

group('over https', { server: (authority) => ({ tls: authority, host: NAME }) }, (scenario) => {
  scenario('a newcomer comes in and writes', comesInAndWrites)

  scenario('the certificate is of the authority, for this name, and nothing older than TLS 1.2 is spoken', async ({ server, run }) => {
    const ask = (options) => new Promise((resolve, reject) => {
      https.get({ host: '127.0.0.1', port: server.port, path: '/healthz/ready', servername: NAME, ca: run.authority.authority, agent: false, ...options }, (answer) => {
        answer.resume().on('end', () => resolve(answer))
      }).on('error', reject)
    })
    const { statusCode, headers } = await ask({})
    assert.equal(statusCode, 200)
    assert.match(headers['strict-transport-security'] ?? '', /max-age=\d{5,}/)
    await assert.rejects(ask({ ca: undefined }), /unable to|self[- ]signed/i)
    await assert.rejects(ask({ servername: 'elsewhere.test' }), /altnames|alert|match/i)
    await assert.rejects(ask({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }))
  })

  scenario('plain http on the same port leads to https', async ({ server }) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/connect`, { redirect: 'manual', headers: { host: `${NAME}:${server.port}` } })
    assert.ok([301, 307, 308].includes(answer.status), String(answer.status))
    assert.match(answer.headers.get('location'), /^https:\/\//)
  })
})

group('over plain http, on a name of the local network', { sizes: SIZES, server: { host: NAME } }, (scenario) => {
  scenario('a newcomer comes in and writes', comesInAndWrites)
})

async function comesInAndWrites(stage) {
  const ani = await Client.join(stage, 'Ani')
  const telethon = await stage.telethon()
  const citra = await telethon.signUp('+15550300001', 'Citra')
  const { id } = await citra.ask('add_phone', { phone: `+${ani.phone}`, first_name: 'Ani' })
  await citra.ask('send', { chat: id, text: 'Sampai juga' })
  await ani.openChat('Citra')
  await ani.sees('Sampai juga')
  await ani.say('Sampai!')
  await citra.reads('Sampai!')
  const secure = await ani.page.evaluate(() => isSecureContext)
  assert.equal(secure, stage.server.origin.startsWith('https:'))
}
