import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { createAnswer } from './connected'
import { useEngine } from '../../core/context'
import type { PrivacyKey, PrivacyValue } from '../../core/types'
import { type Key, t } from '../../i18n'
import { go } from '../../router'
import { Icon } from '../../ui/Icon'
import { ListRow } from '../../ui/ListRow'
import { Sheet } from '../../ui/Sheet'
import { attempt } from '../shell/say'
import { Choices } from './Choices'
import { Page, Section } from './Page'
import styles from './Privacy.module.css'

interface Asked {
  key: PrivacyKey
  words: Key
  values: readonly PrivacyValue[]
  hint?: Key
}

const ALL: readonly PrivacyValue[] = ['everybody', 'contacts', 'nobody']
const ASKED: readonly Asked[] = [
  { key: 'lastSeen', words: 'settings.privacy.lastSeen', values: ALL, hint: 'settings.privacy.lastSeenHint' },
  { key: 'phone', words: 'settings.privacy.phone', values: ALL },
  { key: 'findByPhone', words: 'settings.privacy.findByPhone', values: ['everybody', 'contacts'] },
  { key: 'photo', words: 'settings.privacy.photo', values: ALL },
  { key: 'about', words: 'settings.privacy.about', values: ALL },
  { key: 'forwards', words: 'settings.privacy.forwards', values: ALL },
]
/** Days without a visit, as the protocol's clients offer them. */
const AWAY = ['30', '90', '180', '365', '730'] as const

export default function Privacy(props: { onBack: () => void }) {
  const engine = useEngine()
  const [blocked] = createAnswer(engine, () => engine.people.blocked())
  return (
    <Page title={t('settings.privacy.title')} onBack={props.onBack}>
      <Section title={t('settings.privacy.who')} flush>
        <For each={ASKED}>{asked => <Row asked={asked} />}</For>
      </Section>
      <Section flush>
        <ListRow
          start={<Icon name="block" />}
          title={t('settings.privacy.blocked')}
          end={
            <>
              {blocked()?.length ?? ''}
              <Icon name="chevron" size={18} />
            </>
          }
          onClick={() => go('/settings/blocked')}
        />
      </Section>
      <Away />
      <Section flush>
        <ListRow
          start={<Icon name="trash" />}
          title={<span class={styles.danger}>{t('settings.privacy.delete')}</span>}
          onClick={() => go('/settings/delete')}
        />
      </Section>
    </Page>
  )
}

function Row(props: { asked: Asked }) {
  const engine = useEngine()
  const [rule, { mutate }] = createAnswer(engine, () => engine.settings.privacy(props.asked.key))
  const [open, setOpen] = createSignal(false)
  const exceptions = () => (rule()?.allow.length ?? 0) + (rule()?.forbid.length ?? 0) > 0
  const choose = async (value: PrivacyValue) => {
    const before = rule()
    if (!before) return
    mutate({ ...before, value })
    if (!(await attempt(engine.settings.setPrivacy(props.asked.key, { ...before, value })))) mutate(before)
    setOpen(false)
  }
  return (
    <>
      <ListRow
        title={t(props.asked.words)}
        end={
          <Show when={rule()}>
            {known => (
              <>
                {t(`settings.privacy.${known().value}`)}
                <Icon name="chevron" size={18} />
              </>
            )}
          </Show>
        }
        onClick={() => setOpen(rule() !== undefined)}
      />
      <Sheet open={open()} title={t(props.asked.words)} onClose={() => setOpen(false)}>
        <Choices
          label={t(props.asked.words)}
          value={rule()?.value}
          options={props.asked.values.map(value => ({ value, words: t(`settings.privacy.${value}`) }))}
          onChange={value => void choose(value)}
        />
        <Switch>
          <Match when={exceptions()}>
            <p class={styles.hint}>{t('settings.privacy.exceptions')}</p>
          </Match>
          <Match when={props.asked.hint}>{hint => <p class={styles.hint}>{t(hint())}</p>}</Match>
        </Switch>
      </Sheet>
    </>
  )
}

function Away() {
  const engine = useEngine()
  const [days, { mutate }] = createAnswer(engine, () => engine.settings.accountDays())
  const nearest = () => AWAY.find(step => Number(step) >= (days() ?? 0)) ?? '730'
  const choose = async (chosen: string) => {
    const before = days()
    mutate(Number(chosen))
    if (!(await attempt(engine.settings.setAccountDays(Number(chosen))))) mutate(before)
  }
  return (
    <Show when={days() !== undefined}>
      <Section hint={t('settings.privacy.awayHint')}>
        <label class={styles.away}>
          <span>{t('settings.privacy.away')}</span>
          <select class={styles.select} value={nearest()} onChange={event => void choose(event.currentTarget.value)}>
            <For each={AWAY}>
              {step => (
                <option value={step} selected={step === nearest()}>
                  {t(`settings.privacy.days${step}`)}
                </option>
              )}
            </For>
          </select>
        </label>
      </Section>
    </Show>
  )
}
