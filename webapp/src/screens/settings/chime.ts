/** The sound of a new message: two strokes on wood, made here rather than fetched. Silent where the browser allows no sound yet. */

/** Seconds between two sounds, so that a burst of messages knocks once. */
const REST_SECONDS = 2
/** The strokes: when, in seconds, and how high, in hertz. */
const STROKES = [
  { at: 0, hertz: 392 },
  { at: 0.13, hertz: 523 },
] as const
const STROKE_SECONDS = 0.22
const LOUDNESS = 0.25

let audio: AudioContext | undefined
let lastAt = Number.NEGATIVE_INFINITY

/** Plays it, unless it has just sounded. */
export function playSound(): void {
  if (typeof AudioContext !== 'function') return
  audio ??= new AudioContext()
  if (audio.state === 'suspended') void audio.resume().catch(() => undefined)
  if (audio.currentTime - lastAt < REST_SECONDS) return
  lastAt = audio.currentTime
  for (const stroke of STROKES) strike(audio, audio.currentTime + stroke.at, stroke.hertz)
}

/** Wood: a short tone and its hollow overtone, both gone at once. */
function strike(into: AudioContext, at: number, hertz: number): void {
  for (const [times, loudness] of [
    [1, LOUDNESS],
    [2.76, LOUDNESS / 4],
  ] as const) {
    const tone = into.createOscillator()
    const fade = into.createGain()
    tone.type = 'sine'
    tone.frequency.value = hertz * times
    fade.gain.setValueAtTime(loudness, at)
    fade.gain.exponentialRampToValueAtTime(0.001, at + STROKE_SECONDS)
    tone.connect(fade).connect(into.destination)
    tone.start(at)
    tone.stop(at + STROKE_SECONDS)
  }
}
