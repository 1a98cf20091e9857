import { createUniqueId, type JSX, onMount, Show } from 'solid-js'
import { Portal } from 'solid-js/web'
import { t } from '../i18n'
import { cx } from './cx'
import { IconButton } from './IconButton'
import { focusable, useLayer } from './layers'
import styles from './Dialog.module.css'

export interface DialogProps {
  open: boolean
  title: string
  onClose: () => void
  children: JSX.Element
  /** Buttons at the foot, the main one last. */
  actions?: JSX.Element
  /** `sheet` comes up from the lower edge on a phone and is a dialog elsewhere; `alert` is small, without a cross. */
  kind?: 'dialog' | 'sheet' | 'alert'
  /** Wider than a question needs: for pickers and lists. */
  size?: 'small' | 'medium' | 'large'
  /** Keeps the title for screen readers only. */
  hideTitle?: boolean
  /** No space around the content: it brings its own. */
  flush?: boolean
}

/** Something that must be dealt with first: holds the focus, closes by Escape, by its cross and by a press beside it. */
export function Dialog(props: DialogProps): JSX.Element {
  return (
    <Show when={props.open}>
      <Portal>
        <OpenDialog {...props} />
      </Portal>
    </Show>
  )
}

function OpenDialog(props: DialogProps): JSX.Element {
  const title = createUniqueId()
  let box!: HTMLDivElement
  let body!: HTMLDivElement
  useLayer(
    () => box,
    () => props.onClose(),
  )
  // What only scrolls must be reachable by keyboard too.
  onMount(() => {
    if (focusable(body).length === 0) body.tabIndex = 0
  })
  return (
    <div
      class={cx(styles.scrim, props.kind === 'sheet' && styles.fromBelow)}
      onPointerDown={event => {
        if (event.target === event.currentTarget) props.onClose()
      }}
    >
      <div
        ref={box}
        class={cx(styles.box, styles[props.size ?? 'small'])}
        role={props.kind === 'alert' ? 'alertdialog' : 'dialog'}
        aria-modal="true"
        aria-labelledby={title}
        tabindex="-1"
      >
        <header class={cx(styles.head, props.hideTitle && styles.bare)}>
          <h2 id={title} class={props.hideTitle ? 'visually-hidden' : styles.title} dir="auto">
            {props.title}
          </h2>
          <Show when={props.kind !== 'alert'}>
            <IconButton icon="close" label={t('common.close')} onClick={() => props.onClose()} />
          </Show>
        </header>
        <div ref={body} class={cx(styles.body, props.flush && styles.flush)}>
          {props.children}
        </div>
        <Show when={props.actions}>
          <footer class={styles.foot}>{props.actions}</footer>
        </Show>
      </div>
    </div>
  )
}
