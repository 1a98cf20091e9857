import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { FileRef, Message, Upload } from '../../core/types'
import { resample } from '../../core/media/waveform'
import { t } from '../../i18n'
import { byteSize, clock, percent } from '../../i18n/format'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { ProgressRing } from '../../ui/ProgressRing'
import { nextSpeed, play, playingOf, seek, speed, toggle } from './player'
import { UploadRing } from './UploadRing'
import { downloadFailure, fileName } from './words'
import styles from './Track.module.css'

/** Bars of a waveform. */
const BARS = 42
/** A step of the arrow keys, as a share of the whole. */
const KEY_STEP = 0.05

interface Sound {
  isVoice: boolean
  title: string
  performer: string
  duration: number
  waveform: readonly number[]
  heard: boolean
  file: FileRef | undefined
  upload: Upload | undefined
}

function soundOf({ media }: Message): Sound | undefined {
  const none = { title: '', performer: '', waveform: [], heard: true, file: undefined, upload: undefined }
  if (media?.kind === 'voice') {
    const { duration, waveform, heard, file } = media
    return { ...none, isVoice: true, duration, waveform, heard, file }
  }
  if (media?.kind === 'audio') {
    const { duration, title, performer, file } = media
    return { ...none, isVoice: false, title: title || fileName(file.name), performer: performer ?? '', duration, file }
  }
  if (media?.kind !== 'upload') return undefined
  const { upload } = media
  const [duration, waveform] = [upload.duration ?? 0, upload.waveform ?? []]
  return { ...none, isVoice: upload.as === 'voice', title: fileName(upload.name), duration, waveform, upload }
}

/** A voice note with its waveform, or a piece of music with its title: brought when it is pressed, played in its place. */
export function Track(props: { message: Message }): JSX.Element {
  const sound = createMemo(() => soundOf(props.message))
  return <Show when={sound()}>{known => <Known message={props.message} sound={known()} />}</Show>
}

function Known(props: { message: Message; sound: Sound }): JSX.Element {
  const engine = useEngine()
  const view = engine.files.view(() => props.sound.file)
  const name = () => `${props.message.chat}/${props.message.key}`
  const now = () => playingOf(name())
  const duration = () => now()?.duration || props.sound.duration
  const share = () => (now() && duration() > 0 ? Math.min(1, (now()?.position ?? 0) / duration()) : 0)
  const start = async (from = 0) => {
    const { file } = props.sound
    if (!file) return
    if (view.state === 'running') return engine.files.cancelDownload(file)
    await engine.files.download(file).catch(() => undefined)
    if (!view.url) return
    play(name(), view.url, from)
    const isUnheard = props.sound.isVoice && !props.sound.heard && !props.message.out
    if (isUnheard) engine.history.contentSeen(props.message.chat, [props.message.id])
  }
  const press = () => (now() ? toggle(name()) : void start())
  const label = () => {
    if (view.state === 'running') return t('media.cancelDownload')
    const what = props.sound.isVoice ? t('media.voice') : props.sound.title
    return `${now() && !now()?.isPaused ? t('media.pause') : t('media.play')}: ${what}`
  }
  return (
    <div class={styles.track}>
      <Show
        when={!props.sound.upload}
        fallback={
          <Show when={props.sound.upload}>
            {upload => <UploadRing message={props.message} upload={upload()} size={44} />}
          </Show>
        }
      >
        <button type="button" class={styles.button} aria-label={label()} title={label()} onClick={press}>
          <Switch fallback={<Icon name={now() && !now()?.isPaused ? 'pause' : 'play'} size={22} />}>
            <Match when={view.state === 'running'}>
              <ProgressRing
                value={view.progress > 0 ? view.progress : null}
                size={38}
                icon="close"
                label={t('media.downloading', { share: percent(view.progress) })}
              />
            </Match>
            <Match when={view.state === 'failed'}>
              <Icon name="refresh" size={22} />
            </Match>
          </Switch>
        </button>
      </Show>
      <div class={styles.words}>
        <Show when={!props.sound.isVoice}>
          <bdi class={styles.title} dir="auto">
            {props.sound.title}
          </bdi>
        </Show>
        <Show when={props.sound.isVoice || now()}>
          <Slider
            waveform={props.sound.isVoice ? props.sound.waveform : undefined}
            share={share()}
            position={now()?.position ?? 0}
            duration={duration()}
            onSeek={to => (now() ? seek(name(), to) : void start(to))}
          />
        </Show>
        <span class={styles.facts}>
          <Facts
            sound={props.sound}
            failure={view.state === 'failed' ? view.failure : undefined}
            isBroken={now()?.hasFailed === true}
          >
            <span>{now() ? `${clock(now()?.position ?? 0)} / ${clock(duration())}` : clock(duration())}</span>
            <Show when={!props.sound.isVoice && props.sound.performer}>
              <bdi class={styles.performer} dir="auto">
                {props.sound.performer}
              </bdi>
            </Show>
            <Show when={!props.sound.isVoice && !now() && props.sound.file}>
              {file => <span>{byteSize(file().size)}</span>}
            </Show>
          </Facts>
          <Show when={props.sound.isVoice && !props.sound.heard}>
            <span class={styles.unheard} />
          </Show>
          <Show when={now()}>
            <button
              type="button"
              class={styles.speed}
              aria-label={t('media.speed', { rate: speed() })}
              onClick={nextSpeed}
            >
              {speed()}×
            </button>
          </Show>
        </span>
      </div>
    </div>
  )
}

