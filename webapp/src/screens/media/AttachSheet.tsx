import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
} from 'solid-js'
import { createStore } from 'solid-js/store'
import { useEngine } from '../../core/context'
import type { SendOptions } from '../../core/contract/messages'
import { type Attachment, attachmentOf, outgoingOf, unfit } from '../../core/media/attachment'
import { ALBUM_MAX, ATTACH_MAX } from '../../core/media/limits'
import { endingOf, shownName } from '../../core/media/names'
import type { ChatId, FormattedText } from '../../core/types'
import { t } from '../../i18n'
import { byteSize, clock } from '../../i18n/format'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { Sheet } from '../../ui/Sheet'
import { Spinner } from '../../ui/Spinner'
import { Switch as Toggle } from '../../ui/Switch'
import { toast } from '../../ui/toast'
import { touch } from '../../ui/surroundings'
import { FormatBar } from '../chat/FormatBar'
import { parse, write } from '../chat/text/markup'
import { shortcutMark, toggleMark, wrapLink } from '../chat/typing'
import { say } from '../shell/say'
import styles from './AttachSheet.module.css'
import { fileTone } from './fileTone'
import { filesOf, pickFiles } from './pick'
import { fileName } from './words'

/** Pixels to which the caption grows. */
const CAPTION_TALLEST = 140

interface Props {
  chat: ChatId
  files: File[]
  /** What was written already: it becomes the caption. */
  text: FormattedText
  replyTo?: SendOptions['replyTo'] | undefined
  onClose: (sent: boolean) => void
}

/** What is about to be sent: looked at, put in order, with a caption, as photos or as files. */
export default function AttachSheet(props: Props): JSX.Element {
  const engine = useEngine()
  const [items, setItems] = createStore<Attachment[]>([])
  const [waiting, setWaiting] = createSignal(0)
  const [asFile, setAsFile] = createSignal(false)
  const [spoiler, setSpoiler] = createSignal(false)
  const [caption, setCaption] = createSignal(write(props.text))
  let isClosed = false

  /** One after the other: a phone holds one large picture in memory, not ten. */
  const add = async (files: readonly File[]) => {
    const room = Math.max(0, ATTACH_MAX - items.length - waiting())
    if (files.length > room) toast({ text: t('media.attachTooMany', { count: ATTACH_MAX }) })
    const taken = files.slice(0, room).filter(file => !complain(file))
    setWaiting(count => count + taken.length)
    for (const file of taken) {
      const made = await attachmentOf(file)
      if (isClosed) return
      setItems(items.length, made)
      setWaiting(count => count - 1)
    }
    if (items.length + waiting() === 0) props.onClose(false)
  }
  onMount(() => void add(props.files))
  onCleanup(() => {
    isClosed = true
  })

  const remove = (id: number) => {
    setItems(before => before.filter(item => item.id !== id))
    if (items.length + waiting() === 0) props.onClose(false)
  }
  const move = (from: number, to: number) => {
    if (to < 0 || to >= items.length || from === to) return
    setItems(before => {
      const next = [...before]
      next.splice(to, 0, ...next.splice(from, 1))
      return next
    })
  }
  const title = () => {
    const isPhotos = !asFile() && items.length > 0 && items.every(({ look }) => look.kind === 'photo')
    return t(isPhotos ? 'media.attachPhotos' : 'media.attachCount', { count: items.length + waiting() })
  }
  const isLookedAt = () => items.some(({ look }) => look.kind !== 'file')
  const isVisual = () => items.some(({ look }) => look.kind === 'photo' || look.kind === 'video')
  const send = () => {
    if (waiting() > 0 || items.length === 0) return
    const words = parse(caption())
    const files = items.map((item, at) =>
      outgoingOf(item, {
        asFile: asFile(),
        spoiler: spoiler() && !asFile(),
        ...(at === 0 && words.text ? { caption: words } : {}),
      }),
    )
    try {
      engine.messages.sendFiles(props.chat, files, props.replyTo ? { replyTo: props.replyTo } : {})
      props.onClose(true)
    } catch (cause) {
      say(cause)
    }
  }

  return (
    <Sheet open title={title()} size="medium" flush onClose={() => props.onClose(false)}>
      <div class={styles.sheet} onPaste={event => void add(taken(event))}>
        <ul class={cx(styles.items, items.length + waiting() === 1 && styles.alone)}>
          <For each={items}>
            {(item, at) => (
              <Item
                item={item}
                asFile={asFile()}
                spoiler={spoiler() && !asFile()}
                at={at()}
                count={items.length}
                onRemove={() => remove(item.id)}
                onMove={move}
              />
            )}
          </For>
          <For each={Array.from({ length: waiting() })}>
            {() => (
              <li class={cx(styles.item, styles.tile)}>
                <Spinner size={28} label={t('media.preparing')} />
              </li>
            )}
          </For>
          <li class={cx(styles.item, styles.add)}>
            <button type="button" class={styles.addButton} onClick={() => void pickFiles('file').then(add)}>
              <Icon name="plus" size={26} />
              <span>{t('media.addMore')}</span>
            </button>
          </li>
        </ul>
        <div class={styles.foot}>
          <div class={styles.choices}>
            <Show when={isLookedAt()}>
              <Toggle
                label={t(items.length > 1 ? 'media.asFiles' : 'media.asFile')}
                checked={asFile()}
                onChange={setAsFile}
              />
            </Show>
            <Show when={isVisual() && !asFile()}>
              <Toggle label={t('media.spoiler')} checked={spoiler()} onChange={setSpoiler} />
            </Show>
            <Show when={items.length > ALBUM_MAX}>
              <p class={styles.hint}>{t('media.tooManyAlbum', { count: ALBUM_MAX })}</p>
            </Show>
          </div>
          <Caption text={caption()} onText={setCaption} ready={waiting() === 0 && items.length > 0} onSend={send} />
        </div>
      </div>
    </Sheet>
  )
}

