import { createEffect, createSignal, type JSX, lazy, on, onCleanup, onMount, Show, Suspense } from 'solid-js'
import type { FormattedText, Message, PersonId } from '../../core/types'
import { t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { covered } from '../../ui/layers'
import { openMenu } from '../../ui/menu'
import { touch, wide } from '../../ui/surroundings'
import { filesOf, pickFiles } from '../media/pick'
import VoiceButton from '../media/VoiceButton'
import { chatPerson, personName } from '../shell/names'
import { messageLine } from '../shell/preview'
import { attempt, say } from '../shell/say'
import styles from './Composer.module.css'
import { type Desk, useDesk } from './desk'
import { FormatBar } from './FormatBar'
import { canAnswer, canEdit, canWrite } from './may'
import { Mentions } from './Mentions'
import { insert, shortcutMark, toggleMark, wrapLink } from './typing'
import { mentionedIn, parse, write } from './text/markup'
import { withCommand } from '../shell/keys'

const EmojiPicker = lazy(() => import('./EmojiPicker'))

/** UTF-16 units that can be written at once; the engine sends them as several messages. */
const LETTERS = 40_000
/** Milliseconds of quiet before a draft is kept. */
const DRAFT_AFTER = 600
/** Pixels to which the field grows. */
const TALLEST = 220

/** Where one writes. Text is typed with marks (see text/markup.ts), which the toolbar and the shortcuts also set. */
export function Composer(): JSX.Element {
  const desk = useDesk()
  return (
    <Show when={canWrite(desk)} fallback={<Closed />}>
      <Writing />
    </Show>
  )
}

function Writing(): JSX.Element {
  const desk = useDesk()
  let field!: HTMLTextAreaElement
  let bar!: HTMLDivElement
  const [text, setText] = createSignal('')
  const [emoji, setEmoji] = createSignal(false)
  const [caret, setCaret] = createSignal(0)
  const [selected, setSelected] = createSignal(false)
  /** What was being written when an edit began; it comes back after it. */
  let aside = ''
  /** People mentioned without a username, by how their name is written. */
  let mentioned = new Map<string, PersonId>()
  const read = (): FormattedText => parse(text(), mentioned)
  let draftTimer: ReturnType<typeof setTimeout> | undefined

  const grow = (): void => {
    field.style.blockSize = 'auto'
    field.style.blockSize = `${Math.min(TALLEST, field.scrollHeight)}px`
  }
  /** Browsers tell of a selection when there is one, not when it is gone. */
  const noteCaret = (): void => {
    setCaret(field.selectionStart)
    setSelected(field.selectionEnd > field.selectionStart)
  }
  const set = (next: string): void => {
    setText(next)
    field.value = next
    setSelected(false)
    grow()
  }
  const keepDraft = (): void => {
    clearTimeout(draftTimer)
    if (desk.editing()) return
    const written = read()
    const replyTo = desk.answering()?.message.id
    const same = desk.chat()?.draft
    if (!written.text && !replyTo) {
      if (same) desk.engine.chats.setDraft(desk.id, undefined)
      return
    }
    desk.engine.chats.setDraft(desk.id, { ...written, ...(replyTo ? { replyTo } : {}) })
  }
  const show = (formatted: FormattedText): void => {
    mentioned = new Map([...mentioned, ...mentionedIn(formatted)])
    set(write(formatted))
  }
  const changed = (): void => {
    setText(field.value)
    noteCaret()
    grow()
    desk.engine.chats.typing(desk.id, field.value && !desk.editing() ? 'text' : undefined)
    clearTimeout(draftTimer)
    draftTimer = setTimeout(keepDraft, DRAFT_AFTER)
  }
  const clear = (): void => {
    clearTimeout(draftTimer)
    mentioned = new Map()
    set('')
    setCaret(0)
    desk.answer(undefined)
    desk.engine.chats.setDraft(desk.id, undefined)
    desk.engine.chats.typing(desk.id, undefined)
  }
  const send = (silent = false): void => {
    const editing = desk.editing()
    const written = read()
    if (editing) return void finishEdit(desk, editing, written)
    if (!written.text) return
    const options = { ...answerOptions(desk), ...(silent && { silent }) }
    clear()
    desk.engine.messages.sendText(desk.id, written, options)
    field.focus({ preventScroll: true })
  }
  const attach = async (kind: 'media' | 'file'): Promise<void> => {
    try {
      desk.attach(await pickFiles(kind))
    } catch (cause) {
      say(cause)
    }
  }

  onMount(() => {
    desk.onFocus(() => {
      if (!covered()) field.focus({ preventScroll: true })
      else queueMicrotask(() => field.focus({ preventScroll: true }))
    })
    restore(desk, show)
    if (wide() && !touch()) field.focus({ preventScroll: true })
    onCleanup(() => {
      keepDraft()
      desk.engine.chats.typing(desk.id, undefined)
    })
  })
  // A draft that arrives later (from another device, or with the chat itself) fills an empty, untouched field.
  createEffect(
    on(
      () => desk.chat()?.draft,
      draft => {
        if (draft && !text() && !desk.editing()) restore(desk, show)
      },
      { defer: true },
    ),
  )
  createEffect(
    on(
      desk.editing,
      (editing, before) => {
        if (editing) {
          if (!before) aside = text()
          show({ text: editing.text, entities: editing.entities })
          field.setSelectionRange(field.value.length, field.value.length)
        } else if (before) set(aside)
      },
      { defer: true },
    ),
  )
  createEffect(on(desk.answering, () => keepDraft(), { defer: true }))
  // After files went with the text as their caption.
  createEffect(
    on(
      desk.attaching,
      (files, before) => {
        if (!files && before) queueMicrotask(() => field.focus({ preventScroll: true }))
      },
      { defer: true },
    ),
  )
  desk.onSentFiles(clear)
  desk.written = read

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return
    if (act(event)) {
      event.preventDefault()
      event.stopPropagation()
    }
  }
  const act = (event: KeyboardEvent): boolean => {
    const mark = shortcutMark(event)
    if (mark) return done(() => (mark === 'link' ? wrapLink(field, t('chat.linkAddress')) : toggleMark(field, mark)))
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey && (withCommand(event) || !touch()))
      return done(() => send())
    if (event.key === 'Escape' && emoji()) return done(() => setEmoji(false))
    if (event.key === 'Escape' && (desk.editing() || desk.answering())) return done(() => leave(desk))
    if (withCommand(event) && event.key === 'ArrowUp') return done(() => step(desk, -1))
    if (withCommand(event) && event.key === 'ArrowDown') return done(() => step(desk, 1))
    if (event.key === 'ArrowUp' && field.value === '' && !event.shiftKey && !event.altKey) return editLast(desk)
    return false
  }
  const done = (action: () => void): true => {
    action()
    return true
  }

  return (
    <div
      class={styles.composer}
      ref={bar}
      onFocusOut={event => {
        if (!(event.relatedTarget instanceof Node) || !bar.contains(event.relatedTarget)) setSelected(false)
      }}
    >
      <About />
      <Show when={selected()}>
        <FormatBar field={() => field} />
      </Show>
      <Mentions
        text={text()}
        caret={caret()}
        field={() => field}
        onMention={(name, person) => mentioned.set(name, person)}
      />
      <div class={styles.line}>
        <Show when={!desk.editing()}>
          <IconButton
            icon="attach"
            label={t('chat.attach')}
            aria-haspopup="menu"
            onClick={event =>
              openMenu({
                at: event.currentTarget,
                label: t('chat.attach'),
                items: [
                  { label: t('chat.attachMedia'), icon: 'image', onSelect: () => void attach('media') },
                  { label: t('chat.attachFile'), icon: 'file', onSelect: () => void attach('file') },
                ],
              })
            }
          />
        </Show>
        <textarea
          ref={field}
          class={styles.field}
          rows="1"
          dir="auto"
          maxLength={LETTERS}
          placeholder={t('chat.writePlaceholder')}
          aria-label={t('chat.writeLabel')}
          autocapitalize="sentences"
          enterkeyhint={touch() ? 'enter' : 'send'}
          onInput={changed}
          onKeyDown={onKeyDown}
          onKeyUp={noteCaret}
          onClick={noteCaret}
          onSelect={noteCaret}
          onPaste={event => {
            const files = filesOf(event.clipboardData)
            if (files.length === 0 || desk.editing()) return
            event.preventDefault()
            desk.attach(files)
          }}
          data-composer
        />
        <IconButton
          icon="smile"
          label={t('chat.emoji')}
          aria-expanded={emoji()}
          pressed={emoji()}
          onClick={() => setEmoji(shown => !shown)}
        />
        <Show
          when={text().trim() || desk.editing()}
          fallback={<VoiceButton chat={desk.id} replyTo={answerOptions(desk).replyTo} onSent={clear} />}
        >
          <IconButton
            icon={desk.editing() ? 'check' : 'send'}
            kind="filled"
            label={desk.editing() ? t('common.save') : t('common.send')}
            onClick={() => send()}
            onContextMenu={event => {
              event.preventDefault()
              if (desk.editing()) return
              openMenu({
                at: event.currentTarget,
                label: t('common.send'),
                items: [{ label: t('chat.sendSilently'), icon: 'bellOff', onSelect: () => send(true) }],
              })
            }}
          />
        </Show>
      </div>
      <Show when={emoji()}>
        <Suspense>
          <EmojiPicker
            onChoose={letters => {
              insert(field, letters)
              if (!touch()) field.focus({ preventScroll: true })
            }}
            onClose={() => {
              setEmoji(false)
              field.focus({ preventScroll: true })
            }}
          />
        </Suspense>
      </Show>
    </div>
  )
}

