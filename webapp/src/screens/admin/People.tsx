import { createEffect, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js'
import { t } from '../../i18n'
import { phoneNumber, shortMoment } from '../../i18n/format'
import { go } from '../../router'
import { Avatar } from '../../ui/Avatar'
import { Button } from '../../ui/Button'
import { ListRow } from '../../ui/ListRow'
import { TextField } from '../../ui/TextField'
import { useOrders } from './context'
import { Card, Empty, Ready } from './Frame'
import { load } from './load'
import type { Found, UserRow } from './orders'
import styles from './People.module.css'
import { attempt, failureWords } from './words'

/** Milliseconds of quiet after which what was typed is looked for. */
const QUIET = 300
/** Longest text that is looked for, in characters. */
const SEARCH_MAX = 100

/** Who waits, who came last, and whoever is looked for. */
export function People(): JSX.Element {
  const orders = useOrders()
  const [text, setText] = createSignal('')
  const [found, setFound] = createSignal<Found>()
  const [failure, setFailure] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const latest = load(() => orders.latest())
  const look = async (more: boolean): Promise<void> => {
    const wanted = text().trim()
    if (wanted === '') return void setFound(undefined)
    setBusy(true)
    setFailure(undefined)
    try {
      const page = await orders.search(wanted, more ? (found()?.next ?? 0) : 0)
      if (wanted !== text().trim()) return
      const before = more ? (found()?.people ?? []) : []
      setFound({ people: [...before, ...page.people], next: page.next })
    } catch (cause) {
      setFailure(failureWords(cause))
    } finally {
      setBusy(false)
    }
  }
  createEffect(
    on(text, () => {
      const timer = setTimeout(() => void look(false), QUIET)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  return (
    <>
      <TextField
        label={t('admin.searchLabel')}
        hideLabel
        type="search"
        icon="search"
        placeholder={t('admin.searchLabel')}
        hint={t('admin.searchHint')}
        error={failure()}
        maxLength={SEARCH_MAX}
        value={text()}
        onInput={setText}
      />
      <Show
        when={found()}
        fallback={
          <>
            <Waiting />
            <Card title={t('admin.latest')}>
              <Ready of={latest}>
                {people => (
                  <Show when={people().length > 0} fallback={<Empty>{t('admin.nobody')}</Empty>}>
                    <Rows people={people()} />
                  </Show>
                )}
              </Ready>
            </Card>
          </>
        }
      >
        {page => (
          <Card title={t('admin.found')}>
            <Show when={page().people.length > 0} fallback={<Empty>{t('admin.notFound')}</Empty>}>
              <Rows people={page().people} />
            </Show>
            <Show when={page().next > 0}>
              <Button kind="plain" busy={busy()} onClick={() => void look(true)}>
                {t('admin.searchOn')}
              </Button>
            </Show>
          </Card>
        )}
      </Show>
    </>
  )
}

function Rows(props: { people: UserRow[] }): JSX.Element {
  return (
    <ul class={styles.rows}>
      <For each={props.people}>
        {person => (
          <li>
            <ListRow
              start={<Avatar name={person.name} colour={person.id % 7} size={44} />}
              title={person.name || t('admin.deletedPerson')}
              subtitle={whoIs(person)}
              end={<Marks of={person} />}
              onClick={() => go(`/admin/people/${person.id}`)}
            />
          </li>
        )}
      </For>
    </ul>
  )
}

function whoIs(person: UserRow): string {
  const name = person.username && `@${person.username}`
  const phone = person.phone && phoneNumber(person.phone.slice(1))
  return [name, phone].filter(Boolean).join(' · ')
}

/** What is special about somebody, and since when they are here. */
export function Marks(props: { of: UserRow }): JSX.Element {
  return (
    <span class={styles.marks}>
      <For each={props.of.marks}>{mark => <Mark mark={mark} />}</For>
      <Show when={props.of.since > 0 && props.of.marks.length === 0}>{shortMoment(props.of.since * 1000)}</Show>
    </span>
  )
}

/** One of the server's marks, in the person's language. */
export function Mark(props: { mark: string }): JSX.Element {
  const words = (): string => {
    if (props.mark === 'administrator') return t('admin.markAdministrator')
    if (props.mark === 'banned') return t('admin.markBanned')
    if (props.mark === 'second password') return t('admin.markPassword')
    if (props.mark === 'deleted') return t('admin.markDeleted')
    return props.mark
  }
  return (
    <span class={styles.mark} data-mark={props.mark}>
      {words()}
    </span>
  )
}

/** Those who asked to be let in; nothing while there are none. */
function Waiting(): JSX.Element {
  const orders = useOrders()
  const waiting = load(() => orders.waiting(''))
  const [busy, setBusy] = createSignal(false)
  const more = async (): Promise<void> => {
    const shown = waiting.value()
    if (!shown || busy()) return
    setBusy(true)
    const asked = orders.waiting(shown.next).then(page => {
      if (waiting.value() === shown) waiting.put({ rows: [...shown.rows, ...page.rows], next: page.next })
    })
    await attempt(asked)
    setBusy(false)
  }
  const decide = async (phone: string, allowed: boolean): Promise<void> => {
    const words = t(allowed ? 'admin.approved' : 'admin.refusedOne')
    if (await attempt(orders.decide(phone, allowed), words)) await waiting.reload()
  }
  return (
    <Show when={(waiting.value()?.rows.length ?? 0) > 0}>
      <Card title={t('admin.waiting')}>
        <ul class={styles.rows}>
          <For each={waiting.value()?.rows}>
            {row => (
              <li class={styles.waiting}>
                <span class={styles.who}>
                  <strong dir="auto">{row.name}</strong>
                  <span class={styles.soft}>
                    <bdi>{phoneNumber(row.phone.slice(1))}</bdi> · {shortMoment(row.since * 1000)}
                  </span>
                </span>
                <Button kind="plain" onClick={() => void decide(row.phone, false)}>
                  {t('admin.refuse')}
                </Button>
                <Button onClick={() => void decide(row.phone, true)}>{t('admin.approve')}</Button>
              </li>
            )}
          </For>
        </ul>
        <Show when={waiting.value()?.next}>
          <Button kind="plain" busy={busy()} onClick={() => void more()}>
            {t('admin.waitingMore')}
          </Button>
        </Show>
      </Card>
    </Show>
  )
}
