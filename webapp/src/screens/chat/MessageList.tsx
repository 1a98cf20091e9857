import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import type { Message } from '../../core/types'
import { t } from '../../i18n'
import { dayName, number } from '../../i18n/format'
import { Icon } from '../../ui/Icon'
import { Spinner } from '../../ui/Spinner'
import { now, pageVisible } from '../../ui/surroundings'
import { attempt } from '../shell/say'
import { useDesk } from './desk'
import styles from './MessageList.module.css'
import { Row } from './Row'
import { around, atEnd, DRAWN, downwards, type Range, STEP, spanOf, upwards } from './range'
import { albumOf, dayOf, heads, together } from './rows'
import { type Anchor, createAnchor, firstVisible, rowOf } from './scroll'

/** Screens of messages kept drawn above and below what is seen. */
const AHEAD = 2
/** Loaded rows beyond the drawn ones below which the next page is asked for. */
const RESERVE = 40
/** Pixels from the end from which the button that leads there is shown. */
const FAR = 240
/** Pixels at the upper edge that the floating day takes. */
const DAY_HEIGHT = 44
/** Milliseconds the day floats above after scrolling, and a found message stays marked. */
const DAY_STAYS = 1_200
const FLASH = 1_800
/** Milliseconds after a touch, a wheel or a key within which scrolling is the reader's. */
const TOUCHED = 2_000
/** Share of the height at which a message that was jumped to stands. */
const JUMP_TO = 0.3

