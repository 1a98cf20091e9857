import { createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { RECENT_EMOJI } from '../../core/personal'
import { type Key, language, t } from '../../i18n'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/Icon'
import { TextField } from '../../ui/TextField'
import { touch } from '../../ui/surroundings'
import { COUNTRIES, EMOJI, type EmojiGroup } from './emojiData'
import styles from './EmojiPicker.module.css'

/** Emoji that are remembered as used last, and results shown. */
const RECENT = 32
const RESULTS = 120

interface Choice {
  emoji: string
  words: string
}

type Group = 'recent' | EmojiGroup | 'flags'

const TITLES: Readonly<Record<Group, Key>> = {
  recent: 'chat.emojiRecent',
  smileys: 'chat.emojiSmileys',
  people: 'chat.emojiPeople',
  hearts: 'chat.emojiHearts',
  nature: 'chat.emojiNature',
  food: 'chat.emojiFood',
  activities: 'chat.emojiActivities',
  travel: 'chat.emojiTravel',
  objects: 'chat.emojiObjects',
  symbols: 'chat.emojiSymbols',
  flags: 'chat.emojiFlags',
}

/** Emoji by group, by use and by name. Arrow keys walk through them; loaded when first opened. */
export default function EmojiPicker(props: { onChoose: (emoji: string) => void; onClose: () => void }): JSX.Element {
  const [query, setQuery] = createSignal('')
  const [recent, setRecent] = createSignal(readRecent())
  let box!: HTMLDivElement
  const groups = createMemo(() => allGroups(recent()))
  const found = createMemo(() => search(groups(), query().trim().toLocaleLowerCase()))
  const choose = (emoji: string): void => {
    setRecent(keepRecent(emoji))
    props.onChoose(emoji)
  }
  onMount(() => {
    if (!touch()) box.querySelector('input')?.focus({ preventScroll: true })
    const outside = (event: PointerEvent): void => {
      const inside =
        event.target instanceof Node && (box.contains(event.target) || box.parentElement?.contains(event.target))
      if (!inside) props.onClose()
    }
    document.addEventListener('pointerdown', outside)
    onCleanup(() => document.removeEventListener('pointerdown', outside))
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') props.onClose()
    else if (!walk(event, box)) return
    event.preventDefault()
    event.stopPropagation()
  }
  const Grid = (grid: { choices: readonly Choice[]; label: string }): JSX.Element => (
    <div class={styles.grid} role="group" aria-label={grid.label}>
      <For each={grid.choices}>
        {({ emoji, words }) => (
          <button
            type="button"
            class={styles.emoji}
            title={words}
            aria-label={words ? `${emoji} ${words}` : emoji}
            data-emoji
            onClick={() => choose(emoji)}
          >
            {emoji}
          </button>
        )}
      </For>
    </div>
  )
  return (
    <div ref={box} class={styles.picker} role="group" aria-label={t('chat.emoji')} onKeyDown={onKeyDown}>
      <TextField
        label={t('chat.emojiSearch')}
        hideLabel
        icon="search"
        type="search"
        placeholder={t('chat.emojiSearch')}
        value={query()}
        onInput={setQuery}
        autocomplete="off"
      />
      <div class={styles.tabs}>
        <For each={[...groups().keys()]}>
          {group => (
            <button
              type="button"
              class={styles.tab}
              title={t(TITLES[group])}
              aria-label={t(TITLES[group])}
              onClick={() => {
                setQuery('')
                queueMicrotask(() => box.querySelector(`[data-group="${group}"]`)?.scrollIntoView({ block: 'start' }))
              }}
            >
              <Show when={group !== 'recent'} fallback={<Icon name="clock" size={20} />}>
                {groups().get(group)?.[0]?.emoji}
              </Show>
            </button>
          )}
        </For>
      </div>
      <div class={styles.list}>
        <Show
          when={!query().trim()}
          fallback={
            <Show when={found().length > 0} fallback={<p class={styles.none}>{t('chat.emojiNone')}</p>}>
              <Grid choices={found()} label={t('chat.searchResults')} />
            </Show>
          }
        >
          <For each={[...groups()]}>
            {([group, choices]) => (
              <section class={cx(styles.group)} data-group={group}>
                <h2 class={styles.title}>{t(TITLES[group])}</h2>
                <Grid choices={choices} label={t(TITLES[group])} />
              </section>
            )}
          </For>
        </Show>
      </div>
    </div>
  )
}

function allGroups(recent: readonly string[]): Map<Group, Choice[]> {
  const groups = new Map<Group, Choice[]>()
  if (recent.length > 0)
    groups.set(
      'recent',
      recent.map(emoji => ({ emoji, words: '' })),
    )
  for (const [group, lines] of Object.entries(EMOJI)) groups.set(group as EmojiGroup, lines.split('\n').map(choiceOf))
  groups.set('flags', flags())
  return groups
}

function choiceOf(line: string): Choice {
  const gap = line.indexOf(' ')
  return { emoji: line.slice(0, gap), words: line.slice(gap + 1) }
}

function flags(): Choice[] {
  const names = new Intl.DisplayNames([language(), 'en'], { type: 'region' })
  return COUNTRIES.split(' ').map(code => {
    const letters = [...code].map(letter => String.fromCodePoint(0x1f1e6 + letter.charCodeAt(0) - 65))
    return { emoji: letters.join(''), words: names.of(code) ?? code }
  })
}

function search(groups: ReadonlyMap<Group, readonly Choice[]>, wanted: string): Choice[] {
  if (!wanted) return []
  const found: Choice[] = []
  for (const [group, choices] of groups) {
    if (group === 'recent') continue
    for (const choice of choices) {
      if (found.length >= RESULTS) return found
      const fits =
        choice.words
          .toLocaleLowerCase()
          .split(' ')
          .some(word => word.startsWith(wanted)) || choice.words.toLocaleLowerCase().startsWith(wanted)
      if (fits || choice.emoji === wanted) found.push(choice)
    }
  }
  return found
}

/** Arrow keys between emoji: sideways by one, up and down by a row. From the search field down to the first. */
function walk(event: KeyboardEvent, box: HTMLElement): boolean {
  const all = [...box.querySelectorAll<HTMLElement>('[data-emoji]')]
  const at = all.indexOf(document.activeElement as HTMLElement)
  if (at < 0 && event.key !== 'ArrowDown') {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return false
    all[0]?.click()
    return true
  }
  const sideways = document.documentElement.dir === 'rtl' ? -1 : 1
  const next =
    event.key === 'ArrowRight'
      ? at + sideways
      : event.key === 'ArrowLeft'
        ? at - sideways
        : event.key === 'ArrowDown'
          ? below(all, at, 1)
          : event.key === 'ArrowUp'
            ? below(all, at, -1)
            : undefined
  if (next === undefined) return false
  if (next < 0) box.querySelector('input')?.focus()
  all[Math.min(next, all.length - 1)]?.focus()
  return true
}

/** The one under or over it: the nearest sideways in the next row. */
function below(all: readonly HTMLElement[], at: number, by: 1 | -1): number {
  if (at < 0) return 0
  const from = all[at]?.getBoundingClientRect()
  if (!from) return at
  let best = by > 0 ? at : -1
  let distance = Number.POSITIVE_INFINITY
  for (let next = at + by; next >= 0 && next < all.length; next += by) {
    const to = all[next]?.getBoundingClientRect()
    if (!to || Math.abs(to.top - from.top) < 4) continue
    const away = Math.abs(to.left - from.left) + Math.abs(to.top - from.top) * 4
    if (away >= distance) break
    distance = away
    best = next
  }
  return best
}

function readRecent(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RECENT_EMOJI) ?? '[]')
    return Array.isArray(kept) ? kept.filter(emoji => typeof emoji === 'string').slice(0, RECENT) : []
  } catch {
    return []
  }
}

function keepRecent(emoji: string): readonly string[] {
  const next = [emoji, ...readRecent().filter(other => other !== emoji)].slice(0, RECENT)
  try {
    localStorage.setItem(RECENT_EMOJI, JSON.stringify(next))
  } catch {
    // Without storage the list lasts as long as the page.
  }
  return next
}
