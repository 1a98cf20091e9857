/**
 * Changes to the text field that the browser's own undo can take back: everything goes through `insertText`, as if it had
 * been typed.
 */
import { APPLE } from '../shell/keys'
import { type InlineMark, MARKS } from './text/markup'

/** Types text in the place of the selection. */
export function insert(field: HTMLTextAreaElement, text: string): void {
  const before = document.activeElement
  field.focus({ preventScroll: true })
  if (!document.execCommand('insertText', false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
  if (before instanceof HTMLElement && before !== field && before.matches('input'))
    before.focus({ preventScroll: true })
}

/** Puts marks around the selection, or takes them away if they are there. */
export function toggleMark(field: HTMLTextAreaElement, kind: InlineMark | 'pre' | 'quote'): void {
  if (kind === 'quote') {
    toggleQuote(field)
    return
  }
  const [open, close] = kind === 'pre' ? ['```\n', '\n```'] : [MARKS[kind], MARKS[kind]]
  const { selectionStart: start, selectionEnd: end, value } = field
  const inside = value.slice(start, end)
  if (value.slice(start - open.length, start) === open && value.slice(end, end + close.length) === close) {
    field.setSelectionRange(start - open.length, end + close.length)
    insert(field, inside)
    field.setSelectionRange(start - open.length, end - open.length)
    return
  }
  insert(field, open + inside + close)
  field.setSelectionRange(start + open.length, end + open.length)
}

function toggleQuote(field: HTMLTextAreaElement): void {
  const { value } = field
  const start = value.lastIndexOf('\n', field.selectionStart - 1) + 1
  const lines = value.slice(start, field.selectionEnd)
  const quoted = lines.split('\n').every(line => line.startsWith('> '))
  field.setSelectionRange(start, field.selectionEnd)
  insert(field, quoted ? lines.replace(/^> /gm, '') : lines.replace(/^/gm, '> '))
}

/** `[words](address)` with the address selected, ready to be typed over. */
export function wrapLink(field: HTMLTextAreaElement, placeholder: string): void {
  const { selectionStart: start, selectionEnd: end, value } = field
  const words = value.slice(start, end)
  insert(field, `[${words}](${placeholder})`)
  const from = start + words.length + 3
  field.setSelectionRange(from, from + placeholder.length)
}

const SHORTCUTS: Readonly<Record<string, InlineMark | 'link'>> = {
  b: 'bold',
  i: 'italic',
  u: 'underline',
  k: 'link',
  e: 'code',
}
const SHIFTED: Readonly<Record<string, InlineMark | 'pre' | 'quote'>> = {
  x: 'strike',
  s: 'strike',
  m: 'code',
  p: 'spoiler',
  '>': 'quote',
  '.': 'quote',
  c: 'pre',
}

/** Which formatting a key press asks for. Control+K makes a link only of selected words: else it is the search. */
export function shortcutMark(event: KeyboardEvent): InlineMark | 'link' | 'pre' | 'quote' | undefined {
  const command = APPLE ? event.metaKey : event.ctrlKey
  if (!command || event.altKey) return undefined
  const key = event.key.toLowerCase()
  const mark = event.shiftKey ? SHIFTED[key] : SHORTCUTS[key]
  const field = event.target as HTMLTextAreaElement
  return mark === 'link' && field.selectionStart === field.selectionEnd ? undefined : mark
}