/** The messages of a conversation: any number of them, always where the reader left them. */
export function MessageList(): JSX.Element {
  const desk = useDesk()
  const history = desk.history
  let box!: HTMLDivElement
  let list!: HTMLDivElement
  let anchor: Anchor | undefined
  let applied = -1
  let disposed = false
  const [range, setRange] = createSignal<Range>({})
  const [far, setFar] = createSignal(false)
  const [day, setDay] = createSignal<string>()
  const [flash, setFlash] = createSignal<string>()
  const rows = createMemo(() => heads(history.messages))
  const keys = createMemo(() => rows().map(message => message.key))
  const span = createMemo(() => spanOf(keys(), range()))
  const drawn = createMemo(() => rows().slice(span().start, span().end))
  /** Where the line "new messages" stands; whoever writes has read, so that it goes with one's own next message. */
  const unreadFrom = createMemo(() => {
    const { messages, unreadFrom: from } = history
    const at = from > 0 ? messages.findIndex(message => message.id === from) : -1
    return at >= 0 && !messages.slice(at).some(message => message.out) ? from : 0
  })
  const endIsDrawn = (): boolean => span().end === keys().length && !history.newer
  const unread = (): number => desk.chat()?.unread ?? 0

  const move = (next: Range): void => {
    setRange(next)
    anchor?.settle()
  }

  /** Draws and fetches so that there is always something beyond both edges. */
  const feed = (): void => {
    const { start, end } = span()
    const above = box.scrollTop
    const below = box.scrollHeight - box.clientHeight - box.scrollTop
    if (above < AHEAD * box.clientHeight && start > 0) move(upwards(keys(), span()))
    else if (below < AHEAD * box.clientHeight && end < keys().length) move(downwards(keys(), span()))
    if (start < RESERVE && above < 2 * AHEAD * box.clientHeight) load('older')
    if (end > keys().length - RESERVE && below < 2 * AHEAD * box.clientHeight) load('newer')
  }
  const load = (side: 'older' | 'newer'): void => {
    if (!history[side] || history.loading !== undefined || history.failure !== undefined) return
    void (side === 'older' ? history.loadOlder() : history.loadNewer()).catch(() => undefined)
  }

  /** What has come into view was seen, when somebody is there to see it. */
  const markSeen = (): void => {
    if (!pageVisible() || !anchor) return
    const bottom = box.getBoundingClientRect().bottom
    const at = Math.min(list.children.length, firstVisible(list.children, bottom)) - 1
    const whole = list.children[at + 1]?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY
    const head = drawn()[whole <= bottom + 1 ? at + 1 : at]
    if (!head) return
    const last = newestIncoming(albumOf(history.messages, head), drawn(), head)
    if (last > (desk.chat()?.readInbox ?? 0)) desk.engine.history.seen(desk.id, last)
    noteMentions()
  }
  const noteMentions = (): void => {
    const ids = drawn().filter(
      message => message.mentioned && message.contentUnread && !message.out && isInView(box, list, message.key),
    )
    if (ids.length > 0)
      desk.engine.history.contentSeen(
        desk.id,
        ids.map(message => message.id),
      )
  }

  let dayTimer: ReturnType<typeof setTimeout> | undefined
  const floatDay = (): void => {
    const at = firstVisible(list.children, box.getBoundingClientRect().top + 8)
    const message = drawn()[at]
    setDay(message && !dayIsNear(box) ? dayName(message.at * 1000, now()) : undefined)
    clearTimeout(dayTimer)
    dayTimer = setTimeout(() => setDay(undefined), DAY_STAYS)
  }
  const look = (): void => {
    setFar(!endIsDrawn() || box.scrollHeight - box.clientHeight - box.scrollTop > FAR)
    markSeen()
    feed()
  }
  /** When the reader last moved anything here: only then does the day float, not when the list moves by itself. */
  let touchedAt = 0
  const touched = (): void => {
    touchedAt = Date.now()
  }
  const onScroll = (): void => {
    anchor?.note()
    if (Date.now() - touchedAt < TOUCHED) floatDay()
    look()
  }

  /** The window was opened or moved: stands where it says. False while the place is not there yet. */
  const stand = (): boolean => {
    const { at, message } = history.anchor
    const wanted = at === 'message' ? message : at === 'unread' ? history.unreadFrom : undefined
    if (wanted === undefined) {
      setRange(atEnd(keys()))
      anchor?.holdEnd()
      return true
    }
    const head = headOf(rows(), history.messages, wanted)
    if (!head) return false
    setRange(around(keys(), head.key))
    const row = rowOf(list, head.key)
    if (!row) return false
    const inset = at === 'unread' ? 8 : box.clientHeight * JUMP_TO
    box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - inset
    anchor?.stay()
    if (at === 'message') mark(head.key)
    return true
  }
  let flashTimer: ReturnType<typeof setTimeout> | undefined
  const mark = (key: string): void => {
    clearTimeout(flashTimer)
    setFlash(undefined)
    queueMicrotask(() => setFlash(key))
    flashTimer = setTimeout(() => setFlash(undefined), FLASH)
  }

  onMount(() => {
    anchor = createAnchor(box, list, endIsDrawn)
    const observer = new ResizeObserver(() => {
      anchor?.settle()
      look()
    })
    observer.observe(list)
    observer.observe(box)
    onCleanup(() => {
      disposed = true
      observer.disconnect()
      clearTimeout(dayTimer)
      clearTimeout(flashTimer)
    })
  })
  // Outside of the effect, since only there does setting a signal change the page at once; still before it is painted.
  const react = (): void => {
    if (!anchor || disposed) return
    const { start, end } = span()
    if (end - start > DRAWN + STEP)
      setRange(anchor.atEnd() ? atEnd(keys()) : { first: keys()[start], last: keys()[start + DRAWN] })
    if (applied !== history.anchor.serial && keys().length > 0 && stand()) applied = history.anchor.serial
    else anchor.settle()
    look()
  }
  createEffect(on([() => history.anchor.serial, keys], () => queueMicrotask(react)))
  // One's own new message always comes into view.
  createEffect(
    on(
      () => rows()[rows().length - 1],
      (last, before) => {
        if (!before || !last?.out || last.state !== 'sending') return
        if (history.newer) void attempt(history.goToEnd())
        else queueMicrotask(() => toEnd(false))
      },
    ),
  )
  createEffect(() => {
    if (pageVisible()) queueMicrotask(markSeen)
  })

  const toEnd = (smooth = true): void => {
    if (history.newer) {
      void attempt(history.goToEnd())
      return
    }
    const whole = endIsDrawn()
    if (!whole) setRange(atEnd(keys()))
    if (whole && smooth && box.scrollHeight - box.scrollTop < 4 * box.clientHeight) {
      box.scrollTo({ top: box.scrollHeight, behavior: 'smooth' })
    } else anchor?.holdEnd()
  }

  return (
    <div class={styles.place}>
      <div
        ref={box}
        class={styles.box}
        tabindex="0"
        onScroll={onScroll}
        onWheel={touched}
        onTouchMove={touched}
        onPointerDown={touched}
        onKeyDown={moveFocus}
        role="group"
        aria-label={t('chat.messages')}
        data-messages
      >
        <Show when={history.loading === 'older' || (history.loading === 'around' && rows().length === 0)}>
          <div class={styles.loading}>
            <Spinner label={t('common.loading')} />
          </div>
        </Show>
        <div class={styles.fill} />
        <div ref={list} class={styles.rows} role="list" aria-label={t('chat.messages')}>
          <For each={drawn()}>
            {(message, at) => {
              const before = (): Message | undefined => rows()[span().start + at() - 1]
              const after = (): Message | undefined => rows()[span().start + at() + 1]
              return (
                <Row
                  message={message}
                  album={() => albumOf(history.messages, message)}
                  first={!together(before(), message) || startsUnread(message, unreadFrom())}
                  last={!together(message, after()) || startsUnread(after(), unreadFrom())}
                  day={
                    before() && dayOf((before() as Message).at) === dayOf(message.at)
                      ? undefined
                      : dayName(message.at * 1000, now())
                  }
                  unread={startsUnread(message, unreadFrom())}
                  flash={flash() === message.key}
                />
              )
            }}
          </For>
        </div>
        <Show when={history.loading === 'newer'}>
          <div class={styles.loading}>
            <Spinner label={t('common.loading')} />
          </div>
        </Show>
      </div>
      <Show when={history.failure}>
        <div class={styles.failure} role="status">
          <Icon name="wifiOff" size={18} />
          <span>{t('chat.historyFailed')}</span>
          <button
            type="button"
            onClick={() =>
              void attempt(
                history.older && box.scrollTop < box.clientHeight ? history.loadOlder() : history.loadNewer(),
              )
            }
          >
            {t('common.retry')}
          </button>
        </div>
      </Show>
      <div class={styles.day} data-shown={day() !== undefined} aria-hidden="true">
        <span>{day()}</span>
      </div>
      <Show when={far()}>
        <button
          type="button"
          class={styles.toEnd}
          aria-label={unread() > 0 ? t('chat.toEndUnread', { count: unread() }) : t('chat.toEnd')}
          title={t('chat.toEnd')}
          onClick={() => toEnd()}
        >
          <Icon name="chevronDown" size={24} />
          <Show when={unread() > 0}>
            <span class={styles.count}>{number(unread())}</span>
          </Show>
        </button>
      </Show>
    </div>
  )
}

