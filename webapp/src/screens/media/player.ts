/**
 * The one player of sound: whoever starts a recording stops the one before. What is heard goes on while the person reads
 * elsewhere, and stops when it is over.
 */
import { createSignal } from 'solid-js'

export interface Playing {
  /** Whose sound it is: a message's chat and key. */
  readonly of: string
  readonly isPaused: boolean
  readonly position: number // seconds
  readonly duration: number // seconds; 0 until known
  readonly hasFailed: boolean
}

/** How fast recordings are played, in the order of the button. */
export const SPEEDS: readonly number[] = [1, 1.5, 2]

const [playing, setPlaying] = createSignal<Playing | undefined>()
const [speed, setSpeed] = createSignal(1)
let element: HTMLAudioElement | undefined

/** The state of one recording; undefined while another one or none is played. Reactive. */
export function playingOf(of: string): Playing | undefined {
  const now = playing()
  return now?.of === of ? now : undefined
}

export { speed }

/** Plays from the beginning, or from a share of the whole. */
export function play(of: string, url: string, from = 0): void {
  const player = audio()
  setPlaying({ of, isPaused: false, position: 0, duration: 0, hasFailed: false })
  player.src = url
  player.playbackRate = speed()
  if (from > 0) player.addEventListener('loadedmetadata', () => seek(of, from), { once: true })
  void player.play().catch(failed)
}

export function toggle(of: string): void {
  if (playing()?.of !== of) return
  const player = audio()
  if (player.paused) void player.play().catch(failed)
  else player.pause()
}

/** To a share of the whole, from 0 to 1. */
export function seek(of: string, share: number): void {
  const player = audio()
  if (playing()?.of === of && Number.isFinite(player.duration)) player.currentTime = share * player.duration
}

export function nextSpeed(): void {
  const at = SPEEDS.indexOf(speed())
  setSpeed(SPEEDS[(at + 1) % SPEEDS.length] ?? 1)
  if (element) element.playbackRate = speed()
}

/** Stops whatever is heard: a recording begins, a video plays. */
export function stop(): void {
  element?.pause()
  setPlaying(undefined)
}

function audio(): HTMLAudioElement {
  if (element) return element
  const made = new Audio()
  const follow = () =>
    setPlaying(
      now =>
        now && {
          ...now,
          isPaused: made.paused,
          position: made.currentTime,
          duration: Number.isFinite(made.duration) ? made.duration : 0,
        },
    )
  for (const name of ['timeupdate', 'pause', 'play', 'durationchange', 'seeked']) made.addEventListener(name, follow)
  made.addEventListener('ended', () => setPlaying(undefined))
  made.addEventListener('error', failed)
  element = made
  return made
}

function failed(cause?: unknown): void {
  if (cause instanceof DOMException && cause.name === 'AbortError') return // another one was started
  setPlaying(now => now && { ...now, isPaused: true, hasFailed: true })
}
