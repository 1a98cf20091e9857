import { type JSX, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Message, Upload } from '../../core/types'
import { t } from '../../i18n'
import { percent } from '../../i18n/format'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { ProgressRing } from '../../ui/ProgressRing'
import { uploadFailure } from './words'
import styles from './UploadRing.module.css'

/** How far an upload is, with a cross to take it back; after a failure, a button to try again and one to remove it. */
export function UploadRing(props: { message: Message; upload: Upload; size: number }): JSX.Element {
  const engine = useEngine()
  const share = () => (props.upload.size > 0 ? props.upload.sent / props.upload.size : 0)
  // A press on the ring is none on the bubble.
  const discard = (event: MouseEvent) => {
    event.stopPropagation()
    engine.messages.discard(props.message.chat, props.message.key)
  }
  const retry = (event: MouseEvent) => {
    event.stopPropagation()
    engine.messages.retry(props.message.chat, props.message.key)
  }
  const hasFailed = () => props.message.state === 'failed'
  const words = () => (share() > 0 ? t('media.uploading', { share: percent(share()) }) : t('media.waiting'))
  return (
    <span class={styles.ring}>
      <Show
        when={hasFailed()}
        fallback={
          <span class={styles.disc} title={words()}>
            <ProgressRing
              value={share() > 0 ? share() : null}
              size={props.size}
              icon="close"
              label={t('media.cancelUpload')}
              onPress={discard}
            />
          </span>
        }
      >
        <button
          type="button"
          class={cx(styles.disc, styles.button)}
          aria-label={uploadFailure(props.message.failure)}
          title={uploadFailure(props.message.failure)}
          onClick={retry}
        >
          <Icon name="refresh" size={22} />
        </button>
        <button
          type="button"
          class={cx(styles.disc, styles.button)}
          aria-label={t('media.discard')}
          title={t('media.discard')}
          onClick={discard}
        >
          <Icon name="trash" size={20} />
        </button>
      </Show>
    </span>
  )
}