function startsUnread(message: Message | undefined, from: number): boolean {
  return from > 0 && message?.id === from
}

/** The row that shows a message: itself, or the album it is in. */
function headOf(rows: readonly Message[], messages: readonly Message[], id: number): Message | undefined {
  return rows.find(
    row => row.id === id || (row.album !== undefined && albumOf(messages, row).some(part => part.id === id)),
  )
}

/** The newest number of an incoming message up to a row. */
function newestIncoming(album: readonly Message[], drawn: readonly Message[], head: Message): number {
  const last = [...album].reverse().find(message => !message.out && message.id > 0)
  if (last) return last.id
  for (let at = drawn.indexOf(head); at >= 0; at -= 1) {
    const message = drawn[at]
    if (message && !message.out && message.id > 0) return message.id
  }
  return 0
}

function isInView(box: HTMLElement, list: HTMLElement, key: string): boolean {
  const row = rowOf(list, key)?.getBoundingClientRect()
  const frame = box.getBoundingClientRect()
  return row !== undefined && row.bottom > frame.top && row.top < frame.bottom
}

/** Arrow keys go from message to message, Home and End to the first and last drawn. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-key]')]
  const own = document.activeElement?.closest<HTMLElement>('[data-key]')
  const at = own ? rows.indexOf(own) : rows.length
  const next =
    event.key === 'ArrowUp'
      ? at - 1
      : event.key === 'ArrowDown'
        ? at + 1
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? rows.length - 1
            : undefined
  if (next === undefined || document.activeElement?.matches('pre, input, audio, video')) return
  event.preventDefault()
  const row = rows[Math.max(0, Math.min(next, rows.length - 1))]
  row?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'nearest' })
}

/** Whether a day of the list itself stands where the floating one would. */
function dayIsNear(box: HTMLElement): boolean {
  const top = box.getBoundingClientRect().top
  return [...box.querySelectorAll('[data-day]')].some(day => {
    const place = day.getBoundingClientRect()
    return place.bottom > top && place.top < top + DAY_HEIGHT
  })
}
