/** Reading QR codes by the camera, where the browser brings a reader (BarcodeDetector) and gives pages the camera (https). */
import { type Accessor, createSignal, onCleanup } from 'solid-js'

/** Milliseconds between two looks at the picture. */
const LOOK_MS = 250

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}

function detectorClass(): (new (options: { formats: string[] }) => Detector) | undefined {
  return (globalThis as { BarcodeDetector?: new (options: { formats: string[] }) => Detector }).BarcodeDetector
}

/** Whether this browser can read QR codes by a camera at all. */
export function canScan(): boolean {
  return detectorClass() !== undefined && navigator.mediaDevices?.getUserMedia !== undefined
}

export interface Scanner {
  /** Begins; false when the camera is refused or there is none. */
  start(video: HTMLVideoElement): Promise<boolean>
  stop(): void
  running: Accessor<boolean>
}

/** Tells what every code says that comes before the camera. Ends with the component. */
export function createScanner(onCode: (text: string) => void): Scanner {
  const [running, setRunning] = createSignal(false)
  let stream: MediaStream | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = () => {
    clearInterval(timer)
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = undefined
    setRunning(false)
  }
  const look = async (detector: Detector, video: HTMLVideoElement) => {
    const codes = await detector.detect(video).catch(() => [])
    for (const code of codes) if (running()) onCode(code.rawValue)
  }
  const start = async (video: HTMLVideoElement) => {
    const Detector = detectorClass()
    if (!Detector) return false
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      video.srcObject = stream
      await video.play()
    } catch {
      stop()
      return false
    }
    const detector = new Detector({ formats: ['qr_code'] })
    setRunning(true)
    timer = setInterval(() => void look(detector, video), LOOK_MS)
    return true
  }
  onCleanup(stop)
  return { start, stop, running }
}
