import { describe, expect, it } from 'vitest'
import { endingOf, savedName, shownName } from './names'

const whole = (claimed: string) => {
  const { stem, ending } = shownName(claimed, 'file')
  return stem + ending
}

describe('a name that is shown', () => {
  it('cannot turn the direction of writing', () => {
    expect(whole('photo\u202egpj.exe')).toBe('photogpj.exe')
    expect(whole('a\u2066b\u2069\u200f\u061cc.txt')).toBe('abc.txt')
  })

  it('has no controls, no invisible letters, no half pairs', () => {
    expect(whole('a\u0000b\u001b[31m\u200b\ufeff.md')).toBe('ab[31m.md')
    expect(whole('x\ud800y')).toBe('x\ufffdy')
  })

  it('keeps its ending apart', () => {
    expect(shownName('report.final.pdf', 'file')).toEqual({ stem: 'report.final', ending: '.pdf' })
    expect(shownName('.bashrc', 'file')).toEqual({ stem: '.bashrc', ending: '' })
    expect(shownName('see. what I did', 'file').ending).toBe('')
  })

  it('is never empty', () => {
    expect(whole('')).toBe('file')
    expect(whole('\u202e \u200b')).toBe('file')
    expect(shownName(undefined, 'file').stem).toBe('file')
  })

  it('leaves the letters of all writings', () => {
    for (const name of ['ข้อความ.txt', 'رسالة.pdf', '写真📷.jpg', 'naïve.txt']) expect(whole(name)).toBe(name)
  })
})

describe('a name that is saved', () => {
  it('leads to no folder', () => {
    expect(savedName('../../etc/passwd', 'file')).toBe('_.._etc_passwd')
    expect(savedName('C:\\autoexec.bat', 'file')).toBe('C__autoexec.bat')
  })

  it('is no device and no hidden file', () => {
    expect(savedName('CON.txt', 'file')).toBe('_CON.txt')
    expect(savedName('...hidden', 'file')).toBe('hidden')
    expect(savedName('ends. . .', 'file')).toBe('ends')
  })

  it('is short, with its ending', () => {
    const saved = savedName(`${'ä'.repeat(500)}.jpeg`, 'file')
    expect([...saved].length).toBe(120)
    expect(saved.endsWith('.jpeg')).toBe(true)
  })

  it('falls back when nothing is left', () => {
    for (const nothing of ['', '.', '..', '\u202e', undefined]) expect(savedName(nothing, 'file')).toBe('file')
  })
})

describe('an ending', () => {
  it('is what comes last, whatever the direction says', () => {
    expect(endingOf('photo\u202egpj.EXE')).toBe('exe')
    expect(endingOf('archive.tar.gz')).toBe('gz')
    expect(endingOf('noending')).toBe('')
  })
})
