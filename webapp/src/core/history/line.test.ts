import { describe, expect, it } from 'vitest'
import type { Message } from '../types'
import { ends, joined, sorted, trimmed } from './line'

const of = (id: number, key = `m${id}`) => ({ id, key }) as Message

describe('a row of messages', () => {
  it('puts what waits after what has a number, in the order it was written', () => {
    const row = sorted([of(0, 'l1'), of(7), of(0, 'l2'), of(3)])
    expect(row.map(message => message.key)).toEqual(['m3', 'm7', 'l1', 'l2'])
  })

  it('joins pages without doubling, and keeps what is there', () => {
    const mine = of(5, 'l9')
    const row = joined([mine, of(8)], [of(3), of(5), of(8)])
    expect(row.map(message => message.key)).toEqual(['m3', 'l9', 'm8'])
    expect(row[1]).toBe(mine)
  })

  it('is the same row when nothing is new', () => {
    const row = [of(1)]
    expect(joined(row, [of(1)])).toBe(row)
  })

  it('lets go of one end', () => {
    const row = [1, 2, 3, 4].map(id => of(id))
    expect(trimmed(row, 3, 'old').messages.map(message => message.id)).toEqual([2, 3, 4])
    expect(trimmed(row, 3, 'new').messages.map(message => message.id)).toEqual([1, 2, 3])
    expect(trimmed(row, 4, 'new').cut).toBe(false)
  })

  it('knows its ends, whatever waits behind them', () => {
    expect(ends([of(2), of(9), of(0, 'l1')])).toEqual({ first: 2, last: 9 })
    expect(ends([of(0, 'l1')])).toBeUndefined()
  })
})
