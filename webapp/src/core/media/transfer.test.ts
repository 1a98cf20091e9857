import type { tl } from '@mtcute/core'
import Long from 'long'
import { describe, expect, it } from 'vitest'
import type { FileRef } from '../types'
import { BrokenFile, createDownload, memorySink } from './download'
import { failureOf } from './failure'
import { createLocations } from './location'
import type { Caller, CallOptions } from './port'
import { base64 } from './stripped'
import { createTurns } from './turns'
import { FileGone, newUpload, upload } from './upload'

const KIB = 1024
const MIB = 1024 * KIB

type Answer = (request: tl.RpcMethod, options: CallOptions) => unknown

function callerOf(answer: Answer): Caller & { requests: tl.RpcMethod[] } {
  const requests: tl.RpcMethod[] = []
  const call = async (request: tl.RpcMethod, options: CallOptions = {}) => {
    requests.push(request)
    options.abortSignal?.throwIfAborted()
    return answer(request, options)
  }
  return { requests, call } as unknown as Caller & { requests: tl.RpcMethod[] }
}

function sound(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff)
}

const refusal = (text: string) => Object.assign(new Error(text), { text })

describe('an upload', () => {
  it('brings every byte once and names what it brought', async () => {
    const content = sound(300 * KIB + 7)
    const got = new Uint8Array(content.length)
    const caller = callerOf(request => {
      if (request._ !== 'upload.saveFilePart') throw new Error(request._)
      got.set(request.bytes, request.filePart * 64 * KIB)
      return true
    })
    const progress: number[] = []
    const job = newUpload(new Blob([content]))
    const input = await upload(caller, job, 'a.txt', { onProgress: ({ done }) => progress.push(done) })
    expect(same(got, content)).toBe(true)
    expect(input).toMatchObject({ _: 'inputFile', parts: 5, name: 'a.txt' })
    expect(progress[0]).toBe(0)
    expect(progress.at(-1)).toBe(content.length)
  })

  it('of more than 10 MiB says how many parts there are', async () => {
    const caller = callerOf(() => true)
    const input = await upload(caller, newUpload(new Blob([new Uint8Array(11 * MIB)])), 'b', {})
    expect(input._).toBe('inputFileBig')
    expect(
      caller.requests.every(request => request._ === 'upload.saveBigFilePart' && request.fileTotalParts === 44),
    ).toBe(true)
  })

  it('sends only what is missing when it is tried again', async () => {
    let refused = false
    const caller = callerOf(request => {
      if (request._ === 'upload.saveFilePart' && request.filePart === 6 && !refused) {
        refused = true
        throw refusal('FLOOD_WAIT_30')
      }
      return true
    })
    const job = newUpload(new Blob([sound(10 * 64 * KIB)]))
    await expect(upload(caller, job, 'c')).rejects.toThrow('FLOOD_WAIT_30')
    const [before, had] = [caller.requests.length, job.done.size]
    expect(had).toBeGreaterThan(0)
    await upload(caller, job, 'c')
    expect(caller.requests.length - before).toBe(10 - had)
  })

  it('ends when it is called off, and sends no more', async () => {
    const stop = new AbortController()
    const caller = callerOf(() => {
      stop.abort(new DOMException('cancelled', 'AbortError'))
      return true
    })
    const job = newUpload(new Blob([sound(4 * MIB)]))
    const failed = upload(caller, job, 'd', { signal: stop.signal }).catch(failureOf)
    expect(await failed).toMatchObject({ code: 'CANCELLED' })
    expect(caller.requests.length).toBeLessThanOrEqual(8)
  })

  it('says when the file is gone from the disk', async () => {
    const file = new Blob([sound(100)])
    const broken = Object.create(file, {
      size: { value: 100 },
      slice: { value: () => ({ arrayBuffer: () => Promise.reject(new DOMException('x', 'NotFoundError')) }) },
    }) as Blob
    await expect(
      upload(
        callerOf(() => true),
        newUpload(broken),
        'e',
      ),
    ).rejects.toThrow(FileGone)
  })
})

const same = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, at) => byte === other[at])

const location = (reference: Uint8Array): FileRef['location'] => ({
  kind: 'document',
  id: '5',
  accessHash: '-7',
  fileReference: base64(reference),
  thumb: '',
  source: { chat: 'u1', message: 9 },
})

