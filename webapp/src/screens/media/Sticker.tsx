import { createSignal, type JSX, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Media } from '../../core/types'
import { t } from '../../i18n'
import { calmMotion } from './motion'
import { pictureSize } from './layout'
import styles from './Sticker.module.css'

const BOX = { width: 190, height: 190 }
/** Stickers above this come only as their small picture, in bytes. */
const AUTO_MAX_BYTES = 2 * 1024 * 1024

/** A sticker as a picture, or a moving one as a video; of kinds no browser shows, the small picture or the emoji. */
export function Sticker(props: { sticker: Extract<Media, { kind: 'sticker' }> }): JSX.Element {
  const engine = useEngine()
  const [broken, setBroken] = createSignal(false)
  const isVideo = () => props.sticker.file.mime === 'video/webm'
  const isShown = () => isVideo() || props.sticker.file.mime.startsWith('image/')
  const whole = engine.files.view(
    () => (isShown() && props.sticker.file.size <= AUTO_MAX_BYTES ? props.sticker.file : undefined),
    { auto: true },
  )
  const small = engine.files.view(() => (whole.url ? undefined : props.sticker.thumbnail?.sizes.at(-1)?.file), {
    auto: true,
  })
  const size = () => pictureSize(props.sticker.width > 0 ? props.sticker : BOX, BOX)
  const label = () => t('media.sticker', { emoji: props.sticker.emoji })
  return (
    <span
      class={styles.sticker}
      style={{ 'inline-size': `${size().width}px`, 'aspect-ratio': `${size().width} / ${size().height}` }}
    >
      <Show
        when={!broken() && (whole.url ?? small.url)}
        fallback={
          <span class={styles.emoji} role="img" aria-label={label()}>
            {props.sticker.emoji || '🙂'}
          </span>
        }
      >
        {address => (
          <Show
            when={isVideo() && whole.url}
            fallback={
              <img
                class={styles.picture}
                src={address()}
                alt={label()}
                draggable={false}
                onError={() => setBroken(true)}
              />
            }
          >
            <video
              class={styles.picture}
              src={address()}
              muted
              loop
              playsinline
              autoplay={!calmMotion()}
              aria-label={label()}
            />
          </Show>
        )}
      </Show>
    </span>
  )
}
