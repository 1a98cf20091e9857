import { createUniqueId, type JSX, onMount, Show } from 'solid-js'
import { t } from '../../i18n'
import { IconButton } from '../../ui/IconButton'
import styles from './Page.module.css'

/** One page of the settings: a bar that leads back, and a column of sections. */
export function Page(props: {
  title: string
  onBack: () => void
  end?: JSX.Element
  children: JSX.Element
}): JSX.Element {
  let heading!: HTMLHeadingElement
  onMount(() => heading.focus({ preventScroll: true }))
  return (
    <div class={styles.page}>
      <header class={styles.bar}>
        <IconButton icon="back" label={t('common.back')} onClick={() => props.onBack()} />
        <h1 class={styles.title} ref={heading} tabindex="-1" dir="auto">
          {props.title}
        </h1>
        {props.end}
      </header>
      <div class={styles.scroll}>
        <div class={styles.content}>{props.children}</div>
      </div>
    </div>
  )
}

/** Things that belong together, on a card. */
export function Section(props: {
  title?: string
  hint?: JSX.Element
  children: JSX.Element
  flush?: boolean
}): JSX.Element {
  const title = createUniqueId()
  return (
    <section class={styles.section} aria-labelledby={props.title ? title : undefined}>
      <Show when={props.title}>
        <h2 class={styles.heading} id={title}>
          {props.title}
        </h2>
      </Show>
      <div class={styles.card} data-flush={props.flush ? '' : undefined}>
        {props.children}
      </div>
      <Show when={props.hint}>
        <div class={styles.hint}>{props.hint}</div>
      </Show>
    </section>
  )
}

/** A name and its value, to be read. */
export function Fact(props: { label: string; children: JSX.Element; end?: JSX.Element }): JSX.Element {
  return (
    <div class={styles.fact}>
      <div class={styles.factWords}>
        <span class={styles.label}>{props.label}</span>
        <span class={styles.value}>{props.children}</span>
      </div>
      {props.end}
    </div>
  )
}
