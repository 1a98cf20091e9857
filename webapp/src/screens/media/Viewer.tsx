import {
  createEffect,
  createMemo,
  createResource,
  createSignal,
  type JSX,
  on,
  onCleanup,
  onMount,
  Show,
} from 'solid-js'
import { Portal } from 'solid-js/web'
import { useEngine } from '../../core/context'
import type { Message, Person } from '../../core/types'
import { t } from '../../i18n'
import { fullMoment, percent } from '../../i18n/format'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { useLayer } from '../../ui/layers'
import { ProgressRing } from '../../ui/ProgressRing'
import { forwardFrom } from './forwarding'
import { useGestures } from './gestures'
import { stop as stopSound } from './player'
import { closeViewer, type Shown } from './viewer'
import { type Viewed, viewedOf, viewedOfPerson, viewedOfPicture } from './viewed'
import styles from './Viewer.module.css'
import { altText, downloadFailure } from './words'
import { type Box, fitInto, kept, type Pose, UPRIGHT, zoomAt } from './zoom'

/** A swipe that turns over or closes is longer than this, in pixels, or quicker than that, in pixels for a ms. */
const SWIPE_MIN = 70
const SWIPE_SPEED = 0.5
/** How much a double tap and a press on "larger" zoom. */
const DOUBLE_TAP_SCALE = 2.5
const STEP = 1.5
/** A small picture is enlarged to the stage at most so many times. */
const ENLARGE_MAX = 2

/** Everything turned over one by one, over the whole window. */
export default function Viewer(props: { what: Shown }): JSX.Element {
  return (
    <Portal>
      <Show when={'person' in props.what && props.what} fallback={<OfChat what={props.what as OfChatProps} />}>
        {what => <OfPerson person={what().person} />}
      </Show>
    </Portal>
  )
}

type OfChatProps = Extract<Shown, { chat: string }>

function OfChat(props: { what: OfChatProps }): JSX.Element {
  const engine = useEngine()
  const history = engine.history.window(props.what.chat)
  const messages = (): readonly Message[] => props.what.among?.() ?? history.messages
  const list = createMemo(() => {
    const all = messages().flatMap(message => viewedOf(message) ?? [])
    const first = viewedOf(props.what.message)
    return all.some(({ key }) => key === first?.key) || !first ? all : [first]
  })
  const more = (end: 'first' | 'last') => {
    if (props.what.among) return
    if (end === 'first' && history.older) void history.loadOlder().catch(() => undefined)
    if (end === 'last' && history.newer) void history.loadNewer().catch(() => undefined)
  }
  return <Turning list={list()} first={props.what.message.key} onEnd={more} />
}

function OfPerson(props: { person: Person }): JSX.Element {
  const engine = useEngine()
  const known = props.person.photo ? [viewedOfPicture(props.person.photo)] : []
  const [photos] = createResource(() => viewedOfPerson(engine, props.person), { initialValue: known })
  return <Turning list={photos.latest} first={known[0]?.key ?? ''} title={props.person.name} />
}

