import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { SendOptions } from '../../core/contract/messages'
import { NoRecording, type Obstacle, type Recording, startRecording } from '../../core/media/recorder'
import type { ChatId } from '../../core/types'
import { type Key, t } from '../../i18n'
import { clock } from '../../i18n/format'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { useLayer } from '../../ui/layers'
import { toast } from '../../ui/toast'
import { stop as stopSound } from './player'
import styles from './VoiceButton.module.css'

/** Bars of loudness that are seen at once. */
const BARS = 48

const OBSTACLES: Readonly<Record<Obstacle, Key>> = {
  insecure: 'media.micInsecure',
  denied: 'media.micDenied',
  missing: 'media.micMissing',
}

interface Props {
  chat: ChatId
  replyTo?: SendOptions['replyTo'] | undefined
  onSent: () => void
}

/** Begins a voice note; while it is recorded, a bar with its loudness lies over the place where one writes. */
export default function VoiceButton(props: Props): JSX.Element {
  const [recording, setRecording] = createSignal<Recording>()
  const [levels, setLevels] = createSignal<readonly number[]>([])
  const [seconds, setSeconds] = createSignal(0)
  let isStarting = false

  const start = async () => {
    if (isStarting || recording()) return
    isStarting = true
    stopSound()
    setLevels([])
    setSeconds(0)
    try {
      const begun = await startRecording({
        onLevel: (level, so) => {
          setLevels(before => [...before, level].slice(-BARS))
          setSeconds(so)
        },
        onEnd: () => void send(),
      })
      setRecording(begun)
    } catch (cause) {
      const obstacle = cause instanceof NoRecording ? cause.obstacle : 'missing'
      toast({ text: t(OBSTACLES[obstacle]), kind: 'error' })
    } finally {
      isStarting = false
    }
  }
  const engine = useEngine()
  const send = async () => {
    const ended = recording()
    setRecording(undefined)
    const voice = await ended?.finish()
    if (!voice) return
    const { blob: file, seconds: duration, waveform } = voice
    engine.messages.sendFiles(
      props.chat,
      [{ file, name: 'voice.ogg', as: 'voice', duration, waveform }],
      props.replyTo ? { replyTo: props.replyTo } : {},
    )
    props.onSent()
  }
  const cancel = () => {
    recording()?.cancel()
    setRecording(undefined)
  }
  onCleanup(() => recording()?.cancel())

  return (
    <>
      <IconButton icon="mic" label={t('media.record')} onClick={() => void start()} />
      <Show when={recording()}>
        <Bar levels={levels()} seconds={seconds()} onSend={() => void send()} onCancel={cancel} />
      </Show>
    </>
  )
}

function Bar(props: {
  levels: readonly number[]
  seconds: number
  onSend: () => void
  onCancel: () => void
}): JSX.Element {
  let box!: HTMLDivElement
  useLayer(
    () => box,
    () => props.onCancel(),
  )
  onMount(() => box.querySelector<HTMLElement>('[data-first-focus]')?.focus())
  return (
    <div ref={box} class={styles.bar} role="dialog" aria-label={t('media.recording')} tabindex="-1">
      <IconButton icon="trash" kind="danger" label={t('media.recordStop')} onClick={() => props.onCancel()} />
      <span class={styles.dot} aria-hidden="true" />
      <span class={styles.time} role="timer" aria-label={t('media.recording')}>
        {clock(props.seconds)}
      </span>
      <span class={styles.levels} aria-hidden="true">
        {Array.from({ length: BARS }, (_, at) => (
          <span
            class={styles.level}
            style={{ 'block-size': `${8 + 92 * (props.levels[props.levels.length - BARS + at] ?? 0)}%` }}
          />
        ))}
      </span>
      <button
        type="button"
        class={styles.send}
        data-first-focus
        aria-label={t('common.send')}
        title={t('common.send')}
        onClick={() => props.onSend()}
      >
        <Icon name="send" size={22} />
      </button>
    </div>
  )
}
