import {
  createMemo,
  createResource,
  createSignal,
  For,
  type JSX,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
} from 'solid-js'
import { useEngine } from '../../core/context'
import type { ChatId, Entity, Message } from '../../core/types'
import { type Key, t } from '../../i18n'
import { clock, fullMoment } from '../../i18n/format'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { Spinner } from '../../ui/Spinner'
import { safeAddress } from '../chat/text/links'
import { FileCard } from './FileCard'
import styles from './SharedMedia.module.css'
import { Track } from './Track'
import { openViewer } from './viewer'
import { sharpSize, visualOf } from './visual'
import { altText } from './words'

type Find = 'photo' | 'video' | 'file' | 'voice' | 'link'
type Tab = 'media' | 'files' | 'links' | 'voice'

const TABS: readonly { tab: Tab; label: Key; empty: Key; kinds: readonly Find[] }[] = [
  { tab: 'media', label: 'media.sharedMedia', empty: 'media.noPhotos', kinds: ['photo', 'video'] },
  { tab: 'files', label: 'media.sharedFiles', empty: 'media.noFiles', kinds: ['file'] },
  { tab: 'links', label: 'media.sharedLinks', empty: 'media.noLinks', kinds: ['link'] },
  { tab: 'voice', label: 'media.sharedVoice', empty: 'media.noVoice', kinds: ['voice'] },
]
/** Side of a small picture, in CSS pixels. */
const TILE = 120

/** All that was sent in a conversation besides words, by kind, the newest first. */
export function SharedMedia(props: { chat: ChatId }): JSX.Element {
  const [tab, setTab] = createSignal<Tab>('media')
  const shown = () => TABS.find(one => one.tab === tab()) ?? TABS[0]
  const onKey = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const isTurned = document.documentElement.dir === 'rtl' ? -1 : 1
    const at = TABS.findIndex(one => one.tab === tab())
    const next = TABS[(at + by * isTurned + TABS.length) % TABS.length]
    if (next) setTab(next.tab)
    event.currentTarget.querySelector<HTMLElement>('[aria-selected="true"]')?.focus()
  }
  return (
    <section class={styles.shared} aria-label={t('media.shared')}>
      <div class={styles.tabs} role="tablist" aria-label={t('media.shared')} onKeyDown={onKey}>
        <For each={TABS}>
          {one => (
            <button
              type="button"
              class={cx(styles.tab, one.tab === tab() && styles.chosen)}
              role="tab"
              aria-selected={one.tab === tab()}
              tabindex={one.tab === tab() ? 0 : -1}
              onClick={() => setTab(one.tab)}
            >
              {t(one.label)}
            </button>
          )}
        </For>
      </div>
      <Show when={shown()} keyed>
        {one => <Found chat={props.chat} tab={one.tab} kinds={one.kinds} empty={one.empty} />}
      </Show>
    </section>
  )
}