function taken(event: ClipboardEvent): File[] {
  const files = filesOf(event.clipboardData)
  if (files.length > 0) event.preventDefault()
  return files
}

/** Says why something cannot be sent. */
function complain(file: File): boolean {
  const why = unfit(file)
  if (!why) return false
  toast({
    text: t(why === 'empty' ? 'media.emptyFile' : 'media.fileTooLarge', { name: fileName(file.name) }),
    kind: 'error',
  })
  return true
}

/** One of them: a picture or a row with its name, and what can be done with it. */
function Item(props: {
  item: Attachment
  asFile: boolean
  spoiler: boolean
  at: number
  count: number
  onRemove: () => void
  onMove: (from: number, to: number) => void
}): JSX.Element {
  const [isOver, setOver] = createSignal(false)
  const small = props.item.small && URL.createObjectURL(props.item.small)
  onCleanup(() => small && URL.revokeObjectURL(small))
  const isTile = () => !props.asFile && ['photo', 'video', 'gif'].includes(props.item.look.kind)
  const name = () => fileName(props.item.file.name)
  const facts = createMemo(() => {
    const { look } = props.item
    if (look.kind === 'video') return clock(look.facts.duration)
    return look.kind === 'gif' ? t('media.gif') : ''
  })
  const drop = (event: DragEvent) => {
    setOver(false)
    const from = Number(event.dataTransfer?.getData(DRAGGED))
    if (event.dataTransfer?.types.includes(DRAGGED)) {
      event.preventDefault()
      props.onMove(from, props.at)
    }
  }
  return (
    <li
      class={cx(styles.item, isTile() ? styles.tile : styles.row, isOver() && styles.over)}
      draggable={props.count > 1}
      onDragStart={event => event.dataTransfer?.setData(DRAGGED, String(props.at))}
      onDragOver={event => {
        if (!event.dataTransfer?.types.includes(DRAGGED)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Switch
        fallback={
          <>
            <span class={styles.sign} data-tone={fileTone(endingOf(props.item.file.name))}>
              <Show
                when={small}
                fallback={<Icon name={props.item.look.kind === 'audio' ? 'volume' : 'file'} size={24} />}
              >
                {address => <img class={styles.picture} src={address()} alt="" draggable={false} />}
              </Show>
            </span>
            <span class={styles.words}>
              <Name claimed={props.item.file.name} />
              <span class={styles.facts}>{byteSize(props.item.file.size)}</span>
            </span>
          </>
        }
      >
        <Match when={isTile() && small}>
          {address => (
            <>
              <img
                class={cx(styles.picture, props.spoiler && styles.hidden)}
                src={address()}
                alt={name()}
                draggable={false}
              />
              <Show when={facts()}>
                <span class={styles.badge}>{facts()}</span>
              </Show>
            </>
          )}
        </Match>
        <Match when={isTile()}>
          <span class={styles.blank}>
            <Icon name="video" size={30} />
          </span>
        </Match>
      </Switch>
      <span class={styles.tools}>
        <Show when={props.count > 1}>
          <IconButton
            size={18}
            class={cx(styles.tool, styles.earlier)}
            icon="chevron"
            label={`${t('media.moveEarlier')}: ${name()}`}
            disabled={props.at === 0}
            onClick={() => props.onMove(props.at, props.at - 1)}
          />
          <IconButton
            size={18}
            class={styles.tool ?? ''}
            icon="chevron"
            label={`${t('media.moveLater')}: ${name()}`}
            disabled={props.at === props.count - 1}
            onClick={() => props.onMove(props.at, props.at + 1)}
          />
        </Show>
        <IconButton
          size={18}
          class={styles.tool ?? ''}
          icon="trash"
          label={t('media.remove', { name: name() })}
          onClick={() => props.onRemove()}
        />
      </span>
    </li>
  )
}

/** The type under which a tile is dragged within the sheet. */
const DRAGGED = 'application/x-kentong-place'

function Name(props: { claimed: string }): JSX.Element {
  const name = createMemo(() => shownName(props.claimed, t('media.unnamed')))
  return (
    <bdi class={styles.name} dir="auto">
      <span class={styles.stem}>{name().stem}</span>
      <span>{name().ending}</span>
    </bdi>
  )
}

/** The caption, with the same marks as where one writes. */
function Caption(props: {
  text: string
  onText: (text: string) => void
  ready: boolean
  onSend: () => void
}): JSX.Element {
  const [isSelected, setSelected] = createSignal(false)
  let field!: HTMLTextAreaElement
  const grow = () => {
    field.style.blockSize = 'auto'
    field.style.blockSize = `${Math.min(CAPTION_TALLEST, field.scrollHeight)}px`
  }
  onMount(() => {
    field.value = props.text
    grow()
    if (!touch()) field.focus({ preventScroll: true })
  })
  createEffect(() => {
    if (field.value !== props.text) field.value = props.text
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const mark = shortcutMark(event)
    if (mark === 'link') wrapLink(field, 'https://')
    else if (mark) toggleMark(field, mark)
    else if (event.key === 'Enter' && !event.shiftKey && (!touch() || event.ctrlKey || event.metaKey)) props.onSend()
    else return
    event.preventDefault()
  }
  return (
    <div class={styles.caption}>
      <Show when={isSelected()}>
        <FormatBar field={() => field} />
      </Show>
      <textarea
        ref={field}
        class={styles.field}
        rows="1"
        dir="auto"
        data-first-focus={touch() ? undefined : ''}
        placeholder={t('media.caption')}
        aria-label={t('media.caption')}
        autocapitalize="sentences"
        onInput={() => {
          props.onText(field.value)
          grow()
        }}
        onSelect={() => setSelected(field.selectionEnd > field.selectionStart)}
        onBlur={() => setSelected(false)}
        onKeyDown={onKeyDown}
      />
      <IconButton
        icon="send"
        kind="filled"
        label={t('common.send')}
        disabled={!props.ready}
        onClick={() => props.onSend()}
      />
    </div>
  )
}
