/** What a video or a recording says of itself: its length, its sides, a still picture. Read by the browser's own player. */
import { PROBE_TIMEOUT_MS, STILL_SIDE } from './limits'
import { fitted } from './picture'

export interface VideoFacts {
  readonly width: number // pixels
  readonly height: number
  readonly duration: number // seconds; 0 when unknown
  readonly silent: boolean
  /** A JPEG of at most 320 pixels. */
  readonly still: Blob | undefined
}

/** Undefined when this browser cannot play it; then nobody else could be sure to, and it is sent as a file. */
export async function probeVideo(file: Blob): Promise<VideoFacts | undefined> {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.preload = 'auto'
  return withSource(video, file, async () => {
    await event(video, 'loadeddata')
    if (video.videoWidth === 0) return undefined
    const duration = await lengthOf(video)
    video.currentTime = Math.min(1, duration / 4)
    await event(video, 'seeked').catch(() => undefined)
    const { videoWidth: width, videoHeight: height } = video
    return { width, height, duration, silent: isSilent(video), still: await stillOf(video) }
  })
}

/** The length of a recording in seconds; undefined when this browser cannot play it. */
export async function probeAudio(file: Blob): Promise<number | undefined> {
  const audio = document.createElement('audio')
  audio.preload = 'metadata'
  return withSource(audio, file, async () => {
    await event(audio, 'loadedmetadata')
    return lengthOf(audio)
  })
}

/** Recordings of a browser do not tell their length until they were played to their end. */
async function lengthOf(player: HTMLMediaElement): Promise<number> {
  if (Number.isFinite(player.duration)) return player.duration
  player.currentTime = Number.MAX_SAFE_INTEGER
  await event(player, 'durationchange').catch(() => undefined)
  const known = Number.isFinite(player.duration) ? player.duration : player.currentTime
  return Number.isFinite(known) ? known : 0
}

async function withSource<T>(player: HTMLMediaElement, file: Blob, read: () => Promise<T>): Promise<T | undefined> {
  const url = URL.createObjectURL(file)
  player.src = url
  try {
    return await read()
  } catch {
    return undefined
  } finally {
    player.removeAttribute('src')
    player.load()
    URL.revokeObjectURL(url)
  }
}

function event(player: HTMLMediaElement, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name} in time`)), PROBE_TIMEOUT_MS)
    const settle = (end: () => void) => () => {
      clearTimeout(timer)
      end()
    }
    player.addEventListener(name, settle(resolve), { once: true })
    player.addEventListener(
      'error',
      settle(() => reject(new Error('not playable'))),
      { once: true },
    )
  })
}

function isSilent(video: HTMLVideoElement): boolean {
  const { mozHasAudio, audioTracks } = video as { mozHasAudio?: boolean; audioTracks?: { length: number } }
  if (typeof mozHasAudio === 'boolean') return !mozHasAudio
  return audioTracks !== undefined && audioTracks.length === 0
}

async function stillOf(video: HTMLVideoElement): Promise<Blob | undefined> {
  const target = fitted({ width: video.videoWidth, height: video.videoHeight }, STILL_SIDE)
  const canvas = document.createElement('canvas')
  canvas.width = target.width
  canvas.height = target.height
  canvas.getContext('2d', { alpha: false })?.drawImage(video, 0, 0, target.width, target.height)
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.8))
  return blob ?? undefined
}
