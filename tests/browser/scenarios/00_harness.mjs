// The suite itself: it sees every kind of trouble that it promises to see, and none where there is none.
import assert from 'node:assert/strict'
import { makeAuthority } from '../harness/authority.mjs'
import { accessibility } from '../harness/axe.mjs'
import { Seat } from '../harness/browser.mjs'
import * as limits from '../harness/limits.mjs'
import { naughty } from '../harness/naughty.mjs'
import { group } from '../harness/runner.mjs'

const TROUBLE = {
  '/console-error': [/console error: oh no/],
  '/console-warning': [/console warning: hm/],
  '/uncaught': [/uncaught error: .*nobody caught me/],
  '/rejected': [/uncaught error: .*nobody caught me either/],
  '/elsewhere': [/request to elsewhere: http:\/\/elsewhere.test/, /asked for elsewhere.test/],
  '/socket-elsewhere': [/asked for elsewhere.test|policy violation: connect-src/],
  '/policy': [/policy violation: script-src blocked eval/],
  '/inline': [/policy violation: script-src-attr/],
  '/missing': [/console error: .*404/],
  '/aborted': [/request failed: GET .*hangs-up/],
  '/dialog': [/dialog: 1/],
  '/worker': [/console error: from the worker/, /asked for elsewhere.test/],
}

group('the suite', {}, (scenario) => {
  for (const [path, expected] of Object.entries(TROUBLE)) {
    scenario(`sees ${path.slice(1)}`, async (stage) => {
      const faults = await visit(stage, path, expected)
      for (const pattern of expected) assert.ok(faults.some((it) => pattern.test(it)), `${pattern}: ${faults.join('\n')}`)
    })
  }

  scenario('sees nothing where nothing is', async (stage) => {
    assert.deepEqual(await visit(stage, '/quiet', []), [])
  })

  scenario('sees what a screen reader cannot read', async (stage) => {
    const found = await visit(stage, '/inaccessible', [], accessibility)
    for (const rule of ['image-alt', 'link-name', 'label']) assert.ok(found.some((it) => it.includes(` ${rule}: `)), rule)
  })

  scenario('trusts the authority it made, and no other', async (stage) => {
    assert.deepEqual(await visit(stage, '/quiet', [], null, stage.run.authority), [])
    const other = await makeAuthority()
    await assert.rejects(visit(stage, '/quiet', [], null, other), /ERR_CERT_AUTHORITY_INVALID/)
    await other.remove()
  })

  scenario('cuts the road, and opens it again', async (stage) => {
    const seat = await stage.seat('traveller')
    await seat.page.goto('/app/', { waitUntil: 'networkidle' })
    await seat.page.getByRole('button').first().waitFor()
    const reaches = () => seat.page.evaluate(() => fetch('/healthz/ready').then((it) => it.ok, () => false))
    assert.equal(await reaches(), true)
    await seat.offline(async () => assert.equal(await reaches(), false))
    await seat.unreachable(async () => assert.equal(await reaches(), false))
    assert.equal(await reaches(), true)
  })

  scenario('sees a server that panicked', async (stage) => {
    stage.server.log.push("thread 'main' panicked at a test")
    assert.equal(stage.faults().length, 1)
    stage.server.log.pop()
  })
})

// What the watch saw on a naughty page; or what `look` says of it.
async function visit(stage, path, expected, look, tls) {
  const server = await naughty(tls)
  const seat = await Seat.take(stage.run.browser, server, { name: 'visitor', size: stage.size })
  try {
    await seat.page.goto(path)
    if (look) return await look(seat.page)
    const faults = seat.faults()
    const until = Date.now() + limits.EVENT
    while (!expected.every((pattern) => faults.some((it) => pattern.test(it))) && Date.now() < until) {
      await seat.page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(resolve) }))
      faults.push(...seat.faults())
    }
    return faults
  } finally {
    await seat.leave()
    server.close()
  }
}
