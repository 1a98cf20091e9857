import { createSignal, type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import styles from './DropZone.module.css'
import { filesOf, holdsFiles } from './pick'

/** A part of the page that takes files that are dragged onto it. */
export function DropZone(props: {
  onFiles: (files: File[]) => void
  children: JSX.Element
  class?: string
}): JSX.Element {
  const [isOver, setOver] = createSignal(false)
  let depth = 0 // dragenter and dragleave come for every element inside
  const enter = (event: DragEvent) => {
    if (!holdsFiles(event.dataTransfer)) return
    event.preventDefault()
    depth += 1
    setOver(true)
  }
  const over = (event: DragEvent) => {
    if (!holdsFiles(event.dataTransfer) || !event.dataTransfer) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
  }
  const leave = () => {
    depth = Math.max(0, depth - 1)
    if (depth === 0) setOver(false)
  }
  const drop = (event: DragEvent) => {
    depth = 0
    setOver(false)
    if (!holdsFiles(event.dataTransfer)) return
    event.preventDefault()
    const files = filesOf(event.dataTransfer)
    if (files.length > 0) props.onFiles(files)
  }
  return (
    <div
      class={`${styles.zone} ${props.class ?? ''}`}
      onDragEnter={enter}
      onDragOver={over}
      onDragLeave={leave}
      onDrop={drop}
    >
      {props.children}
      <Show when={isOver()}>
        <div class={styles.over} aria-hidden="true">
          <div class={styles.frame}>
            <Icon name="upload" size={40} />
            <strong>{t('media.dropHere')}</strong>
            <span>{t('media.dropHint')}</span>
          </div>
        </div>
      </Show>
    </div>
  )
}
