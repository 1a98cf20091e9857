/** The arithmetic of looking closer at a picture: pure, for the viewer and the cutting of profile photos. */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box {
  readonly width: number
  readonly height: number
}

/** How a picture lies in its stage: enlarged so many times, its middle moved by so many pixels from the stage's middle. */
export interface Pose extends Point {
  readonly scale: number
}

export const UPRIGHT: Pose = { scale: 1, x: 0, y: 0 }
/** The closest look. */
export const SCALE_MAX = 8

/** Zooms by a factor, so that the point under the finger (from the stage's middle) stays where it is. */
export function zoomAt(pose: Pose, at: Point, factor: number, least = 1): Pose {
  const scale = Math.min(SCALE_MAX, Math.max(least, pose.scale * factor))
  const change = scale / pose.scale
  return { scale, x: at.x - (at.x - pose.x) * change, y: at.y - (at.y - pose.y) * change }
}

/** Keeps a picture from leaving the stage: no edge comes further in than the stage's, and what is smaller is in the middle. */
export function kept(pose: Pose, picture: Box, stage: Box): Pose {
  const spare = (side: number, room: number) => Math.max(0, (side * pose.scale - room) / 2)
  const across = spare(picture.width, stage.width)
  const down = spare(picture.height, stage.height)
  return { scale: pose.scale, x: clamp(pose.x, across), y: clamp(pose.y, down) }
}

/** The largest size of these proportions within the stage, not larger than its own pixels allow. */
export function fitInto({ width, height }: Box, stage: Box, enlarge = 1): Box {
  if (!(width > 0 && height > 0)) return stage
  const scale = Math.min(stage.width / width, stage.height / height, enlarge)
  return { width: width * scale, height: height * scale }
}

/** What part of a picture a square frame in the stage's middle shows, in the picture's own pixels. */
export function framed(pose: Pose, natural: Box, shown: Box, frame: number): Point & Box {
  const ratio = natural.width / shown.width
  const side = (frame / pose.scale) * ratio
  const x = natural.width / 2 - (pose.x / pose.scale) * ratio - side / 2
  const y = natural.height / 2 - (pose.y / pose.scale) * ratio - side / 2
  const within = (value: number, room: number) => Math.min(Math.max(0, value), Math.max(0, room - side))
  const [width, height] = [Math.min(side, natural.width), Math.min(side, natural.height)]
  return { x: within(x, natural.width), y: within(y, natural.height), width, height }
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value)) || 0
}