/** The message that is answered or edited, above the field. */
function About(): JSX.Element {
  const desk = useDesk()
  const message = (): Message | undefined => desk.editing() ?? desk.answering()?.message
  const title = (): string => {
    const shown = message()
    if (desk.editing() || !shown) return t('chat.editing')
    return t('chat.replyingTo', {
      name: shown.out ? t('chat.youName') : personName(desk.engine.state.people[shown.from]),
    })
  }
  return (
    <Show when={message()}>
      {shown => (
        <div class={styles.about}>
          <Icon name={desk.editing() ? 'edit' : 'reply'} size={20} class={styles.aboutIcon} />
          <button type="button" class={styles.aboutWords} onClick={() => void desk.jump(shown().id)}>
            <span class={styles.aboutTitle} dir="auto">
              {title()}
            </span>
            <span class={styles.aboutLine} dir="auto">
              {desk.answering()?.quote?.text ?? messageLine(desk.engine.state, shown())}
            </span>
          </button>
          <IconButton icon="close" size={20} label={t('common.cancel')} onClick={() => leave(desk)} />
        </div>
      )}
    </Show>
  )
}

/** Where nothing can be written: why, and what helps. */
function Closed(): JSX.Element {
  const desk = useDesk()
  const person = () => chatPerson(desk.engine.state, desk.chat())
  return (
    <div class={styles.closed}>
      <Show
        when={desk.chat()?.blocked && person()}
        fallback={<p>{person()?.deleted ? t('chat.closedDeleted') : t('chat.closedService')}</p>}
      >
        {blocked => (
          <button
            type="button"
            class={styles.unblock}
            onClick={() => void attempt(desk.engine.people.block(blocked().id, false))}
          >
            {t('chat.unblock')}
          </button>
        )}
      </Show>
    </div>
  )
}

