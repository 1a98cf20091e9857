import { createSignal, type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import { PROFILE_SIDE } from '../../core/media/limits'
import { cutSquare } from '../../core/media/picture'
import type { Person } from '../../core/types'
import { t } from '../../i18n'
import { percent } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { confirm } from '../../ui/confirm'
import { Dialog } from '../../ui/Dialog'
import { Icon } from '../../ui/Icon'
import { ProgressRing } from '../../ui/ProgressRing'
import { toast } from '../../ui/toast'
import { say } from '../shell/say'
import { useGestures } from './gestures'
import { PersonAvatar } from './PersonAvatar'
import { pickFiles } from './pick'
import styles from './ProfilePhoto.module.css'
import { type Box, framed, kept, type Pose, SCALE_MAX, UPRIGHT, zoomAt } from './zoom'

/** Side of the frame in which the square is chosen, in pixels. */
const FRAME = 288
/** A step of the arrow keys, in pixels. */
const KEY_STEP = 12

/** One's own photo: chosen, cut to a square, brought up, or removed. */
export function ProfilePhotoDialog(props: { open: boolean; onClose: () => void }): JSX.Element {
  return (
    <Show when={props.open}>
      <Open onClose={props.onClose} />
    </Show>
  )
}

function Open(props: { onClose: () => void }): JSX.Element {
  const engine = useEngine()
  const me = (): Person | undefined => {
    const { session, people } = engine.state
    return session.step === 'ready' ? people[session.me] : undefined
  }
  const [file, setFile] = createSignal<File>()
  const [share, setShare] = createSignal<number>()
  const stop = new AbortController()
  onCleanup(() => stop.abort(new DOMException('left', 'AbortError')))

  const choose = async () => {
    const [chosen] = await pickFiles('media', { single: true, accept: 'image/*' })
    if (chosen) setFile(chosen)
  }
  const save = async (cut: Parameters<typeof cutSquare>[1]) => {
    const chosen = file()
    if (!chosen) return
    setShare(0)
    try {
      const square = await cutSquare(chosen, cut, PROFILE_SIDE)
      if (!square) throw new Error('the picture could not be cut')
      const photo = { file: square, name: 'profile.jpg', as: 'photo' } as const
      await engine.people.setPhoto(photo, (sent, total) => setShare(total > 0 ? sent / total : 0), stop.signal)
      props.onClose()
    } catch (cause) {
      if (!stop.signal.aborted) say(cause)
    } finally {
      setShare(undefined)
    }
  }
  const remove = async () => {
    const photo = me()?.photo
    if (!photo) return
    const isSure = await confirm({ title: t('media.removePhotoAsk'), action: t('media.removePhoto'), danger: true })
    if (!isSure) return
    await engine.people.removePhoto(photo.id).then(props.onClose, say)
  }

  return (
    <Dialog open title={t(file() ? 'media.crop' : 'media.profilePhoto')} onClose={props.onClose}>
      <Switch
        fallback={
          <div class={styles.present}>
            <PersonAvatar person={me()} size={160} />
            <div class={styles.buttons}>
              <Button kind="primary" icon="image" wide onClick={() => void choose()}>
                {t('media.choosePhoto')}
              </Button>
              <Show when={me()?.photo}>
                <Button kind="plain" icon="trash" wide onClick={() => void remove()}>
                  {t('media.removePhoto')}
                </Button>
              </Show>
            </div>
          </div>
        }
      >
        <Match when={share() !== undefined}>
          <div class={styles.present}>
            <ProgressRing
              value={share() || null}
              size={96}
              label={t('media.uploading', { share: percent(share() ?? 0) })}
            />
            <Button kind="plain" onClick={props.onClose}>
              {t('common.cancel')}
            </Button>
          </div>
        </Match>
        <Match when={file()} keyed>
          {chosen => (
            <Cropping
              file={chosen}
              onCut={cut => void save(cut)}
              onOther={() => void choose()}
              onBroken={() => {
                toast({ text: t('media.notPicture'), kind: 'error' })
                setFile(undefined)
              }}
            />
          )}
        </Match>
      </Switch>
    </Dialog>
  )
}

/** By a call, since what is constant is written into the markup as a style attribute, which the page's policy refuses. */
function sizeOf(box: Box): JSX.CSSProperties {
  return { 'inline-size': `${box.width}px`, 'block-size': `${box.height}px` }
}

/** The picture behind a round window: moved and enlarged until what shows is what should. */
function Cropping(props: {
  file: File
  onCut: (cut: ReturnType<typeof framed>) => void
  onOther: () => void
  onBroken: () => void
}): JSX.Element {
  const url = URL.createObjectURL(props.file)
  onCleanup(() => URL.revokeObjectURL(url))
  const [natural, setNatural] = createSignal<Box>()
  const [pose, setPose] = createSignal<Pose>(UPRIGHT)
  const frame: Box = { width: FRAME, height: FRAME }
  /** As small as it can be while it fills the frame. */
  const shown = (): Box => {
    const { width, height } = natural() ?? frame
    const scale = FRAME / Math.min(width, height)
    return { width: width * scale, height: height * scale }
  }
  const settle = (next: Pose) => setPose(kept(next, shown(), frame))
  let stage!: HTMLDivElement
  onMount(() =>
    useGestures(stage, {
      move: by => settle({ ...pose(), x: pose().x + by.x, y: pose().y + by.y }),
      zoom: (at, factor) => settle(zoomAt(pose(), at, factor)),
      end: () => undefined,
      tap: () => undefined,
      doubleTap: at => settle(pose().scale > 1.01 ? UPRIGHT : zoomAt(UPRIGHT, at, 2)),
    }),
  )
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [KEY_STEP, 0],
      ArrowRight: [-KEY_STEP, 0],
      ArrowUp: [0, KEY_STEP],
      ArrowDown: [0, -KEY_STEP],
    }
    const step = steps[event.key]
    if (step) settle({ ...pose(), x: pose().x + step[0], y: pose().y + step[1] })
    else if (event.key === '+' || event.key === '=') settle(zoomAt(pose(), { x: 0, y: 0 }, 1.2))
    else if (event.key === '-') settle(zoomAt(pose(), { x: 0, y: 0 }, 1 / 1.2))
    else return
    event.preventDefault()
  }
  const cut = () => {
    const size = natural()
    if (size) props.onCut(framed(pose(), size, shown(), FRAME))
  }
  return (
    <div class={styles.cropping}>
      <div
        ref={stage}
        class={styles.stage}
        style={sizeOf(frame)}
        role="application"
        tabindex="0"
        aria-label={t('media.cropHint')}
        onKeyDown={onKey}
      >
        <img
          class={styles.picture}
          src={url}
          alt=""
          draggable={false}
          style={{
            'inline-size': `${shown().width}px`,
            'block-size': `${shown().height}px`,
            transform: `translate(calc(-50% + ${pose().x}px), calc(-50% + ${pose().y}px)) scale(${pose().scale})`,
          }}
          onLoad={event =>
            setNatural({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
          }
          onError={() => props.onBroken()}
        />
        <span class={styles.window} aria-hidden="true" />
      </div>
      <label class={styles.zoom}>
        <Icon name="image" size={18} />
        <span class="visually-hidden">{t('media.cropZoom')}</span>
        <input
          type="range"
          min="0"
          max="100"
          value={Math.round((Math.log(pose().scale) / Math.log(SCALE_MAX)) * 100)}
          onInput={event => {
            const scale = SCALE_MAX ** (Number(event.currentTarget.value) / 100)
            settle(zoomAt(pose(), { x: 0, y: 0 }, scale / pose().scale))
          }}
        />
        <Icon name="image" size={26} />
      </label>
      <p class={styles.hint}>{t('media.cropHint')}</p>
      <div class={styles.actions}>
        <Button kind="plain" onClick={() => props.onOther()}>
          {t('media.choosePhoto')}
        </Button>
        <Button kind="primary" disabled={!natural()} onClick={cut}>
          {t('media.setPhoto')}
        </Button>
      </div>
    </div>
  )
}