function serverOf(content: Uint8Array, good: Uint8Array) {
  return callerOf(request => {
    if (request._ === 'messages.getMessages') {
      return { messages: [{ media: { document: { id: Long.fromString('5'), fileReference: good } } }] }
    }
    if (request._ !== 'upload.getFile') throw new Error(request._)
    const { fileReference } = request.location as tl.RawInputDocumentFileLocation
    if (base64(fileReference) !== base64(good)) throw refusal('FILE_REFERENCE_EXPIRED')
    const offset = Number(request.offset)
    return { _: 'upload.file', bytes: content.subarray(offset, offset + request.limit) }
  })
}

const peer = async (): Promise<tl.TypeInputPeer> => ({ _: 'inputPeerSelf' })
const signal = () => new AbortController().signal

describe('a download', () => {
  const good = Uint8Array.of(1, 2, 3)

  it('gives the same bytes, whatever order they come in', async () => {
    const content = sound(3 * MIB + 123)
    const caller = serverOf(content, good)
    const fetch = createDownload(caller, createLocations({ caller, peer }))
    const sink = memorySink()
    const done: number[] = []
    const file: FileRef = { key: 'k', size: content.length, mime: 'a/b', location: location(good) }
    await fetch(file, sink, { signal: signal(), progress: bytes => done.push(bytes) })
    const blob = await sink.blob(() => 'application/octet-stream')
    expect(same(new Uint8Array(await blob.arrayBuffer()), content)).toBe(true)
    expect(done.at(-1)).toBe(content.length)
  })

  it('asks once for a new reference, and then knows it', async () => {
    const content = sound(2 * MIB)
    const caller = serverOf(content, good)
    const fetch = createDownload(caller, createLocations({ caller, peer }))
    const file: FileRef = { key: 'k', size: content.length, mime: 'a/b', location: location(Uint8Array.of(9)) }
    for (const _ of [1, 2]) await fetch(file, memorySink(), { signal: signal() })
    expect(caller.requests.filter(({ _ }) => _ === 'messages.getMessages').length).toBe(1)
  })

  it('gives up when the message has no better reference', async () => {
    const caller = callerOf(request => {
      if (request._ === 'messages.getMessages') return { messages: [] }
      throw refusal('FILE_REFERENCE_EXPIRED')
    })
    const fetch = createDownload(caller, createLocations({ caller, peer }))
    const file: FileRef = { key: 'k', size: 10, mime: 'a/b', location: location(Uint8Array.of(9)) }
    await expect(fetch(file, memorySink(), { signal: signal() })).rejects.toThrow('FILE_REFERENCE_EXPIRED')
    expect(caller.requests.length).toBeLessThan(8)
  })

  it('reads a file of unknown length to its end', async () => {
    const content = sound(200 * KIB)
    const caller = serverOf(content, good)
    const fetch = createDownload(caller, createLocations({ caller, peer }))
    const sink = memorySink()
    await fetch({ key: 'k', size: 0, mime: 'a/b', location: location(good) }, sink, { signal: signal() })
    expect((await sink.blob(() => '')).size).toBe(content.length)
  })

  it('does not take a short file for a whole one', async () => {
    const caller = serverOf(sound(100), good)
    const fetch = createDownload(caller, createLocations({ caller, peer }))
    const file: FileRef = { key: 'k', size: 200, mime: 'a/b', location: location(good) }
    await expect(fetch(file, memorySink(), { signal: signal() })).rejects.toThrow(BrokenFile)
  })
})

describe('turns', () => {
  it('run so many at once, the newest waiting first, and drop what waits too long', async () => {
    const turns = createTurns({ atOnce: 1, waiting: 2, newestFirst: true })
    const order: string[] = []
    const open: (() => void)[] = []
    const job = (name: string) => () =>
      new Promise<void>(resolve => {
        order.push(name)
        open.push(resolve)
      })
    const first = turns.run(job('first'))
    const dropped = turns.run(job('old')).catch(failureOf)
    const [second, third] = [turns.run(job('second')), turns.run(job('third'))]
    expect(await dropped).toMatchObject({ code: 'CANCELLED' })
    for (const running of [first, third, second]) {
      await Promise.resolve()
      open.shift()?.()
      await running
    }
    expect(order).toEqual(['first', 'third', 'second'])
  })
})

describe('a failure', () => {
  it('is the name of the refusal and its number', () => {
    expect(failureOf(refusal('FLOOD_WAIT_30'))).toMatchObject({ code: 'FLOOD_WAIT', amount: 30 })
    expect(failureOf(refusal('FILE_PART_3_MISSING'))).toMatchObject({ code: 'FILE_PART_MISSING', amount: 3 })
    expect(failureOf(refusal('FLOOD_WAIT_%d'))).toMatchObject({ code: 'FLOOD_WAIT' })
    expect(failureOf(new Error('?'))).toMatchObject({ code: 'INTERNAL' })
  })
})