function Turning(props: {
  list: readonly Viewed[]
  first: string
  title?: string
  onEnd?: (end: 'first' | 'last') => void
}): JSX.Element {
  const engine = useEngine()
  const [key, setKey] = createSignal(props.first)
  const [isBare, setBare] = createSignal(false)
  let box!: HTMLDivElement
  useLayer(() => box, closeViewer)
  onMount(stopSound)
  const at = () => props.list.findIndex(item => item.key === key())
  const item = createMemo((before: Viewed | undefined) => props.list[at()] ?? before ?? props.list[0])
  const turn = (by: 1 | -1) => {
    const next = props.list[at() + by]
    if (next) setKey(next.key)
    return next !== undefined
  }
  createEffect(
    on([at, () => props.list.length], ([place, count]) => {
      if (place <= 2) props.onEnd?.('first')
      if (place >= count - 3) props.onEnd?.('last')
    }),
  )
  /** The words of an album stand with one of its pictures, and belong to all. */
  const captionOf = ({ message }: Viewed) => {
    if (!message || message.text || !message.album) return message?.text
    return props.list.find(other => other.message?.album === message.album && other.message?.text)?.message?.text
  }
  const stage: { zoom?: (factor: number) => void } = {}
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target instanceof HTMLVideoElement && event.key.startsWith('Arrow')) return
    const isTurned = document.documentElement.dir === 'rtl' ? -1 : 1
    if (event.key === 'ArrowRight') turn(isTurned as 1 | -1)
    else if (event.key === 'ArrowLeft') turn(-isTurned as 1 | -1)
    else if (event.key === '+' || event.key === '=') stage.zoom?.(STEP)
    else if (event.key === '-') stage.zoom?.(1 / STEP)
    else if (event.key === '0') stage.zoom?.(0)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <Show when={item()}>
      {shown => (
        <div
          ref={box}
          class={cx(styles.viewer, isBare() && styles.bare)}
          role="dialog"
          aria-modal="true"
          aria-label={t('media.viewer')}
          tabindex="-1"
          onKeyDown={onKey}
        >
          <Show when={shown().key} keyed>
            <Stage
              item={shown()}
              handle={stage}
              onTurn={turn}
              onTap={() => setBare(now => !now)}
              hasBefore={at() > 0}
              hasAfter={at() < props.list.length - 1}
            />
          </Show>
          <Head
            item={shown()}
            title={props.title}
            at={at()}
            count={props.list.length}
            onZoom={factor => stage.zoom?.(factor)}
          />
          <Show when={at() > 0}>
            <button
              type="button"
              class={cx(styles.turn, styles.before)}
              aria-label={t('media.previous')}
              onClick={() => turn(-1)}
            >
              <Icon name="chevron" size={26} />
            </button>
          </Show>
          <Show when={at() >= 0 && at() < props.list.length - 1}>
            <button
              type="button"
              class={cx(styles.turn, styles.after)}
              aria-label={t('media.next')}
              onClick={() => turn(1)}
            >
              <Icon name="chevron" size={26} />
            </button>
          </Show>
          <Show when={captionOf(shown())}>
            {caption => (
              <p class={styles.caption} dir="auto">
                {caption()}
              </p>
            )}
          </Show>
          <p class="visually-hidden" role="status">
            {props.list.length > 1 ? t('media.of', { at: at() + 1, count: props.list.length }) : ''}
          </p>
        </div>
      )}
    </Show>
  )

  function Head(head: {
    item: Viewed
    title: string | undefined
    at: number
    count: number
    onZoom: (factor: number) => void
  }): JSX.Element {
    const message = () => head.item.message
    const sender = () => {
      const from = message()?.from
      return head.title ?? (from ? engine.state.people[from]?.name : undefined) ?? ''
    }
    const save = () => {
      if (head.item.file) void engine.files.save(head.item.file).catch(() => undefined)
    }
    return (
      <header class={styles.head}>
        <div class={styles.who}>
          <bdi class={styles.name} dir="auto">
            {sender()}
          </bdi>
          <span class={styles.when}>
            <Show when={message()}>{known => <time>{fullMoment(known().at * 1000)}</time>}</Show>
            <Show when={head.count > 1 && head.at >= 0}>
              <span>{t('media.of', { at: head.at + 1, count: head.count })}</span>
            </Show>
          </span>
        </div>
        <Show when={head.item.kind === 'photo'}>
          <IconButton
            class={styles.wide ?? ''}
            kind="onDark"
            icon="zoomOut"
            label={t('media.zoomOut')}
            onClick={() => head.onZoom(1 / STEP)}
          />
          <IconButton
            class={styles.wide ?? ''}
            kind="onDark"
            icon="zoomIn"
            label={t('media.zoomIn')}
            onClick={() => head.onZoom(STEP)}
          />
        </Show>
        <Show when={message() && forwardFrom()}>
          {forward => (
            <IconButton
              kind="onDark"
              icon="forward"
              label={t('media.forward')}
              onClick={() => {
                const known = message()
                closeViewer()
                if (known) forward()(known.chat, [known.id])
              }}
            />
          )}
        </Show>
        <Show when={head.item.file}>
          <IconButton kind="onDark" icon="download" label={t('media.download')} onClick={save} />
        </Show>
        <IconButton kind="onDark" icon="close" label={t('common.close')} data-first-focus onClick={closeViewer} />
      </header>
    )
  }
}