/** One kind's messages, page by page as they are scrolled to. */
function Found(props: { chat: ChatId; tab: Tab; kinds: readonly Find[]; empty: Key }): JSX.Element {
  const engine = useEngine()
  const [messages, setMessages] = createSignal<readonly Message[]>([])
  const [hasFailed, setFailed] = createSignal(false)
  const nexts = new Map<Find, string | undefined>(props.kinds.map(kind => [kind, undefined]))
  const stop = new AbortController()
  onCleanup(() => stop.abort(new DOMException('left', 'AbortError')))

  const page = async () => {
    setFailed(false)
    const open = [...nexts]
    const pages = await Promise.all(
      open.map(async ([kind, next]) => {
        const found = await engine.history.find(props.chat, '', {
          kind,
          signal: stop.signal,
          ...(next ? { next } : {}),
        })
        if (found.next) nexts.set(kind, found.next)
        else nexts.delete(kind)
        return found.messages
      }),
    )
    const known = new Set(messages().map(({ key }) => key))
    const fresh = pages.flat().filter(({ key }) => !known.has(key))
    setMessages(before => [...before, ...fresh].sort((one, other) => other.id - one.id))
  }
  const [loading, { refetch }] = createResource(() => page().catch(() => void setFailed(true)))
  const more = () => {
    if (!loading.loading && nexts.size > 0) void refetch()
  }
  return (
    <div class={styles.found} role="tabpanel">
      <Switch>
        <Match when={props.tab === 'media'}>
          <div class={styles.grid}>
            <For each={messages()}>{message => <Small message={message} among={messages} />}</For>
          </div>
        </Match>
        <Match when={props.tab === 'files'}>
          <For each={messages()}>{message => <FileCard message={message} />}</For>
        </Match>
        <Match when={props.tab === 'voice'}>
          <For each={messages()}>{message => <Track message={message} />}</For>
        </Match>
        <Match when={props.tab === 'links'}>
          <For each={messages()}>{message => <Links message={message} />}</For>
        </Match>
      </Switch>
      <Switch>
        <Match when={loading.loading}>
          <span class={styles.middle}>
            <Spinner size={28} label={t('common.loading')} />
          </span>
        </Match>
        <Match when={hasFailed()}>
          <button type="button" class={styles.again} onClick={() => void refetch()}>
            <Icon name="refresh" size={20} />
            {t('common.retry')}
          </button>
        </Match>
        <Match when={messages().length === 0}>
          <p class={styles.empty}>{t(props.empty)}</p>
        </Match>
      </Switch>
      <Show when={messages().length > 0}>
        <End onSeen={more} />
      </Show>
    </div>
  )
}

/** Stands after the last one; when it comes into view, there is need for more. */
function End(props: { onSeen: () => void }): JSX.Element {
  let mark!: HTMLSpanElement
  onMount(() => {
    const observer = new IntersectionObserver(seen => seen.some(one => one.isIntersecting) && props.onSeen(), {
      rootMargin: '400px',
    })
    observer.observe(mark)
    onCleanup(() => observer.disconnect())
  })
  return <span ref={mark} class={styles.end} />
}

function Small(props: { message: Message; among: () => readonly Message[] }): JSX.Element {
  const engine = useEngine()
  const visual = createMemo(() => visualOf(props.message))
  const view = engine.files.view(() => sharpSize(visual()?.picture, TILE), { auto: true })
  const oldestFirst = createMemo(() => [...props.among()].reverse())
  return (
    <Show when={visual()}>
      {known => (
        <button
          type="button"
          class={styles.small}
          aria-label={`${altText(props.message, known().kind)}, ${fullMoment(props.message.at * 1000)}`}
          onClick={() => openViewer({ chat: props.message.chat, message: props.message, among: oldestFirst })}
        >
          <Show when={view.url ?? known().preview}>
            {address => (
              <img
                class={cx(styles.picture, (!view.url || known().spoiler) && styles.blurred)}
                src={address()}
                alt=""
                draggable={false}
              />
            )}
          </Show>
          <Show when={known().kind === 'video'}>
            <span class={styles.badge}>
              <Icon name="play" size={12} />
              {clock(known().duration)}
            </span>
          </Show>
        </button>
      )}
    </Show>
  )
}

/** The addresses in a message, each with the words around it. */
function Links(props: { message: Message }): JSX.Element {
  const addresses = createMemo(() => {
    const ofEntity = (entity: Entity) => {
      if (entity.kind === 'link') return entity.url
      return entity.kind === 'url' ? props.message.text.slice(entity.offset, entity.offset + entity.length) : ''
    }
    const written = props.message.entities.map(ofEntity)
    return [...new Set(written.map(address => safeAddress(address)))].filter(address => address !== undefined)
  })
  return (
    <For each={addresses()}>
      {address => (
        <a class={styles.link} href={address} target="_blank" rel="noopener noreferrer nofollow">
          <span class={styles.sign}>
            <Icon name="link" size={22} />
          </span>
          <span class={styles.words}>
            <bdi class={styles.address} dir="ltr">
              {address}
            </bdi>
            <bdi class={styles.around} dir="auto">
              {props.message.text}
            </bdi>
          </span>
        </a>
      )}
    </For>
  )
}
