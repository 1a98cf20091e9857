import { createSignal, For, type JSX, Show } from 'solid-js'
import { type Key, t } from '../../i18n'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { useOrders } from './context'
import { Card, Ready } from './Frame'
import { load } from './load'
import type { Mode, SettingRow } from './orders'
import styles from './Settings.module.css'
import { attempt } from './words'

const MODES: readonly Mode[] = ['open', 'invite', 'approval', 'closed']
/** Longest value, in characters. */
const VALUE_MAX = 1_000

interface Words {
  label: Key
  hint: Key
}

/** What each setting is called; one that this build does not know shows the server's own words. */
const NAMES: Readonly<Record<string, Words>> = {
  sign_up: { label: 'admin.signUp', hint: 'admin.signUpHint' },
  newcomers_per_minute: { label: 'admin.newcomers', hint: 'admin.newcomersHint' },
  invites_per_person: { label: 'admin.invitesEach', hint: 'admin.invitesEachHint' },
  quota_mib: { label: 'admin.quota', hint: 'admin.quotaHint' },
  log_filter: { label: 'admin.logFilter', hint: 'admin.logFilterHint' },
}

/** Settings that hold at once and outlive a restart. */
export function Settings(): JSX.Element {
  const orders = useOrders()
  const settings = load(() => orders.settings())
  const change = async (asked: Promise<SettingRow[]>): Promise<boolean> => {
    const answer = asked.then(rows => settings.put(rows))
    return attempt(answer, t('admin.saved'))
  }
  return (
    <Ready of={settings}>
      {rows => (
        <For each={rows()}>
          {row => (
            <Card title={wordsOf(row).label} hint={wordsOf(row).hint}>
              <Show
                when={row.name === 'sign_up'}
                fallback={<Value row={row} onSave={value => change(orders.set(row.name, value))} />}
              >
                <Modes row={row} onChoose={mode => void change(orders.set(row.name, mode))} />
              </Show>
              <div class={styles.from}>
                <span>{t(`admin.from.${row.from}`, { value: row.configured })}</span>
                <Show when={row.from === 'administrator'}>
                  <Button kind="plain" icon="rotate" onClick={() => void change(orders.reset(row.name))}>
                    {t('admin.giveBack')}
                  </Button>
                </Show>
              </div>
            </Card>
          )}
        </For>
      )}
    </Ready>
  )
}

function wordsOf(row: SettingRow): { label: string; hint: string } {
  const known = NAMES[row.name]
  return known ? { label: t(known.label), hint: t(known.hint) } : { label: row.name, hint: row.about }
}

function Modes(props: { row: SettingRow; onChoose: (mode: Mode) => void }): JSX.Element {
  return (
    <div class={styles.modes} role="radiogroup" aria-label={t('admin.signUp')}>
      <For each={MODES}>
        {mode => (
          <label class={styles.mode}>
            <input
              type="radio"
              name="sign-up-mode"
              checked={props.row.value === mode}
              onChange={() => props.onChoose(mode)}
            />
            <span class={styles.modeWords}>
              <strong>{t(`admin.mode.${mode}`)}</strong>
              <span class={styles.soft}>{t(`admin.modeHint.${mode}`)}</span>
            </span>
          </label>
        )}
      </For>
    </div>
  )
}

function Value(props: { row: SettingRow; onSave: (value: string) => Promise<boolean> }): JSX.Element {
  const [value, setValue] = createSignal(props.row.value)
  const [busy, setBusy] = createSignal(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    await props.onSave(value().trim())
    setBusy(false)
  }
  return (
    <form class={styles.value} onSubmit={submit}>
      <TextField
        class={styles.field}
        label={wordsOf(props.row).label}
        hideLabel
        dir="ltr"
        inputmode={props.row.name === 'log_filter' ? 'text' : 'numeric'}
        autocomplete="off"
        spellcheck={false}
        maxLength={VALUE_MAX}
        value={value()}
        onInput={setValue}
      />
      <Button type="submit" busy={busy()} disabled={value().trim() === props.row.value}>
        {t('common.save')}
      </Button>
    </form>
  )
}
