/**
 * Short notices that come and go: `toast({ text })`. `<Toaster/>` is mounted once, beside the app. They are announced;
 * they stay while pointed at or focused, and one with an action stays longer, so that nobody has to hurry.
 */
import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { Portal } from 'solid-js/web'
import { t } from '../i18n'
import { Icon } from './Icon'
import { IconButton } from './IconButton'
import type { IconName } from './icons'
import styles from './toast.module.css'

export interface Notice {
  text: string
  kind?: 'info' | 'success' | 'error'
  icon?: IconName
  action?: { label: string; onPress: () => void }
}

interface Shown extends Notice {
  id: number
}

/** Notices shown at once; the oldest gives way. */
const NOTICES = 3
/** Milliseconds a notice stays, and one that can be answered or that reports a failure. */
const STAY = 4_000
const STAY_LONGER = 8_000

const [shown, setShown] = createSignal<readonly Shown[]>([])
let count = 0

/** Shows a notice and gives back what takes it away again. The same words twice are shown once. */
export function toast(notice: Notice): () => void {
  const id = ++count
  setShown(before => [...before.filter(other => other.text !== notice.text), { ...notice, id }].slice(-NOTICES))
  return () => dismiss(id)
}

function dismiss(id: number): void {
  setShown(before => before.filter(notice => notice.id !== id))
}

export function Toaster(): JSX.Element {
  return (
    <Portal>
      <div class={styles.place} role="status" aria-live="polite" data-above-layers>
        <For each={shown()}>{notice => <Toast notice={notice} />}</For>
      </div>
    </Portal>
  )
}

function Toast(props: { notice: Shown }): JSX.Element {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stay = (): number => (props.notice.action || props.notice.kind === 'error' ? STAY_LONGER : STAY)
  const hold = (): void => clearTimeout(timer)
  const run = (): void => {
    hold()
    timer = setTimeout(() => dismiss(props.notice.id), stay())
  }
  onMount(run)
  onCleanup(hold)
  const sign = (): IconName | undefined =>
    props.notice.icon ??
    (props.notice.kind === 'error' ? 'alert' : props.notice.kind === 'success' ? 'check' : undefined)
  return (
    <div
      class={styles.toast}
      data-kind={props.notice.kind ?? 'info'}
      onPointerEnter={hold}
      onPointerLeave={run}
      onFocusIn={hold}
      onFocusOut={run}
    >
      <Show when={sign()}>{name => <Icon name={name()} size={20} />}</Show>
      <span class={styles.text} dir="auto">
        {props.notice.text}
      </span>
      <Show when={props.notice.action}>
        {action => (
          <button
            type="button"
            class={styles.action}
            onClick={() => {
              const { onPress } = action()
              dismiss(props.notice.id)
              onPress()
            }}
          >
            {action().label}
          </button>
        )}
      </Show>
      <IconButton
        icon="close"
        size={18}
        kind="onDark"
        label={t('common.close')}
        onClick={() => dismiss(props.notice.id)}
      />
    </div>
  )
}
