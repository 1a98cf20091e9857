import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { withChosenDark } from './dark'

const tokens = readFileSync(new URL('../src/ui/tokens.css', import.meta.url), 'utf8')

it('gives whoever chose the dark colours all that a dark system gets', () => {
  const [, system, chosen] = withChosenDark(tokens).split('color-scheme: dark;')
  const declarations = (css = '') => css.slice(0, css.indexOf('}')).match(/--[\w-]+: [^;]+/g)
  expect(declarations(chosen)).toEqual(declarations(system))
  expect(declarations(chosen)).toContain('--ground: #0f1413')
})

it('refuses tokens without dark colours', () => {
  expect(() => withChosenDark(':root { --ground: #fff }')).toThrow('no dark colours')
})
