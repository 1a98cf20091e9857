// Groups of scenarios. A group has a server of its own; its scenarios are played in order and share what the first made.
// Groups are played side by side. A scenario fails on what it asserts, and on whatever anyone's watch saw meanwhile.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as limits from './limits.mjs'
import { Seat } from './browser.mjs'
import { within } from './process.mjs'
import { Server } from './server.mjs'
import { Telethon } from './telethon.mjs'

const groups = []

/**
 * Declares a group. `sizes` are those it is played at, each with a fresh server; `server` are the server's settings, or a
 * function of the authority that makes them; what measures is played `alone`, before everything else; `define` is given `scenario(title, play, { needed, ms })`: without what a needed
 * one makes, those after it cannot be played.
 */
export function group(title, { sizes = ['desktop'], server = {}, alone = false } = {}, define) {
  for (const size of sizes) groups.push({ title, size, server, alone, define })
}

/** What a scenario has at hand. */
class Stage {
  constructor(run, server, size) {
    Object.assign(this, { run, server, size, seats: [], facts: run.facts, shared: {}, complaints: [] })
  }

  /** A browser for a person. */
  async seat(name, options = {}) {
    const seat = await Seat.take(this.run.browser, options.server ?? this.server, { size: this.size, name, ...options })
    this.seats.push(seat)
    return seat
  }

  async leave(seat) {
    this.seats.splice(this.seats.indexOf(seat), 1)
    this.left = [...(this.left ?? []), ...seat.faults()]
    await seat.leave()
  }

  async telethon() {
    this.third ??= await new Telethon(this.server).begin()
    return this.third
  }

  /** Something is wrong that need not stop the scenario. */
  complain(...complaints) {
    this.complaints.push(...complaints)
  }

  faults() {
    return [...this.complaints.splice(0), ...(this.left?.splice(0) ?? []), ...this.seats.flatMap((seat) => seat.faults()), ...this.server.panics()]
  }

  async close() {
    for (const seat of this.seats) await seat.leave()
    await this.third?.end()
    await this.server.remove()
  }
}

/** Plays the groups whose title (with a scenario's) fits, `jobs` at a time, and returns what came of each scenario. */
export async function play({ browser, authority, only, jobs, artefacts, say }) {
  const results = []
  const run = { browser, authority, only, artefacts, facts: [], note: (result) => { results.push(result); say(result) } }
  const waiting = groups.filter((it) => scenariosOf(it).some(({ title }) => fits(run, it, title)))
  for (const group of waiting.filter((it) => it.alone)) await playGroup(run, group)
  const others = waiting.filter((it) => !it.alone)
  const worker = async () => {
    while (others.length) await playGroup(run, others.shift())
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  return { results, facts: run.facts }
}

const scenariosOf = (group) => {
  const found = []
  group.define((title, act, options = {}) => found.push({ title, act, ...options }))
  return found
}

const nameOf = (group, title) => `${group.title} (${group.size}): ${title}`
const fits = (run, group, title) => !run.only || run.only.test(nameOf(group, title))

async function playGroup(run, group) {
  const server = new Server(typeof group.server === 'function' ? await group.server(run.authority) : group.server)
  const stage = new Stage(run, server, group.size)
  const scenarios = scenariosOf(group)
  try {
    await server.start()
  } catch (error) {
    for (const { title } of scenarios) run.note({ name: nameOf(group, title), ms: 0, errors: [error.message] })
    return
  }
  // A chosen scenario may need what earlier ones made: they are played too, up to the last one chosen.
  const last = scenarios.findLastIndex(({ title }) => fits(run, group, title))
  let lost = null
  for (const it of scenarios.slice(0, last + 1)) {
    if (lost) run.note({ name: nameOf(group, it.title), ms: 0, errors: [`not played: "${lost}" failed`] })
    else if (!await playScenario(run, group, stage, it) && it.needed) lost = it.title
  }
  await within(limits.STOP * 2, 'the group closes', stage.close()).catch((error) => {
    run.note({ name: nameOf(group, 'closes'), ms: 0, errors: [error.message] })
  })
}

async function playScenario(run, group, stage, { title, act, ms = limits.SCENARIO }) {
  const began = Date.now()
  const errors = []
  await within(ms, 'the scenario ends', act(stage)).catch((error) => errors.push(error.stack ?? String(error)))
  errors.push(...stage.faults())
  const name = nameOf(group, title)
  if (errors.length) await keepEvidence(run, stage, name, errors).catch((error) => errors.push(`no evidence: ${error}`))
  run.note({ name, ms: Date.now() - began, errors })
  return errors.length === 0
}

// What everyone's screen showed, and what the server said.
async function keepEvidence(run, stage, name, errors) {
  const folder = path.join(run.artefacts, name.replace(/[^\w]+/g, '-'))
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'errors.txt'), errors.join('\n\n'))
  await writeFile(path.join(folder, 'server.log'), stage.server.log.join('\n'))
  for (const seat of stage.seats) {
    for (const [index, page] of seat.context.pages().entries()) {
      await page.screenshot({ path: path.join(folder, `${seat.name}-${index}.png`), timeout: limits.EVENT }).catch(() => {})
      await page.locator('body').ariaSnapshot({ timeout: limits.EVENT })
        .then((tree) => writeFile(path.join(folder, `${seat.name}-${index}.yaml`), `${page.url()}\n${tree}`)).catch(() => {})
    }
  }
  errors.push(`evidence: ${folder}`)
}
