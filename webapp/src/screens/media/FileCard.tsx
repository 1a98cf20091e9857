import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import { endingOf, shownName } from '../../core/media/names'
import { isPictureType } from '../../core/media/types-of-bytes'
import type { FileRef, Message, Picture, Upload } from '../../core/types'
import { t } from '../../i18n'
import { byteSize, percent } from '../../i18n/format'
import { Icon } from '../../ui/Icon'
import { ProgressRing } from '../../ui/ProgressRing'
import { fileTone } from './fileTone'
import { jpegUrl } from './preview'
import { UploadRing } from './UploadRing'
import { openViewer } from './viewer'
import { sharpSize } from './visual'
import { downloadFailure, uploadFailure } from './words'
import styles from './FileCard.module.css'

/** Pictures sent as files are opened up to this size; larger ones are only saved, in bytes. */
const OPEN_MAX_BYTES = 40 * 1024 * 1024
const SIGN_SIDE = 52

/** A file: a sign for its kind or a small picture of it, its name and size, and its way up or down. */
export function FileCard(props: { message: Message }): JSX.Element {
  const parts = createMemo(() => {
    const { media } = props.message
    if (media?.kind === 'file')
      return { name: media.file.name, size: media.file.size, file: media.file, thumbnail: media.thumbnail }
    if (media?.kind === 'upload') return { name: media.upload.name, size: media.upload.size, upload: media.upload }
    return undefined
  })
  return (
    <Show when={parts()}>
      {known => (
        <Switch>
          <Match when={known().upload}>{upload => <Sending message={props.message} upload={upload()} />}</Match>
          <Match when={known().file}>
            {file => <Stored message={props.message} file={file()} thumbnail={known().thumbnail} />}
          </Match>
        </Switch>
      )}
    </Show>
  )
}

function Sending(props: { message: Message; upload: Upload }): JSX.Element {
  const isFailed = () => props.message.state === 'failed'
  const facts = () => {
    const { sent, size } = props.upload
    if (isFailed()) return uploadFailure(props.message.failure)
    return sent > 0 ? `${byteSize(sent)} / ${byteSize(size)}` : byteSize(size)
  }
  return (
    <div class={styles.card}>
      <span class={isFailed() ? styles.pair : styles.sign} data-tone={fileTone(endingOf(props.upload.name))}>
        <UploadRing message={props.message} upload={props.upload} size={SIGN_SIDE - 6} />
      </span>
      <span class={styles.words}>
        <Name claimed={props.upload.name} />
        <span class={styles.facts}>{facts()}</span>
      </span>
    </div>
  )
}

function Stored(props: { message: Message; file: FileRef; thumbnail: Picture | undefined }): JSX.Element {
  const engine = useEngine()
  const view = engine.files.view(() => props.file)
  const canOpen = () =>
    isPictureType(props.file.mime) && props.file.size <= OPEN_MAX_BYTES && props.thumbnail !== undefined
  const isRunning = () => view.state === 'running'
  const press = () => {
    if (isRunning()) return engine.files.cancelDownload(props.file)
    if (canOpen()) return openViewer({ chat: props.message.chat, message: props.message })
    void engine.files.save(props.file).catch(() => undefined) // the view shows it
  }
  const verb = () => {
    if (isRunning()) return t('media.cancelDownload')
    return canOpen() ? t('media.photo') : t('media.download')
  }
  const facts = () => {
    if (view.state === 'failed') return downloadFailure(view.failure)
    if (isRunning() && view.progress > 0)
      return `${byteSize(view.progress * props.file.size)} / ${byteSize(props.file.size)}`
    return byteSize(props.file.size)
  }
  return (
    <button type="button" class={styles.card} onClick={press}>
      <span class="visually-hidden">{verb()}</span>
      <span class={styles.sign} data-tone={fileTone(endingOf(props.file.name))}>
        <Show when={props.thumbnail}>{picture => <Thumbnail picture={picture()} />}</Show>
        <Switch fallback={<Sign ending={endingOf(props.file.name)} thumbnail={props.thumbnail !== undefined} />}>
          <Match when={isRunning()}>
            <span class={styles.over}>
              <ProgressRing
                value={view.progress > 0 ? view.progress : null}
                size={SIGN_SIDE - 8}
                icon="close"
                label={t('media.downloading', { share: percent(view.progress) })}
              />
            </span>
          </Match>
          <Match when={view.state === 'failed'}>
            <span class={styles.over}>
              <Icon name="refresh" size={24} />
            </span>
          </Match>
        </Switch>
      </span>
      <span class={styles.words}>
        <Name claimed={props.file.name} />
        <span class={styles.facts} data-failed={view.state === 'failed' ? '' : undefined}>
          {facts()}
        </span>
      </span>
    </button>
  )
}

function Sign(props: { ending: string; thumbnail: boolean }): JSX.Element {
  return (
    <Show when={!props.thumbnail}>
      <span class={styles.ending}>
        <Show when={props.ending.length > 0 && props.ending.length <= 4} fallback={<Icon name="file" size={26} />}>
          <span class={styles.letters}>{props.ending}</span>
        </Show>
      </span>
    </Show>
  )
}

function Thumbnail(props: { picture: Picture }): JSX.Element {
  const engine = useEngine()
  const view = engine.files.view(() => sharpSize(props.picture, SIGN_SIDE), { auto: true })
  return (
    <img class={styles.thumbnail} src={view.url ?? jpegUrl(props.picture.preview) ?? ''} alt="" draggable={false} />
  )
}

/** The stem gives way when there is little room; the ending never does. */
function Name(props: { claimed: string | undefined }): JSX.Element {
  const name = createMemo(() => shownName(props.claimed, t('media.unnamed')))
  return (
    <bdi class={styles.name} dir="auto">
      <span class={styles.stem}>{name().stem}</span>
      <span>{name().ending}</span>
    </bdi>
  )
}
