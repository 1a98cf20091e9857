import { type JSX, Show } from 'solid-js'
import { Icon } from '../../ui/Icon'
import type { IconName } from '../../ui/icons'
import styles from './form.module.css'

/** Something to know before going on. */
export function Note(props: { icon?: IconName; children: JSX.Element }): JSX.Element {
  return (
    <div class={styles.note}>
      <Icon name={props.icon ?? 'info'} size={20} />
      <div>{props.children}</div>
    </div>
  )
}

/** What went wrong; announced as soon as it comes. */
export function Wrong(props: { text: string | undefined }): JSX.Element {
  return (
    <div role="alert">
      <Show when={props.text}>
        <div class={styles.wrong}>
          <Icon name="alert" size={20} />
          <p>{props.text}</p>
        </div>
      </Show>
    </div>
  )
}

/** A number as people write it, from left to right in any language. */
export function Num(props: { children: string }): JSX.Element {
  return (
    <strong class={styles.number} dir="ltr">
      {props.children}
    </strong>
  )
}
