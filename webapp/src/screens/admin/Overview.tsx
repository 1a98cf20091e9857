import { For, type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { byteSize, duration, number } from '../../i18n/format'
import { href } from '../../router'
import { Icon } from '../../ui/Icon'
import type { IconName } from '../../ui/icons'
import { useOrders } from './context'
import { Card, Ready } from './Frame'
import { Live } from './Live'
import { load } from './load'
import styles from './Overview.module.css'
import type { Overview as OverviewOf } from './orders'

interface Fact {
  label: string
  value: string
  more?: string
  icon: IconName
  to?: string
}

/** How the server is. */
export function Overview(): JSX.Element {
  const orders = useOrders()
  const overview = load(() => orders.overview())
  return (
    <Ready of={overview}>
      {value => (
        <>
          <Show when={value().read_only}>
            <p class={styles.alarm} role="alert">
              <Icon name="alert" size={20} />
              <span>{t('admin.readOnly')}</span>
            </p>
          </Show>
          <ul class={styles.facts}>
            <For each={factsOf(value())}>{fact => <li>{tile(fact)}</li>}</For>
          </ul>
          <Card title={t('admin.live')}>
            <Live />
          </Card>
          <Card title={t('admin.storage')}>
            <Storage of={value()} />
          </Card>
          <p class={styles.version}>
            {value().name} {value().version}
          </p>
        </>
      )}
    </Ready>
  )
}

function factsOf(value: OverviewOf): Fact[] {
  return [
    {
      label: t('admin.people'),
      value: number(value.people),
      more: t('admin.cameToday', { count: value.came_today }),
      icon: 'people',
      to: '/admin/people',
    },
    {
      label: t('admin.signUp'),
      value: t(`admin.mode.${value.sign_up}`),
      more: t('admin.waitingCount', { count: value.waiting }),
      icon: 'door',
      to: value.waiting > 0 ? '/admin/people' : '/admin/settings',
    },
    { label: t('admin.reports'), value: number(value.reported), icon: 'megaphone', to: '/admin/reports' },
    { label: t('admin.connections'), value: number(value.connections), icon: 'devices' },
    { label: t('admin.uptime'), value: duration(value.up_seconds), icon: 'clock' },
    { label: t('admin.free'), value: byteSize(value.free_bytes), icon: 'storage' },
  ]
}

function tile(fact: Fact): JSX.Element {
  const inside = (): JSX.Element => (
    <>
      <span class={styles.label}>
        <Icon name={fact.icon} size={18} />
        {fact.label}
      </span>
      <span class={styles.value}>{fact.value}</span>
      <Show when={fact.more}>
        <span class={styles.more}>{fact.more}</span>
      </Show>
    </>
  )
  return fact.to ? (
    <a class={styles.tile} href={href(fact.to)}>
      {inside()}
    </a>
  ) : (
    <div class={styles.tile}>{inside()}</div>
  )
}

/** How the disk is shared, as a bar with its words. */
function Storage(props: { of: OverviewOf }): JSX.Element {
  const all = (): number => Math.max(1, props.of.store_bytes + props.of.media_bytes + props.of.free_bytes)
  const width = (bytes: number): JSX.CSSProperties => ({ 'inline-size': `${(bytes / all()) * 100}%` })
  return (
    <>
      <div class={styles.disk} aria-hidden="true">
        <span class={styles.records} style={width(props.of.store_bytes)} />
        <span class={styles.media} style={width(props.of.media_bytes)} />
      </div>
      <dl class={styles.legend}>
        <div>
          <dt data-of="records">{t('admin.records')}</dt>
          <dd>{byteSize(props.of.store_bytes)}</dd>
        </div>
        <div>
          <dt data-of="media">{t('admin.media')}</dt>
          <dd>{byteSize(props.of.media_bytes)}</dd>
        </div>
        <div>
          <dt>{t('admin.free')}</dt>
          <dd>{byteSize(props.of.free_bytes)}</dd>
        </div>
      </dl>
    </>
  )
}
