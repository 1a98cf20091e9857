import { describe, expect, it } from 'vitest'
import { reduced } from './tables'

const TABLE = `var m = {
  "inputPeerSelf": function(w) {
    w.uint(1);
  },
  "messages.sendMessage": function(w, v) {
    w.uint(2);
    if (v.x) w.object(v.x);
  },
  error: function(w, v) {
    w.uint(3);
  }
};
`

describe('the table of writers', () => {
  it('keeps what is named and stays a table', () => {
    const { table, kept, all } = reduced(TABLE, new Set(['messages.sendMessage', 'error', 'unrelated']))
    expect(all).toBe(3)
    expect([...kept]).toEqual(['messages.sendMessage', 'error'])
    const read = new Function(`${table}; return m`)() as Record<string, unknown>
    expect(Object.keys(read)).toEqual(['messages.sendMessage', 'error'])
  })
})