/** One picture or video and what fingers do with it. */
function Stage(props: {
  item: Viewed
  handle: { zoom?: (factor: number) => void }
  onTurn: (by: 1 | -1) => boolean
  onTap: () => void
  hasBefore: boolean
  hasAfter: boolean
}): JSX.Element {
  const [pose, setPose] = createSignal<Pose>(UPRIGHT)
  const [drag, setDrag] = createSignal({ x: 0, y: 0 })
  const [isHeld, hold] = createSignal(false)
  const [room, setRoom] = createSignal<Box>({ width: window.innerWidth, height: window.innerHeight })
  const [natural, setNatural] = createSignal<Box>(props.item.sides)
  const picture = createMemo(() => fitInto(natural(), room(), ENLARGE_MAX))
  const isClose = () => pose().scale > 1.01
  const settle = (next: Pose) => setPose(kept(next, picture(), room()))
  let stage!: HTMLDivElement

  props.handle.zoom = factor => settle(factor === 0 ? UPRIGHT : zoomAt(pose(), { x: 0, y: 0 }, factor))
  onCleanup(() => {
    delete props.handle.zoom
  })
  onMount(() => {
    const measure = new ResizeObserver(() => setRoom({ width: stage.clientWidth, height: stage.clientHeight }))
    measure.observe(stage)
    onCleanup(() => measure.disconnect())
    useGestures(stage, {
      move: by => {
        hold(true)
        if (isClose()) settle({ ...pose(), x: pose().x + by.x, y: pose().y + by.y })
        else setDrag(now => ({ x: now.x + by.x, y: now.y + by.y }))
      },
      zoom: (at, factor) => props.item.kind === 'photo' && settle(zoomAt(pose(), at, factor)),
      end: (moved, ms) => {
        hold(false)
        if (!isClose()) swipe(moved, ms)
        setDrag({ x: 0, y: 0 })
      },
      tap: (_, event) => (event.target === stage && props.item.kind === 'photo' ? closeViewer() : props.onTap()),
      doubleTap: at =>
        props.item.kind === 'photo' && settle(isClose() ? UPRIGHT : zoomAt(UPRIGHT, at, DOUBLE_TAP_SCALE)),
    })
  })

  function swipe({ x, y }: { x: number; y: number }, ms: number): void {
    const isAcross = Math.abs(x) > Math.abs(y)
    const way = isAcross ? Math.abs(x) : Math.abs(y)
    if (way < SWIPE_MIN && way / Math.max(1, ms) < SWIPE_SPEED) return
    if (way < 24) return
    const isTurned = document.documentElement.dir === 'rtl'
    if (isAcross) props.onTurn(x < 0 !== isTurned ? 1 : -1)
    else closeViewer()
  }

  return (
    <div ref={stage} class={styles.stage} data-close={isClose() ? '' : undefined}>
      <div
        class={cx(styles.picture, isHeld() && styles.held)}
        style={{
          'inline-size': `${picture().width}px`,
          'block-size': `${picture().height}px`,
          transform: `translate(${pose().x + drag().x}px, ${pose().y + drag().y}px) scale(${pose().scale})`,
          opacity: 1 - Math.min(0.5, Math.abs(isClose() ? 0 : drag().y) / 500),
        }}
      >
        <Show when={props.item.kind === 'photo'} fallback={<Moving item={props.item} />}>
          <Still item={props.item} onNatural={setNatural} />
        </Show>
      </div>
    </div>
  )
}

/** The best copy that is here already, until the largest one is. */
function Still(props: { item: Viewed; onNatural: (sides: Box) => void }): JSX.Element {
  const engine = useEngine()
  const copies = props.item.stills.map((file, at) =>
    engine.files.view(() => file, { auto: at === props.item.stills.length - 1 }),
  )
  const best = () => copies.filter(copy => copy.url !== undefined).at(-1)?.url ?? props.item.preview
  const last = copies.at(-1)
  const alt = () => (props.item.message ? altText(props.item.message, 'photo') : t('media.profilePhoto'))
  return (
    <>
      <Show when={best()}>
        {address => (
          <img
            class={styles.fill}
            src={address()}
            alt={alt()}
            draggable={false}
            onLoad={event => {
              const { naturalWidth: width, naturalHeight: height } = event.currentTarget
              if (address() !== props.item.preview || props.item.sides.width === 0) props.onNatural({ width, height })
            }}
          />
        )}
      </Show>
      <Show when={last && last.state === 'running'}>
        <span class={styles.waiting}>
          <ProgressRing
            value={last && last.progress > 0 ? last.progress : null}
            label={t('media.downloading', { share: percent(last?.progress ?? 0) })}
          />
        </span>
      </Show>
      <Show when={last?.state === 'failed'}>
        <p class={styles.failed} role="status">
          {downloadFailure(last?.failure)}
        </p>
      </Show>
    </>
  )
}

/** A video or GIF: its still until it is here, then the browser's own player. */
function Moving(props: { item: Viewed }): JSX.Element {
  const engine = useEngine()
  const [unplayable, setUnplayable] = createSignal(false)
  const still = engine.files.view(() => props.item.stills.at(-1), { auto: true })
  const view = engine.files.view(() => props.item.file, { auto: true })
  const isPicture = () => props.item.file?.mime.startsWith('image/') === true
  const label = () => (props.item.message ? altText(props.item.message, props.item.kind) : t('media.video'))
  return (
    <Show
      when={view.url}
      fallback={
        <>
          <Show when={still.url ?? props.item.preview}>
            {address => <img class={styles.fill} src={address()} alt="" draggable={false} />}
          </Show>
          <Show when={view.state !== 'failed'} fallback={<p class={styles.failed}>{downloadFailure(view.failure)}</p>}>
            <span class={styles.waiting}>
              <ProgressRing
                value={view.progress > 0 ? view.progress : null}
                label={t('media.downloading', { share: percent(view.progress) })}
              />
            </span>
          </Show>
        </>
      }
    >
      {address => (
        <Show when={!unplayable()} fallback={<p class={styles.failed}>{t('media.noVideo')}</p>}>
          <Show when={!isPicture()} fallback={<img class={styles.fill} src={address()} alt={label()} />}>
            {/* biome-ignore lint/a11y/useMediaCaption: what people film comes without captions */}
            <video
              class={styles.fill}
              src={address()}
              controls
              autoplay
              playsinline
              loop={props.item.kind === 'gif'}
              aria-label={label()}
              onError={() => setUnplayable(true)}
            />
          </Show>
        </Show>
      )}
    </Show>
  )
}
