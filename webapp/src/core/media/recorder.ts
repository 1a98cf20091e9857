/**
 * Voice notes: the microphone, recorded by the browser, with its loudness for the waveform.
 *
 * Browsers give the microphone to secure contexts only (https, or this very device).
 */
import { VOICE_MAX_SECONDS, VOICE_MIN_SECONDS } from './limits'
import { webmToOgg } from './ogg'
import { resample, SAMPLES, scaled } from './waveform'

/** Containers in the order of preference: the first is what other clients send. */
const TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4']
const BITS_PER_SECOND = 32_000
const LEVEL_EVERY_MS = 60
/** Levels kept at most: then every second one goes. */
const LEVELS_MAX = 4_000

export interface Voice {
  readonly blob: Blob
  readonly seconds: number
  readonly waveform: number[]
}

export interface Recording {
  /** Ends it; undefined when it was too short to have been meant. */
  finish(): Promise<Voice | undefined>
  cancel(): void
}

export interface RecordingOptions {
  /** From 0 to 1, some fifteen times a second, with the seconds so far. */
  onLevel(level: number, seconds: number): void
  /** It ended by itself: the microphone was taken away, or it became an hour. */
  onEnd(): void
}

export type Obstacle = 'insecure' | 'denied' | 'missing'

/** Why nothing can be recorded. */
export class NoRecording extends Error {
  override readonly name = 'NoRecording'
  constructor(
    readonly obstacle: Obstacle,
    options?: ErrorOptions,
  ) {
    super(obstacle, options)
  }
}

export async function startRecording(options: RecordingOptions): Promise<Recording> {
  const stream = await microphone()
  const type = TYPES.find(one => MediaRecorder.isTypeSupported(one))
  const recorder = new MediaRecorder(stream, {
    ...(type ? { mimeType: type } : {}),
    audioBitsPerSecond: BITS_PER_SECOND,
  })
  const pieces: Blob[] = []
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const meter = startMeter(stream, level => {
    options.onLevel(level, seconds())
    if (seconds() >= VOICE_MAX_SECONDS) options.onEnd()
  })
  recorder.addEventListener('dataavailable', event => pieces.push(event.data))
  for (const track of stream.getTracks()) track.addEventListener('ended', () => options.onEnd())
  recorder.start(1_000)

  const release = () => {
    meter.stop()
    for (const track of stream.getTracks()) track.stop()
  }
  return {
    async finish() {
      const length = seconds()
      await stopped(recorder)
      release()
      if (length < VOICE_MIN_SECONDS) return undefined
      return voiceOf(new Blob(pieces, { type: recorder.mimeType }), length, meter.levels())
    },
    cancel() {
      if (recorder.state !== 'inactive') recorder.stop()
      release()
    },
  }
}

async function microphone(): Promise<MediaStream> {
  if (!navigator.mediaDevices || typeof MediaRecorder === 'undefined') throw new NoRecording('insecure')
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } })
  } catch (cause) {
    const isDenied =
      cause instanceof DOMException && (cause.name === 'NotAllowedError' || cause.name === 'SecurityError')
    throw new NoRecording(isDenied ? 'denied' : 'missing', { cause })
  }
}

/** What is sent: Opus in Ogg where that can be had, else what the browser made. */
async function voiceOf(recorded: Blob, length: number, levels: readonly number[]): Promise<Voice> {
  const waveform = resample(scaled(levels), SAMPLES)
  const bare = (recorded.type.split(';')[0] ?? '').toLowerCase()
  if (bare !== 'audio/webm') return { blob: new Blob([recorded], { type: bare }), seconds: length, waveform }
  const ogg = webmToOgg(new Uint8Array(await recorded.arrayBuffer()))
  if (!ogg) return { blob: new Blob([recorded], { type: bare }), seconds: length, waveform }
  return { blob: new Blob([ogg.bytes], { type: 'audio/ogg' }), seconds: ogg.seconds, waveform }
}

function stopped(recorder: MediaRecorder): Promise<void> {
  if (recorder.state === 'inactive') return Promise.resolve()
  return new Promise(resolve => {
    recorder.addEventListener('stop', () => resolve(), { once: true })
    recorder.stop()
  })
}

function startMeter(stream: MediaStream, tell: (level: number) => void): { stop(): void; levels(): number[] } {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  context.createMediaStreamSource(stream).connect(analyser)
  const sound = new Float32Array(analyser.fftSize)
  let levels: number[] = []
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(sound)
    const power = sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length
    const level = Math.min(1, Math.sqrt(power) * 4)
    levels.push(level)
    if (levels.length > LEVELS_MAX) levels = levels.filter((_, at) => at % 2 === 0)
    tell(level)
  }, LEVEL_EVERY_MS)
  return {
    stop() {
      clearInterval(timer)
      void context.close().catch(() => undefined)
    },
    levels: () => levels,
  }
}
