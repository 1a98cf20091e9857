import { createEffect, createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { byteSize, clock, percent } from '../../i18n/format'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { ProgressRing } from '../../ui/ProgressRing'
import { calmMotion } from './motion'
import { openViewer } from './viewer'
import { sharpSize, type Visual } from './visual'
import { altText, downloadFailure } from './words'
import { UploadRing } from './UploadRing'
import styles from './Tile.module.css'

/** GIFs up to this size come and play by themselves, in bytes. */
const GIF_AUTO_MAX_BYTES = 8 * 1024 * 1024
/** Letters of a ring in a small tile and in a single picture, in pixels. */
const RING = { small: 40, large: 52 }

/**
 * A photo, video or GIF, filling the box it is put into: blurred until it is there, with its way up or down as a ring.
 * Pressing a photo opens the viewer; pressing a video brings and plays it here.
 */
export function Tile(props: { visual: Visual; width: number; small?: boolean }): JSX.Element {
  const [uncovered, uncover] = createSignal(false)
  const hidden = () => props.visual.spoiler && !uncovered()
  return (
    <div class={styles.tile}>
      <Still visual={props.visual} width={props.width} hidden={hidden()} />
      <Show
        when={!hidden()}
        fallback={
          <button type="button" class={styles.cover} aria-label={t('media.hiddenMedia')} onClick={() => uncover(true)}>
            <Icon name="eyeOff" size={28} />
          </button>
        }
      >
        <Switch fallback={<PhotoButton visual={props.visual} />}>
          <Match when={props.visual.upload}>
            {upload => (
              <div class={styles.centre}>
                <UploadRing message={props.visual.message} upload={upload()} size={ring(props.small)} />
              </div>
            )}
          </Match>
          <Match when={props.visual.kind === 'gif'}>
            <Gif visual={props.visual} small={props.small === true} />
          </Match>
          <Match when={props.visual.kind === 'video'}>
            <Video visual={props.visual} small={props.small === true} />
          </Match>
        </Switch>
      </Show>
    </div>
  )
}

function ring(small: boolean | undefined): number {
  return small ? RING.small : RING.large
}

/** The picture itself, from the blurred one to the sharp one. */
function Still(props: { visual: Visual; width: number; hidden: boolean }): JSX.Element {
  const engine = useEngine()
  const file = createMemo(() => (props.hidden ? undefined : sharpSize(props.visual.picture, props.width)))
  const view = engine.files.view(file, { auto: true })
  const sharp = () => (props.visual.upload && !props.hidden ? props.visual.upload.localUrl : view.url)
  return (
    <>
      <Show when={!sharp() && props.visual.preview}>
        {address => <img class={cx(styles.still, styles.blurred)} src={address()} alt="" draggable={false} />}
      </Show>
      <Show when={sharp()} keyed>
        {address => (
          <img
            class={cx(styles.still, styles.sharp)}
            src={address}
            alt={altText(props.visual.message, props.visual.kind)}
            draggable={false}
            decoding="async"
          />
        )}
      </Show>
      <Show when={props.visual.kind === 'photo' && view.state === 'running' && view.progress > 0}>
        <div class={cx(styles.centre, styles.passive)}>
          <span class={styles.disc}>
            <ProgressRing
              value={view.progress}
              size={RING.small}
              label={t('media.downloading', { share: percent(view.progress) })}
            />
          </span>
        </div>
      </Show>
      <Show when={props.visual.kind === 'photo' && view.state === 'failed' && file()}>
        {failed => (
          <div class={cx(styles.centre, styles.above)}>
            <button
              type="button"
              class={cx(styles.disc, styles.press)}
              aria-label={downloadFailure(view.failure)}
              title={downloadFailure(view.failure)}
              onClick={() => void engine.files.download(failed()).catch(() => undefined)}
            >
              <Icon name="refresh" size={22} />
            </button>
          </div>
        )}
      </Show>
    </>
  )
}

function PhotoButton(props: { visual: Visual }): JSX.Element {
  return (
    <button
      type="button"
      class={styles.press}
      aria-label={altText(props.visual.message, 'photo')}
      onClick={event => {
        event.stopPropagation()
        openViewer({ chat: props.visual.message.chat, message: props.visual.message })
      }}
    />
  )
}

/** Plays by itself, without sound, unless the person wants no motion or it is large. */
function Gif(props: { visual: Visual; small: boolean }): JSX.Element {
  const engine = useEngine()
  const [playing, setPlaying] = createSignal(!calmMotion())
  const auto = (props.visual.file?.size ?? 0) <= GIF_AUTO_MAX_BYTES && !calmMotion()
  const view = engine.files.view(() => props.visual.file, { auto })
  const isStill = () => props.visual.file?.mime.startsWith('image/') === true
  let player: HTMLVideoElement | undefined
  createEffect(() => {
    if (view.state === 'ready' && playing()) void player?.play().catch(() => setPlaying(false))
    else player?.pause()
  })
  const press = () => {
    if (view.state === 'ready') setPlaying(now => !now)
    else if (view.state === 'running' && props.visual.file) engine.files.cancelDownload(props.visual.file)
    else if (props.visual.file) {
      setPlaying(true)
      void engine.files.download(props.visual.file).catch(() => undefined)
    }
  }
  return (
    <>
      <Show when={view.url}>
        {address => (
          <Show
            when={!isStill()}
            fallback={
              <Show when={playing()}>
                <img class={styles.still} src={address()} alt={altText(props.visual.message, 'gif')} />
              </Show>
            }
          >
            <video ref={player} class={styles.still} src={address()} muted loop playsinline disablepictureinpicture />
          </Show>
        )}
      </Show>
      <button
        type="button"
        class={styles.press}
        aria-label={playing() ? t('media.pause') : t('media.play')}
        onClick={press}
      />
      <Show when={view.state !== 'ready' || !playing()}>
        <Transfer state={view.state} progress={view.progress} failure={view.failure} small={props.small} />
      </Show>
      <span class={styles.badge}>{t('media.gif')}</span>
    </>
  )
}

/** Brings the video when it is pressed, then plays it in its place. */
function Video(props: { visual: Visual; small: boolean }): JSX.Element {
  const engine = useEngine()
  const [wanted, want] = createSignal(false)
  const [unplayable, setUnplayable] = createSignal(false)
  const view = engine.files.view(() => (wanted() ? props.visual.file : undefined))
  const press = () => {
    const { file, message } = props.visual
    if (!file) return
    if (props.small || view.state === 'ready') return openViewer({ chat: message.chat, message })
    if (view.state === 'running') return engine.files.cancelDownload(file)
    want(true)
    void engine.files.download(file).catch(() => undefined)
  }
  const facts = () => {
    const length = props.visual.duration > 0 ? clock(props.visual.duration) : ''
    const size = view.state !== 'ready' && props.visual.file ? byteSize(props.visual.file.size) : ''
    return [length, size].filter(Boolean).join(' · ')
  }
  return (
    <Show
      when={wanted() && view.url}
      fallback={
        <>
          <button
            type="button"
            class={styles.press}
            aria-label={`${altText(props.visual.message, 'video')}. ${view.state === 'running' ? t('media.cancelDownload') : t('media.playSize', { size: facts() })}`}
            onClick={press}
          />
          <Transfer state={view.state} progress={view.progress} failure={view.failure} small={props.small} />
          <Show when={facts()}>
            <span class={styles.badge}>{facts()}</span>
          </Show>
        </>
      }
    >
      {address => (
        <Show
          when={!unplayable()}
          fallback={
            <div class={cx(styles.centre, styles.notice)} role="status">
              <p>{t('media.noVideo')}</p>
              <button
                type="button"
                class={styles.plain}
                onClick={() => props.visual.file && void engine.files.save(props.visual.file)}
              >
                {t('media.download')}
              </button>
            </div>
          }
        >
          {/* biome-ignore lint/a11y/useMediaCaption: what people film comes without captions */}
          <video
            class={cx(styles.still, styles.player)}
            src={address()}
            controls
            autoplay
            playsinline
            aria-label={altText(props.visual.message, 'video')}
            onError={() => setUnplayable(true)}
          />
        </Show>
      )}
    </Show>
  )
}

/** The sign in the middle of something that plays: a triangle, a ring with a cross, or "again". */
function Transfer(props: {
  state: 'none' | 'running' | 'ready' | 'failed'
  progress: number
  failure: string | undefined
  small: boolean
}): JSX.Element {
  return (
    <div class={cx(styles.centre, styles.passive)}>
      <span class={styles.disc} title={props.state === 'failed' ? downloadFailure(props.failure) : undefined}>
        <Switch fallback={<Icon name="play" size={props.small ? 22 : 28} />}>
          <Match when={props.state === 'running'}>
            <ProgressRing
              value={props.progress > 0 ? props.progress : null}
              size={ring(props.small)}
              icon="close"
              label={t('media.downloading', { share: percent(props.progress) })}
            />
          </Match>
          <Match when={props.state === 'failed'}>
            <Icon name="refresh" size={24} />
          </Match>
        </Switch>
      </span>
    </div>
  )
}
