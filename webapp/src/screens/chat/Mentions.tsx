import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js'
import type { Person, PersonId } from '../../core/types'
import { t } from '../../i18n'
import { cx } from '../../ui/cx'
import { PersonAvatar } from '../media/PersonAvatar'
import { personName } from '../shell/names'
import styles from './Mentions.module.css'
import { useDesk } from './desk'
import { insert } from './typing'

/** People offered at once. */
const OFFERED = 6

/** The @name that is being typed before the caret: what was typed of it. */
export function mentionBefore(text: string, caret: number): string | undefined {
  return /(?:^|[\s(])@([\p{L}\p{N}_]{0,32})$/u.exec(text.slice(0, caret))?.[1]
}

/** Offers people while an @ is typed. Arrow keys choose, Enter and Tab take, Escape leaves it. */
export function Mentions(props: {
  text: string
  caret: number
  field: () => HTMLTextAreaElement
  onMention: (name: string, person: PersonId) => void
}): JSX.Element {
  const desk = useDesk()
  const [at, setAt] = createSignal(0)
  const [dismissed, setDismissed] = createSignal<string>()
  const typed = createMemo(() => mentionBefore(props.text, props.caret))
  const offered = createMemo(() => {
    const wanted = typed()?.toLocaleLowerCase()
    if (wanted === undefined || dismissed() === props.text.slice(0, props.caret)) return []
    return candidates(desk.engine.state.people, wanted)
  })
  createEffect(on(offered, () => setAt(0)))
  const take = (person: Person): void => {
    const field = props.field()
    const start = props.caret - (typed()?.length ?? 0) - 1
    field.setSelectionRange(start, props.caret)
    const name = `@${person.username ?? personName(person).replace(/\s+/g, ' ')}`
    if (!person.username) props.onMention(name, person.id)
    insert(field, `${name} `)
    field.focus({ preventScroll: true })
  }
  const onKey = (event: KeyboardEvent): void => {
    const all = offered()
    if (all.length === 0 || event.isComposing || event.target !== props.field()) return
    const chosen = all[at()]
    if (event.key === 'ArrowDown') setAt(now => (now + 1) % all.length)
    else if (event.key === 'ArrowUp') setAt(now => (now + all.length - 1) % all.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) take(chosen)
    else if (event.key === 'Escape') setDismissed(props.text.slice(0, props.caret))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  // Before the field's own keys, and only while something is offered.
  createEffect(() => {
    const open = offered().length > 0
    const field = props.field()
    if (!open) return
    document.addEventListener('keydown', onKey, true)
    field.setAttribute('aria-controls', 'mentions')
    createEffect(() => field.setAttribute('aria-activedescendant', `mention-${at()}`))
    onCleanup(() => {
      document.removeEventListener('keydown', onKey, true)
      field.removeAttribute('aria-controls')
      field.removeAttribute('aria-activedescendant')
    })
  })
  return (
    <Show when={offered().length > 0}>
      <div class={styles.list} id="mentions" role="listbox" aria-label={t('chat.mentions')}>
        <For each={offered()}>
          {(person, index) => (
            <div
              id={`mention-${index()}`}
              class={cx(styles.person, index() === at() && styles.active)}
              role="option"
              tabindex="-1"
              aria-selected={index() === at()}
              onPointerDown={event => {
                event.preventDefault()
                take(person)
              }}
            >
              <PersonAvatar person={person} size={32} />
              <span class={styles.name} dir="auto">
                {personName(person)}
              </span>
              <span class={styles.username}>{person.username ? `@${person.username}` : ''}</span>
            </div>
          )}
        </For>
      </div>
    </Show>
  )
}

function candidates(people: Readonly<Record<string, Person | undefined>>, wanted: string): Person[] {
  const found: Person[] = []
  for (const id in people) {
    const person = people[id]
    if (!person || person.deleted || person.service || person.self) continue
    const fits =
      person.username?.toLowerCase().startsWith(wanted) ||
      person.name
        .toLocaleLowerCase()
        .split(/\s+/)
        .some(word => word.startsWith(wanted))
    if (fits) found.push(person)
    if (found.length === OFFERED) break
  }
  return found
}
