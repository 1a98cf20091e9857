import { describe, expect, it } from 'vitest'
import { browserName, systemName } from './platform'
import { readServerFile } from './server'
import { reconnection, socketUrl } from './transport'

describe('reconnection', () => {
  const state = (previousWait: number | null) => ({ previousWait, consequentFails: 1, lastError: null })

  it('waits longer each time, never beyond its ceiling, and never the same for everybody', () => {
    const slow = reconnection(() => 1)
    const waits: number[] = []
    let wait: number | false = slow(state(null))
    for (let tries = 0; tries < 10 && wait !== false; tries++) {
      waits.push(wait)
      wait = slow(state(wait))
    }
    expect(waits.slice(0, 4)).toEqual([500, 1000, 2000, 4000])
    expect(waits.at(-1)).toBe(20_000)
    const quick = reconnection(() => 0)
    expect(quick(state(null))).toBe(0)
    expect(quick(state(20_000))).toBe(10_000)
  })
})

describe('the page and its server', () => {
  it('opens the socket beside the page, as safely as the page', () => {
    expect(socketUrl({ protocol: 'https:', host: 'chat.example' })).toBe('wss://chat.example/apiws')
    expect(socketUrl({ protocol: 'http:', host: '192.168.1.5:4430' })).toBe('ws://192.168.1.5:4430/apiws')
  })

  it('takes no server file that lacks what is needed', () => {
    const file = { name: 'K', version: '1', dc: 2, publicKeys: ['PEM'], baseUrl: 'http://x/' }
    expect(readServerFile(file)).toEqual(file)
    expect(readServerFile({ ...file, publicKeys: [] })).toBeUndefined()
    expect(readServerFile({ ...file, dc: '2' })).toBeUndefined()
    expect(readServerFile('<!doctype html>')).toBeUndefined()
  })
})

it('names browsers and systems for the list of devices', () => {
  const edge =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0'
  expect([browserName(edge), systemName(edge)]).toEqual(['Edge 140', 'Windows'])
  const safari =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
  expect([browserName(safari), systemName(safari)]).toEqual(['Safari 18', 'iOS'])
  expect(browserName('curl/8')).toBe('Browser')
})
