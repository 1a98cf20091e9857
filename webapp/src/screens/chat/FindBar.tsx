import { createEffect, createSignal, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import type { Message } from '../../core/types'
import { t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import { Spinner } from '../../ui/Spinner'
import { failureWords } from '../shell/say'
import { useDesk } from './desk'
import styles from './FindBar.module.css'

/** Milliseconds of quiet before the search begins. */
const QUIET = 300

/** Search within the conversation: newest first, Enter to the next older, Shift+Enter back, Escape ends it. */
export function FindBar(): JSX.Element {
  const desk = useDesk()
  let field!: HTMLInputElement
  const [found, setFound] = createSignal<readonly Message[]>([])
  const [total, setTotal] = createSignal(0)
  const [next, setNext] = createSignal<string>()
  const [at, setAt] = createSignal(-1)
  const [busy, setBusy] = createSignal(false)
  const [failure, setFailure] = createSignal<string>()
  const query = (): string => (desk.query() ?? '').trim()

  const show = (index: number): void => {
    const message = found()[index]
    if (!message) return
    setAt(index)
    void desk.jump(message.id)
  }
  const search = async (text: string, signal: AbortSignal): Promise<void> => {
    try {
      const page = await desk.engine.history.find(desk.id, text, { signal })
      if (signal.aborted) return
      setFound(page.messages)
      setTotal(page.total)
      setNext(page.next)
      setFailure(undefined)
      show(0)
    } catch (cause) {
      if (!signal.aborted) setFailure(failureWords(cause))
    } finally {
      if (!signal.aborted) setBusy(false)
    }
  }
  createEffect(
    on(query, text => {
      setFound([])
      setTotal(0)
      setAt(-1)
      setBusy(text.length > 0)
      if (!text) return
      const controller = new AbortController()
      const timer = setTimeout(() => void search(text, controller.signal), QUIET)
      onCleanup(() => {
        clearTimeout(timer)
        controller.abort()
      })
    }),
  )
  const older = async (): Promise<void> => {
    const more = next()
    if (at() + 1 < found().length) return show(at() + 1)
    if (!more || busy()) return
    const text = query()
    setBusy(true)
    try {
      const page = await desk.engine.history.find(desk.id, text, { next: more })
      if (text !== query()) return
      setFound(before => [...before, ...page.messages])
      setNext(page.next)
      show(at() + 1)
    } catch (cause) {
      setFailure(failureWords(cause))
    } finally {
      setBusy(false)
    }
  }
  const newer = (): void => show(at() - 1)
  const close = (): void => {
    desk.find(undefined)
    desk.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter') event.shiftKey ? newer() : void older()
    else if (event.key === 'ArrowUp') void older()
    else if (event.key === 'ArrowDown') newer()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  onMount(() => field.focus())
  const said = (): string => {
    if (failure()) return failure() ?? ''
    if (!query() || busy()) return ''
    return total() === 0
      ? t('chat.findNone')
      : t('chat.findAt', { at: at() + 1, total: Math.max(total(), found().length) })
  }
  return (
    <search class={styles.bar}>
      <h1 class="visually-hidden">{t('chat.searchHere')}</h1>
      <IconButton icon="back" label={t('common.close')} onClick={close} />
      <div class={styles.box}>
        <Icon name="search" size={20} class={styles.icon} />
        <input
          ref={field}
          class={styles.input}
          type="search"
          dir="auto"
          maxLength={128}
          autocomplete="off"
          enterkeyhint="search"
          placeholder={t('chat.searchHere')}
          aria-label={t('chat.searchHere')}
          value={desk.query() ?? ''}
          onInput={event => desk.find(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Show when={busy()}>
          <Spinner size={18} />
        </Show>
        <span class={styles.count} role="status">
          {said()}
        </span>
      </div>
      <IconButton
        icon="chevronUp"
        label={t('chat.findOlder')}
        disabled={at() + 1 >= found().length && !next()}
        onClick={() => void older()}
      />
      <IconButton icon="chevronDown" label={t('chat.findNewer')} disabled={at() <= 0} onClick={newer} />
    </search>
  )
}