/** The draft, as it was left. */
function restore(desk: Desk, show: (draft: FormattedText) => void): void {
  const draft = desk.chat()?.draft
  if (!draft) return
  show(draft)
  const { replyTo } = draft
  if (!replyTo) return
  void desk.engine.history
    .message(desk.id, replyTo)
    .then(message => {
      if (message && !desk.answering()) desk.answer(message)
    })
    .catch(() => undefined)
}

export function answerOptions(desk: Desk): { replyTo?: { id: number; quote?: FormattedText & { offset: number } } } {
  const answering = desk.answering()
  if (!answering) return {}
  return { replyTo: { id: answering.message.id, ...(answering.quote && { quote: answering.quote }) } }
}

async function finishEdit(desk: Desk, message: Message, written: FormattedText): Promise<void> {
  const hasMedia = message.media !== undefined && message.media.kind !== 'link'
  if (!written.text && !hasMedia) return
  desk.edit(undefined)
  if (written.text === message.text && JSON.stringify(written.entities) === JSON.stringify(message.entities)) return
  await attempt(desk.engine.messages.edit(desk.id, message.id, written))
}

function leave(desk: Desk): void {
  if (desk.editing()) desk.edit(undefined)
  else desk.answer(undefined)
}

/** Control with the arrows: the message before or after the one that is being answered. */
function step(desk: Desk, by: 1 | -1): void {
  const all = desk.history.messages.filter(message => canAnswer(desk, message))
  const now = desk.answering()?.message
  const at = now ? all.indexOf(now) + by : by < 0 ? all.length - 1 : all.length
  const next = all[at]
  desk.answer(next)
  if (next) document.querySelector(`[data-messages] [data-id="${next.id}"]`)?.scrollIntoView({ block: 'nearest' })
}

function editLast(desk: Desk): boolean {
  const last = [...desk.history.messages].reverse().find(message => message.out && canEdit(desk, message))
  if (last) desk.edit(last)
  return last !== undefined
}
