import { createSignal, type JSX, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Media, Message } from '../../core/types'
import { t } from '../../i18n'
import { clock, percent } from '../../i18n/format'
import { Icon } from '../../ui/Icon'
import { ProgressRing } from '../../ui/ProgressRing'
import { stop } from './player'
import { jpegUrl } from './preview'
import { sharpSize } from './visual'
import styles from './RoundVideo.module.css'

/** Pixels of the circle's side, as in the style sheet: a constant style would be an attribute of the markup, which the page's policy refuses. */
const SIDE = 220

/** A round video message: brought and played, with sound, when it is pressed. */
export function RoundVideo(props: { message: Message; video: Extract<Media, { kind: 'video' }> }): JSX.Element {
  const engine = useEngine()
  const [isPlaying, setPlaying] = createSignal(false)
  const still = engine.files.view(() => sharpSize(props.video.thumbnail, SIDE), { auto: true })
  const view = engine.files.view(() => props.video.file)
  let player: HTMLVideoElement | undefined
  const press = async () => {
    if (view.state === 'running') return engine.files.cancelDownload(props.video.file)
    if (isPlaying()) return player?.pause()
    await engine.files.download(props.video.file).catch(() => undefined)
    stop()
    void player?.play().catch(() => setPlaying(false))
    if (props.message.contentUnread) engine.history.contentSeen(props.message.chat, [props.message.id])
  }
  return (
    <button
      type="button"
      class={styles.round}
      aria-label={`${isPlaying() ? t('media.pause') : t('media.play')}: ${t('media.round')}`}
      onClick={() => void press()}
    >
      <Show when={still.url ?? jpegUrl(props.video.thumbnail?.preview)}>
        {address => <img class={styles.fill} src={address()} alt="" draggable={false} />}
      </Show>
      <Show when={view.url}>
        {address => (
          // biome-ignore lint/a11y/useMediaCaption: what people film comes without captions
          <video
            ref={player}
            class={styles.fill}
            src={address()}
            playsinline
            onPlay={() => setPlaying(true)}
            onPause={() => setPlaying(false)}
            onEnded={() => setPlaying(false)}
          />
        )}
      </Show>
      <Show when={!isPlaying()}>
        <span class={styles.disc}>
          <Show
            when={view.state === 'running'}
            fallback={<Icon name={view.state === 'failed' ? 'refresh' : 'play'} size={28} />}
          >
            <ProgressRing
              value={view.progress > 0 ? view.progress : null}
              size={48}
              icon="close"
              label={t('media.downloading', { share: percent(view.progress) })}
            />
          </Show>
        </span>
        <span class={styles.length}>{clock(props.video.duration)}</span>
      </Show>
    </button>
  )
}
