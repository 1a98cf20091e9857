import { createEffect, type JSX, onMount, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { IconButton } from '../../ui/IconButton'
import { DoorArt, Hills } from './DoorArt'
import styles from './Frame.module.css'
import { LanguageButton } from './LanguageButton'

/**
 * What every screen of the door stands in: beside it, where there is room, what this server is; above it on a phone, its sign. The heading takes the
 * focus when a screen comes, unless one of its fields does, so that screen readers begin there.
 */
export function Frame(props: {
  title: string
  lead?: JSX.Element
  /** Leads back; without it there is nowhere to go back to. */
  onBack?: () => void
  /** The first page: shows the picture on phones, too. */
  hero?: boolean
  children: JSX.Element
}): JSX.Element {
  const engine = useEngine()
  let heading!: HTMLHeadingElement
  let main!: HTMLElement
  createEffect(() => {
    document.title = `${props.title} · ${engine.state.server?.name ?? 'Kentong'}`
  })
  onMount(() => {
    queueMicrotask(() => {
      if (!main.contains(document.activeElement)) heading.focus({ preventScroll: true })
    })
  })
  return (
    <div class={styles.door}>
      <aside class={styles.side} aria-hidden="true">
        <Hills />
        <div class={styles.art}>
          <DoorArt />
        </div>
        <p class={styles.name}>{engine.state.server?.name ?? 'Kentong'}</p>
        <p class={styles.motto}>{t('door.about.title')}</p>
      </aside>
      <main class={styles.main} ref={main}>
        <header class={styles.bar}>
          <Show when={props.onBack} fallback={<span />}>
            {leave => <IconButton icon="back" label={t('common.back')} onClick={() => leave()()} />}
          </Show>
          <LanguageButton />
        </header>
        <div class={styles.content}>
          <Show when={props.hero}>
            <div class={styles.hero}>
              <Hills />
              <DoorArt />
            </div>
          </Show>
          <h1 class={styles.title} ref={heading} tabindex="-1" dir="auto">
            {props.title}
          </h1>
          <Show when={props.lead}>
            <div class={styles.lead}>{props.lead}</div>
          </Show>
          {props.children}
        </div>
      </main>
    </div>
  )
}
