import { expect, it } from 'vitest'
import { inviteOf, isWholeNumber, recoveryCodeOf } from './numbers'

it('knows a whole number', () => {
  expect(isWholeNumber('+888 123 456 789', '888')).toBe(true)
  expect(isWholeNumber('888123', '888')).toBe(false)
  expect(isWholeNumber('+62 812-345-6789', '888')).toBe(true)
  expect(isWholeNumber('12345', '888')).toBe(false)
})

it('finds an invite in a link as well', () => {
  expect(inviteOf('792002735980')).toBe('792002735980')
  expect(inviteOf(' 7920 0273 5980 ')).toBe('792002735980')
  expect(inviteOf('https://example.org:4430/invite/792002735980')).toBe('792002735980')
  expect(inviteOf('https://example.org/app/#/invite/792002735980')).toBe('792002735980')
  expect(inviteOf('79200273598')).toBeUndefined()
  expect(inviteOf('abc792002735980')).toBeUndefined()
})

it('takes a recovery code as people type it', () => {
  expect(recoveryCodeOf('abcd efgh-jklm npqr')).toBe('ABCD-EFGH-JKLM-NPQR')
  expect(recoveryCodeOf('abcd')).toBeUndefined()
})