function Facts(props: {
  sound: Sound
  failure: string | undefined
  isBroken: boolean
  children: JSX.Element
}): JSX.Element {
  return (
    <Switch fallback={props.children}>
      <Match when={props.isBroken}>
        <span class={styles.failed}>{t('media.noAudio')}</span>
      </Match>
      <Match when={props.failure}>
        <span class={styles.failed}>{downloadFailure(props.failure)}</span>
      </Match>
    </Switch>
  )
}

/** Where the sound is; pressed or moved by keys it goes elsewhere. With bars for a voice, a plain line for music. */
function Slider(props: {
  waveform: readonly number[] | undefined
  share: number
  position: number
  duration: number
  onSeek: (share: number) => void
}): JSX.Element {
  const bars = createMemo(() => (props.waveform ? resample(props.waveform, BARS) : undefined))
  const jump = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const box = event.currentTarget.getBoundingClientRect()
    const along = (event.clientX - box.left) / box.width
    const isTurned = getComputedStyle(event.currentTarget).direction === 'rtl'
    props.onSeek(Math.min(1, Math.max(0, isTurned ? 1 - along : along)))
  }
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowRight: KEY_STEP,
      ArrowUp: KEY_STEP,
      ArrowLeft: -KEY_STEP,
      ArrowDown: -KEY_STEP,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    event.stopPropagation()
    props.onSeek(Math.min(1, Math.max(0, props.share + step)))
  }
  return (
    <div
      class={cx(styles.slider, !bars() && styles.line)}
      role="slider"
      tabIndex={0}
      aria-label={t('media.position')}
      aria-valuemin="0"
      aria-valuemax={Math.round(props.duration)}
      aria-valuenow={Math.round(props.position)}
      aria-valuetext={clock(props.position)}
      onPointerDown={jump}
      onKeyDown={onKey}
    >
      <Show when={bars()} fallback={<span class={styles.done} style={{ 'inline-size': `${props.share * 100}%` }} />}>
        {heights => (
          <>
            {heights().map((height, at) => (
              <span
                class={cx(styles.bar, (at + 0.5) / BARS <= props.share && styles.past)}
                style={{ 'block-size': `${Math.round(14 + (height / 31) * 86)}%` }}
              />
            ))}
          </>
        )}
      </Show>
    </div>
  )
}
