// A day when everybody comes: places in line, and people who get in by themselves.
import { joinAtTheDoor } from '../harness/door.mjs'
import * as limits from '../harness/limits.mjs'
import { Client } from '../harness/people.mjs'
import { group } from '../harness/runner.mjs'
import { lookOver } from './30_two_people.mjs'

const A_FEW_A_MINUTE = { KENTONG_ACCESS_NEWCOMERS_PER_MINUTE: '10' }
const BEFORE_HER = 4

group('a crowd', { sizes: ['phone'], server: { settings: A_FEW_A_MINUTE } }, (scenario) => {
  scenario('the waiting room shows a place, keeps it over a reload, and lets in by itself', async (stage) => {
    const telethon = await stage.telethon()
    const crowd = Array.from({ length: BEFORE_HER }, (_, at) => joinAtTheDoor(telethon, `Newcomer${at}`))
    await Promise.race(crowd)
    const ani = await Client.open(stage, 'Ani')
    await ani.page.goto('/app/#/join')
    await ani.page.getByText(ani.word('door.line.title')).waitFor()
    await lookOver(ani, 'waiting-room')
    await ani.page.reload()
    await ani.page.getByText(ani.word('door.line.title')).waitFor()
    await ani.fillDoor('twelve patient herons')
    await ani.page.getByRole('heading', { name: ani.word('door.keep.title') }).waitFor({ timeout: limits.LINE })
    await ani.keep()
    await Promise.all(crowd)
  }, { ms: limits.LINE * 2 })
})

group('an invite only server', { sizes: ['phone', 'desktop'], server: { settings: { KENTONG_ACCESS_SIGN_UP: 'invite' } } }, (scenario) => {
  scenario('the door asks for an invite, and takes the operator\'s', async (stage) => {
    const ani = await Client.open(stage, 'Ani')
    await ani.page.goto('/app/')
    await ani.button('door.welcome.new').or(ani.button('door.welcome.invited')).first().click()
    await ani.page.getByLabel(ani.word('door.invite.ask.label')).waitFor()
    await lookOver(ani, 'invite-wanted')
    await ani.page.getByLabel(ani.word('door.invite.ask.label')).fill('000000000000')
    await ani.button('door.invite.ask.action').click()
    await ani.page.getByText(ani.word('door.invite.gone')).waitFor()
    const made = JSON.parse(await stage.server.admin('--json', 'invite', 'create'))
    await ani.page.getByLabel(ani.word('door.invite.ask.label')).fill(made.invites[0].code)
    await ani.button('door.invite.ask.action').click()
    await ani.fillDoor('one golden ticket please')
    await ani.keep()
  })
})

group('a server that approves', { server: { settings: { KENTONG_ACCESS_SIGN_UP: 'approval' } } }, (scenario) => {
  scenario('a newcomer waits, is agreed to, and is in', async (stage) => {
    const ani = await Client.open(stage, 'Ani')
    await ani.page.goto('/app/#/join')
    await ani.fillDoor('patience is a virtue')
    await ani.page.getByText(ani.word('door.pending.title')).waitFor({ timeout: limits.PAGE })
    await lookOver(ani, 'pending')
    const { waiting: [rows] } = JSON.parse(await stage.server.admin('--json', 'user', 'waiting'))
    await stage.server.admin('user', 'approve', rows[0].phone)
    await ani.button('door.pending.now').click()
    await ani.keep()
  })
})
