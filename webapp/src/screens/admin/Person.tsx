import { createSignal, For, type JSX, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { type Key, t } from '../../i18n'
import { ago, byteSize, fullMoment, phoneNumber } from '../../i18n/format'
import { back, href } from '../../router'
import { Avatar } from '../../ui/Avatar'
import { Button } from '../../ui/Button'
import { confirm } from '../../ui/confirm'
import { Dialog } from '../../ui/Dialog'
import type { IconName } from '../../ui/icons'
import { TextField } from '../../ui/TextField'
import { toast } from '../../ui/toast'
import { useOrders } from './context'
import { Card, Empty, Ready } from './Frame'
import { load } from './load'
import type { Act, DeviceRow, UserRow } from './orders'
import { Mark } from './People'
import styles from './Person.module.css'
import { attempt, failureWords } from './words'

/** One thing that can be done with somebody. */
interface Deed {
  act: Act
  label: Key
  icon: IconName
  /** Asked before it is done. */
  question: Key
  done: Key
  danger?: boolean
}

const RESET: Deed = {
  act: 'reset',
  label: 'admin.reset',
  icon: 'signOut',
  question: 'admin.resetQuestion',
  done: 'admin.resetDone',
}
const REMOVE_PASSWORD: Deed = {
  act: 'remove_password',
  label: 'admin.removePassword',
  icon: 'key',
  question: 'admin.removePasswordQuestion',
  done: 'admin.removePasswordDone',
}
const APPOINT: Deed = {
  act: 'appoint',
  label: 'admin.appoint',
  icon: 'shield',
  question: 'admin.appointQuestion',
  done: 'admin.appointDone',
}
const DEMOTE: Deed = {
  act: 'demote',
  label: 'admin.demote',
  icon: 'shield',
  question: 'admin.demoteQuestion',
  done: 'admin.demoteDone',
}
const BAN: Deed = {
  act: 'ban',
  label: 'admin.ban',
  icon: 'block',
  question: 'admin.banQuestion',
  done: 'admin.banDone',
  danger: true,
}
const UNBAN: Deed = {
  act: 'unban',
  label: 'admin.unban',
  icon: 'check',
  question: 'admin.unbanQuestion',
  done: 'admin.unbanDone',
}

/** One person, their devices, and what can be done. */
export function Person(props: { id: number }): JSX.Element {
  const orders = useOrders()
  const shown = load(() => orders.show(props.id))
  return (
    <>
      <a class={styles.crumb} href={href('/admin/people')}>
        {t('admin.people')}
      </a>
      <Ready of={shown}>
        {value => (
          <>
            <Head of={value()[0]} />
            <Deeds of={value()[0]} onDone={() => void shown.reload()} />
            <Card title={t('admin.devices')}>
              <Show when={value()[1].length > 0} fallback={<Empty>{t('admin.noDevices')}</Empty>}>
                <ul class={styles.devices}>
                  <For each={value()[1]}>{device => <li>{deviceWords(device)}</li>}</For>
                </ul>
              </Show>
            </Card>
          </>
        )}
      </Ready>
    </>
  )
}

function Head(props: { of: UserRow }): JSX.Element {
  return (
    <div class={styles.head}>
      <Avatar name={props.of.name} colour={props.of.id % 7} size={72} />
      <div class={styles.words}>
        <h2 class={styles.name} dir="auto">
          {props.of.name || t('admin.deletedPerson')}
        </h2>
        <p class={styles.soft}>
          <Show when={props.of.username}>
            <bdi>@{props.of.username}</bdi>{' '}
          </Show>
          <Show when={props.of.phone}>
            <bdi>{phoneNumber(props.of.phone.slice(1))}</bdi>
          </Show>
        </p>
        <p class={styles.soft}>
          <Show when={props.of.since > 0}>{t('admin.since', { date: fullMoment(props.of.since * 1000) })} </Show>
          <Show when={props.of.stored_bytes !== undefined}>
            {t('admin.keeps', { size: byteSize(props.of.stored_bytes ?? 0) })}
          </Show>
        </p>
        <p class={styles.soft}>
          {t('admin.number')} <bdi>{props.of.id}</bdi>
        </p>
        <div class={styles.marks}>
          <For each={props.of.marks}>{mark => <Mark mark={mark} />}</For>
        </div>
      </div>
    </div>
  )
}

function Deeds(props: { of: UserRow; onDone: () => void }): JSX.Element {
  const engine = useEngine()
  const orders = useOrders()
  const [deleting, setDeleting] = createSignal(false)
  const has = (mark: string): boolean => props.of.marks.includes(mark)
  const isSelf = (): boolean => engine.state.people[`u${props.of.id}`]?.self === true
  const deeds = (): Deed[] => {
    const list = [RESET]
    if (has('second password')) list.push(REMOVE_PASSWORD)
    if (isSelf()) return list
    return [...list, has('administrator') ? DEMOTE : APPOINT, has('banned') ? UNBAN : BAN]
  }
  const run = async (deed: Deed): Promise<void> => {
    const values = { name: props.of.name }
    const answer = await confirm({
      title: t(deed.label),
      text: t(deed.question, values),
      action: t(deed.label),
      danger: deed.danger === true,
    })
    if (answer && (await attempt(orders.act(deed.act, props.of.id), t(deed.done, values)))) props.onDone()
  }
  const showCode = async (): Promise<void> => {
    try {
      const code = await orders.code(props.of.id)
      toast({ text: code ? t('admin.codeIs', { code }) : t('admin.noCode') })
    } catch (cause) {
      const text = failureWords(cause)
      if (text) toast({ text, kind: 'error' })
    }
  }
  return (
    <Show when={!has('deleted')}>
      <div class={styles.deeds}>
        <For each={deeds()}>
          {deed => (
            <Button icon={deed.icon} kind={deed.danger ? 'danger' : 'soft'} onClick={() => void run(deed)}>
              {t(deed.label)}
            </Button>
          )}
        </For>
        <Button icon="hash" onClick={() => void showCode()}>
          {t('admin.showCode')}
        </Button>
        <Show when={!isSelf()}>
          <Button icon="trash" kind="danger" onClick={() => setDeleting(true)}>
            {t('admin.delete')}
          </Button>
        </Show>
      </div>
      <Show when={deleting()}>
        <Deleting of={props.of} onClose={() => setDeleting(false)} />
      </Show>
    </Show>
  )
}

/** Asks for the name to be typed: an account that is gone does not come back. */
function Deleting(props: { of: UserRow; onClose: () => void }): JSX.Element {
  const orders = useOrders()
  const [typed, setTyped] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  const wanted = (): string => props.of.name || String(props.of.id)
  const fits = (): boolean => typed().trim().normalize() === wanted().trim().normalize()
  const run = async (): Promise<void> => {
    setBusy(true)
    const deleted = await attempt(orders.act('delete', props.of.id), t('admin.deleteDone', { name: props.of.name }))
    setBusy(false)
    if (!deleted) return
    props.onClose()
    back('/admin/people')
  }
  return (
    <Dialog
      open
      title={t('admin.delete')}
      onClose={props.onClose}
      actions={
        <>
          <Button kind="plain" onClick={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button kind="danger" busy={busy()} disabled={!fits()} onClick={() => void run()}>
            {t('admin.delete')}
          </Button>
        </>
      }
    >
      <p class={styles.question}>{t('admin.deleteQuestion', { name: wanted() })}</p>
      <TextField
        label={t('admin.deleteType', { name: wanted() })}
        value={typed()}
        onInput={setTyped}
        autocomplete="off"
        data-first-focus
      />
    </Dialog>
  )
}

function deviceWords(device: DeviceRow): JSX.Element {
  return (
    <>
      <strong dir="auto">{device.client}</strong>
      <span class={styles.soft} dir="auto">
        {device.device}
      </span>
      <span class={styles.soft}>
        <bdi>{device.ip}</bdi> · {ago(device.seen * 1000)}
      </span>
    </>
  )
}
