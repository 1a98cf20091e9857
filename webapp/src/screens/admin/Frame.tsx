import { createEffect, createUniqueId, For, type JSX, Match, onMount, Show, Switch } from 'solid-js'
import { type Key, t } from '../../i18n'
import { href } from '../../router'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import type { IconName } from '../../ui/icons'
import { Spinner } from '../../ui/Spinner'
import styles from './Frame.module.css'
import type { Loaded } from './load'

interface Tab {
  name: string
  label: Key
  icon: IconName
}

/** The parts of the administration, in their order. */
export const TABS: readonly Tab[] = [
  { name: '', label: 'admin.overview', icon: 'gauge' },
  { name: 'people', label: 'admin.people', icon: 'people' },
  { name: 'invites', label: 'admin.invites', icon: 'ticket' },
  { name: 'reports', label: 'admin.reports', icon: 'megaphone' },
  { name: 'settings', label: 'admin.settings', icon: 'settings' },
  { name: 'audit', label: 'admin.audit', icon: 'clock' },
]

/** The bar with the way back, the parts, and what is shown of one. */
export function Frame(props: { tab?: string; onBack: () => void; children: JSX.Element }): JSX.Element {
  let heading!: HTMLHeadingElement
  onMount(() => heading.focus({ preventScroll: true }))
  return (
    <div class={styles.page}>
      <header class={styles.bar}>
        <IconButton icon="back" label={t('common.back')} onClick={() => props.onBack()} />
        <h1 class={styles.title} ref={heading} tabindex="-1">
          {t('admin.title')}
        </h1>
      </header>
      <Show when={props.tab !== undefined}>
        <nav class={styles.tabs} aria-label={t('admin.title')}>
          <For each={TABS}>
            {tab => (
              <a
                class={styles.tab}
                href={href(tab.name ? `/admin/${tab.name}` : '/admin')}
                aria-current={props.tab === tab.name ? 'page' : undefined}
                ref={element => followed(element, () => props.tab === tab.name)}
              >
                <Icon name={tab.icon} size={18} />
                <span>{t(tab.label)}</span>
              </a>
            )}
          </For>
        </nav>
      </Show>
      <div class={styles.scroll}>
        <div class={styles.content}>{props.children}</div>
      </div>
    </div>
  )
}

/** Keeps a part that is chosen in view where not all of them fit. */
function followed(element: HTMLElement, chosen: () => boolean): void {
  createEffect(() => {
    if (chosen()) requestAnimationFrame(() => element.scrollIntoView({ inline: 'center', block: 'nearest' }))
  })
}

/** Things that belong together. */
export function Card(props: { title?: string; hint?: string; end?: JSX.Element; children: JSX.Element }): JSX.Element {
  const title = createUniqueId()
  return (
    <section class={styles.section} aria-labelledby={props.title ? title : undefined}>
      <Show when={props.title}>
        <div class={styles.head}>
          <h2 class={styles.heading} id={title}>
            {props.title}
          </h2>
          {props.end}
        </div>
      </Show>
      <Show when={props.hint}>
        <p class={styles.hint}>{props.hint}</p>
      </Show>
      <div class={styles.card}>{props.children}</div>
    </section>
  )
}

/** What was loaded, or that it is on its way, or that it failed and can be tried again. */
export function Ready<T>(props: { of: Loaded<T>; children: (value: () => T) => JSX.Element }): JSX.Element {
  return (
    <Switch>
      <Match when={props.of.value() !== undefined}>{props.children(() => props.of.value() as T)}</Match>
      <Match when={props.of.failure()}>
        {words => (
          <div class={styles.empty}>
            <p>{words()}</p>
            <Button icon="refresh" onClick={() => void props.of.reload()}>
              {t('common.retry')}
            </Button>
          </div>
        )}
      </Match>
      <Match when={true}>
        <div class={styles.empty}>
          <Spinner size={28} />
        </div>
      </Match>
    </Switch>
  )
}

/** In place of an empty list. */
export function Empty(props: { children: JSX.Element }): JSX.Element {
  return <div class={styles.empty}>{props.children}</div>
}
