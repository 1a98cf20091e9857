import { createSignal, For, lazy, onCleanup, Show, Suspense } from 'solid-js'
import { createAnswer } from './connected'
import { useEngine } from '../../core/context'
import type { Device } from '../../core/types'
import { t } from '../../i18n'
import { ago, fullMoment } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { confirm } from '../../ui/confirm'
import { Icon } from '../../ui/Icon'
import type { IconName } from '../../ui/icons'
import { Spinner } from '../../ui/Spinner'
import { pageVisible } from '../../ui/surroundings'
import { toast } from '../../ui/toast'
import { Note } from '../door/Notes'
import { attempt, failureWords } from '../shell/say'
import styles from './Devices.module.css'
import { Page, Section } from './Page'

/** Milliseconds between two looks at the list while it is open: a device that signs in elsewhere is announced to nobody. */
const LOOK_EVERY_MS = 4_000

const ConnectDevice = lazy(() => import('./ConnectDevice'))

export default function Devices(props: { onBack: () => void }) {
  const engine = useEngine()
  const [devices, { mutate, refetch }] = createAnswer(engine, () => engine.settings.devices())
  const [connecting, setConnecting] = createSignal(false)
  const known = () => devices() ?? []
  const current = () => known().filter(device => device.current)
  const others = () => known().filter(device => !device.current)
  let looking = false
  const look = async () => {
    if (looking || !pageVisible() || devices.loading || devices.error || engine.state.connection.state !== 'online')
      return
    looking = true
    const next = await engine.settings.devices().catch(() => undefined)
    looking = false
    if (next) mutate(merged(known(), next))
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  onCleanup(() => clearInterval(timer))
  const end = async (device: Device) => {
    const sure = await confirm({
      title: t('settings.devices.endTitle', { device: device.app }),
      text: t('settings.devices.endText'),
      action: t('settings.devices.end'),
      danger: true,
    })
    if (sure && (await attempt(engine.settings.endDevice(device.hash)))) done()
  }
  const endOthers = async () => {
    const sure = await confirm({
      title: t('settings.devices.endOthersTitle'),
      text: t('settings.devices.endOthersText'),
      action: t('settings.devices.end'),
      danger: true,
    })
    if (sure && (await attempt(engine.settings.endOtherDevices()))) done()
  }
  const done = () => {
    toast({ text: t('settings.devices.ended'), kind: 'success' })
    refetch()
  }
  const close = (connected: boolean) => {
    setConnecting(false)
    if (connected) refetch()
  }
  return (
    <Page title={t('settings.devices.title')} onBack={props.onBack}>
      <Button kind="primary" wide icon="qr" onClick={() => setConnecting(true)}>
        {t('settings.devices.connect')}
      </Button>
      <Show when={devices.error}>
        <Note icon="alert">{failureWords(devices.error)}</Note>
        <Button icon="refresh" onClick={() => refetch()}>
          {t('common.retry')}
        </Button>
      </Show>
      <Show
        when={!devices.error && (!devices.loading || devices())}
        fallback={
          <Show when={devices.loading}>
            <Spinner />
          </Show>
        }
      >
        <Section title={t('settings.devices.this')} flush>
          <For each={current()}>{device => <Row device={device} />}</For>
        </Section>
        <Show when={others().length > 0} fallback={<p class={styles.none}>{t('settings.devices.none')}</p>}>
          <Section title={t('settings.devices.others')} hint={t('settings.devices.unexpected')} flush>
            <For each={others()}>{device => <Row device={device} onEnd={() => void end(device)} />}</For>
          </Section>
          <Button kind="danger" wide onClick={() => void endOthers()}>
            {t('settings.devices.endOthers')}
          </Button>
        </Show>
      </Show>
      <Suspense>
        <Show when={connecting()}>
          <ConnectDevice onClose={close} />
        </Show>
      </Suspense>
    </Page>
  )
}

/** Those that are as they were stay the same objects, so that their rows stay, and what has the focus in them. */
function merged(before: readonly Device[], next: readonly Device[]): Device[] {
  const known = new Map(before.map(device => [JSON.stringify(device), device]))
  return next.map(device => known.get(JSON.stringify(device)) ?? device)
}

function Row(props: { device: Device; onEnd?: () => void }) {
  const where = () => [props.device.device, props.device.system].filter(Boolean).join(' · ')
  const from = () => [props.device.address, props.device.place].filter(Boolean).join(' · ')
  return (
    <div class={styles.device}>
      <span class={styles.sign}>
        <Icon name={signOf(props.device)} size={24} />
      </span>
      <div class={styles.words}>
        <strong dir="auto">{props.device.app}</strong>
        <span class={styles.soft} dir="auto">
          {where()}
        </span>
        <span class={styles.soft} title={fullMoment(props.device.activeAt * 1000)}>
          <Show
            when={!props.device.passwordPending}
            fallback={<em class={styles.waiting}>{t('settings.devices.waiting')}</em>}
          >
            <bdi>{from()}</bdi>
            <Show when={!props.device.current}>
              {' · '}
              {t('settings.devices.active', { when: ago(props.device.activeAt * 1000) })}
            </Show>
          </Show>
        </span>
      </div>
      <Show when={props.onEnd}>
        {end => (
          <Button kind="danger" onClick={() => end()()}>
            {t('settings.devices.end')}
          </Button>
        )}
      </Show>
    </div>
  )
}

function signOf(device: Device): IconName {
  const words = `${device.device} ${device.system} ${device.app}`.toLowerCase()
  if (/android|iphone|ios|ipad|mobile/.test(words)) return 'phone'
  return /chrom|firefox|safari|web/.test(words) ? 'globe' : 'laptop'
}
