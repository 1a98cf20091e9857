import { expect, it } from 'vitest'
import type { FormattedText } from '../../../core/types'
import { mentionedIn, parse, write } from './markup'

const kinds = ({ text, entities }: FormattedText) =>
  entities.map(e => [e.kind, text.slice(e.offset, e.offset + e.length)])

it('reads each mark', () => {
  const read = parse('**b** __i__ ++u++ ~~s~~ ||h|| `c`')
  expect(read.text).toBe('b i u s h c')
  expect(kinds(read)).toEqual([
    ['bold', 'b'],
    ['italic', 'i'],
    ['underline', 'u'],
    ['strike', 's'],
    ['spoiler', 'h'],
    ['code', 'c'],
  ])
})

it('leaves alone what only looks like a mark', () => {
  for (const text of [
    '2 ** 3 ** 4',
    'snake__case__name',
    '**open',
    'a ++ b',
    '`',
    '****',
    '[x](javascript:alert(1))',
    'C++ and C++',
  ]) {
    expect(parse(text)).toEqual({ text, entities: [] })
  }
})

it('takes code literally', () => {
  expect(kinds(parse('`**x**`'))).toEqual([['code', '**x**']])
  expect(kinds(parse('```ts\nlet a = **1**\n```'))).toEqual([['pre', 'let a = **1**']])
})

it('nests', () => {
  const read = parse('**bold __both__**')
  expect(read.text).toBe('bold both')
  expect(kinds(read)).toEqual([
    ['bold', 'bold both'],
    ['italic', 'both'],
  ])
})

it('gathers quoted lines', () => {
  const read = parse('hello\n> one\n> two\nbye')
  expect(read.text).toBe('hello\none\ntwo\nbye')
  expect(kinds(read)).toEqual([['quote', 'one\ntwo']])
})

it('makes links of safe addresses only', () => {
  expect(parse('[a](https://example.org/x)').entities).toEqual([
    { kind: 'link', url: 'https://example.org/x', offset: 0, length: 1 },
  ])
  expect(parse('[a](data:text/html,x)').entities).toEqual([])
})

it('cuts empty ends and moves the formatting along', () => {
  expect(parse('\n\n**a**  \n')).toEqual({ text: 'a', entities: [{ kind: 'bold', offset: 0, length: 1 }] })
  expect(parse('   ')).toEqual({ text: '', entities: [] })
})

it('writes what it reads', () => {
  for (const text of [
    '**b** and __i__',
    '> q\n> r',
    '```js\nx()\n```',
    '[a](https://example.org/)',
    '||s|| ~~t~~ ++u++ `c`',
    'plain 😀 **é**',
  ]) {
    expect(write(parse(text))).toBe(text)
  }
})

it('keeps people who are mentioned by name', () => {
  const said = parse('hi @Ani Wijaya, **@Ani Wijaya**', new Map([['@Ani Wijaya', 'u5']]))
  expect(kinds(said)).toEqual([
    ['person', '@Ani Wijaya'],
    ['bold', '@Ani Wijaya'],
    ['person', '@Ani Wijaya'],
  ])
  expect(parse(write(said), mentionedIn(said))).toEqual(said)
})
