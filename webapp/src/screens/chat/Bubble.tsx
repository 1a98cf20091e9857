import { createMemo, type JSX, Show } from 'solid-js'
import type { Message } from '../../core/types'
import { direction, t } from '../../i18n'
import { fullMoment, timeOfDay } from '../../i18n/format'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { MessageMedia } from '../media/MessageMedia'
import { personName } from '../shell/names'
import { mediaWords, oneLine } from '../shell/preview'
import styles from './Bubble.module.css'
import { useDesk } from './desk'
import { MessageText } from './MessageText'
import { emojiCount } from './text/emojiOnly'
import { Ticks } from './Ticks'

/** Emoji up to which they are drawn largest. */
const HUGE = 3
/** Kinds over whose lower corner the time lies when there is no text. */
const PICTURES: ReadonlySet<string> = new Set(['photo', 'video', 'gif', 'sticker'])

/** What was said: who it comes from, what it answers, pictures and files, the words, and when. */
export function Bubble(props: {
  message: Message
  album: () => readonly Message[]
  first: boolean
  last: boolean
}): JSX.Element {
  const desk = useDesk()
  /** The words of an album stand under it, whichever of its pictures carries them. */
  const worded = createMemo(() => props.album().find(part => part.text) ?? props.message)
  const media = (): boolean => props.message.media !== undefined && props.message.media.kind !== 'link'
  const emoji = createMemo(() => (media() || worded().entities.length > 0 ? 0 : emojiCount(worded().text)))
  const bare = (): boolean =>
    (emoji() > 0 || props.message.media?.kind === 'sticker') && !props.message.reply && !props.message.forward
  const overlaid = (): boolean => media() && !worded().text && isPicture(props.message)
  const state = (): Message =>
    props.album().find(part => part.state !== 'sent') ?? props.album().at(-1) ?? props.message
  const edited = (): boolean => props.album().some(part => part.editedAt !== undefined)
  const retry = (): void => {
    for (const part of props.album()) if (part.state === 'failed') desk.engine.messages.retry(desk.id, part.key)
  }
  const Meta = (): JSX.Element => (
    <span class={styles.meta}>
      <span class={styles.facts} dir={direction()}>
        <Show when={props.message.pinned}>
          <Icon name="pin" size={13} label={t('chat.pinned')} />
        </Show>
        <Show when={edited()}>
          <span>{t('chat.edited')}</span>
        </Show>
        <time title={fullMoment(props.message.at * 1000)}>{timeOfDay(props.message.at * 1000)}</time>
        <Show when={props.message.out && !desk.chat()?.saved}>
          <Ticks message={state()} readOutbox={desk.chat()?.readOutbox ?? 0} />
        </Show>
      </span>
    </span>
  )
  return (
    <div
      class={cx(
        styles.bubble,
        props.message.out && styles.out,
        props.first && styles.first,
        props.last && styles.last,
        bare() && styles.bare,
        media() && styles.withMedia,
      )}
      data-bubble
    >
      <span class="visually-hidden">
        {props.message.out
          ? t('chat.youSaid')
          : t('chat.theySaid', { name: personName(desk.engine.state.people[props.message.from]) })}
      </span>
      <Show when={props.first && !props.message.out && desk.chat()?.kind === 'group'}>
        <div class={styles.author} dir="auto">
          {personName(desk.engine.state.people[props.message.from])}
        </div>
      </Show>
      <Show when={props.message.forward}>{forward => <Forwarded from={forward().from} name={forward().name} />}</Show>
      <Show when={props.message.reply}>
        <Answered message={props.message} />
      </Show>
      <Show when={media()}>
        <div class={styles.media}>
          <MessageMedia messages={props.album()} />
        </div>
      </Show>
      <Show
        when={worded().text}
        fallback={
          <div class={cx(styles.noText, overlaid() && styles.over)}>
            <Meta />
          </div>
        }
      >
        <div
          class={cx(styles.text, emoji() > 0 && styles.emoji, emoji() > 0 && emoji() <= HUGE && styles.huge)}
          dir="auto"
        >
          <MessageText text={{ text: worded().text, entities: worded().entities }} />
          <Meta />
        </div>
      </Show>
      <Show when={props.message.media?.kind === 'link'}>
        <div class={styles.preview}>
          <MessageMedia messages={[props.message]} />
        </div>
      </Show>
      <Show when={state().state === 'failed'}>
        <button type="button" class={styles.failed} onClick={retry}>
          <Icon name="refresh" size={16} />
          {t('chat.notSent')}
        </button>
      </Show>
    </div>
  )
}

function isPicture(message: Message): boolean {
  const { media } = message
  const kind = media?.kind === 'upload' ? media.upload.as : media?.kind
  return kind !== undefined && PICTURES.has(kind)
}

function Forwarded(props: { from: string | undefined; name: string | undefined }): JSX.Element {
  const desk = useDesk()
  const name = (): string =>
    (props.from ? personName(desk.engine.state.people[props.from]) : props.name) ?? t('chat.somebody')
  return (
    <div class={styles.forward} dir="auto">
      <Icon name="forward" size={14} />
      <span>{t('chat.forwardedFrom', { name: name() })}</span>
    </div>
  )
}

/** The message that is answered, in short; a press leads to it. */
function Answered(props: { message: Message }): JSX.Element {
  const desk = useDesk()
  const reply = () => props.message.reply
  const preview = () => reply()?.preview
  const author = (): string => {
    const from = preview()?.from
    return from === undefined
      ? ''
      : desk.engine.state.people[from]?.self
        ? t('chat.youName')
        : personName(desk.engine.state.people[from])
  }
  const line = (): string => {
    const quote = reply()?.quote
    if (quote) return oneLine(quote)
    const known = preview()
    if (!known) return t('common.loading')
    if (known.deleted) return t('chat.replyDeleted')
    return oneLine({ text: known.text, entities: [] }) || mediaWords(known.media)
  }
  const elsewhere = (): boolean => reply()?.chat !== undefined && reply()?.chat !== desk.id
  return (
    <button
      type="button"
      class={styles.reply}
      disabled={preview()?.deleted || elsewhere()}
      aria-description={t('chat.replyTo', { name: author(), text: line() })}
      onClick={event => {
        event.stopPropagation()
        const id = reply()?.id
        if (id) void desk.jump(id)
      }}
    >
      <Show when={author()}>
        <span class={styles.replyName} dir="auto">
          {author()}
        </span>
      </Show>
      <span class={styles.replyLine} dir="auto">
        {line()}
      </span>
    </button>
  )
}
