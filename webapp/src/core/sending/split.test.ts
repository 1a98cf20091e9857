import { describe, expect, it } from 'vitest'
import { pieces, slice, tidied } from './split'

describe('texts as they are sent', () => {
  it('loses blanks at both ends, and moves formatting with the text', () => {
    const { text, entities } = tidied({ text: '  hello \n', entities: [{ kind: 'bold', offset: 0, length: 5 }] })
    expect(text).toBe('hello')
    expect(entities).toEqual([{ kind: 'bold', offset: 0, length: 3 }])
  })

  it('leaves out formatting that lies outside of a slice', () => {
    const entities = [{ kind: 'code' as const, offset: 4, length: 2 }]
    expect(slice({ text: 'abcdef', entities }, 0, 4).entities).toEqual([])
    expect(slice({ text: 'abcdef', entities }, 5, 6).entities).toEqual([{ kind: 'code', offset: 0, length: 1 }])
  })

  it('cuts at a paragraph where there is one', () => {
    const text = `${'a'.repeat(60)}\n\n${'b'.repeat(60)}`
    expect(pieces({ text, entities: [] }, 100).map(piece => piece.text)).toEqual(['a'.repeat(60), 'b'.repeat(60)])
  })

  it('never cuts a character in two', () => {
    const all = pieces({ text: '😀'.repeat(60), entities: [] }, 101)
    expect(all.map(piece => piece.text.length)).toEqual([100, 20])
    expect(all.every(piece => !/[\ud800-\udbff]$/.test(piece.text))).toBe(true)
  })

  it('sends nothing for a text of blanks', () => {
    expect(pieces({ text: ' \n ', entities: [] }, 100)).toEqual([])
  })
})
