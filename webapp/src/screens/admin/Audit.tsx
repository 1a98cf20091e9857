import { createSignal, For, type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { fullMoment } from '../../i18n/format'
import { Button } from '../../ui/Button'
import styles from './Audit.module.css'
import { useOrders } from './context'
import { Card, Empty, Ready } from './Frame'
import { load } from './load'
import type { AuditRow } from './orders'
import { attempt } from './words'

/** Who did what, the latest first. */
export function Audit(): JSX.Element {
  const orders = useOrders()
  const [older, setOlder] = createSignal(true)
  const [busy, setBusy] = createSignal(false)
  const log = load(() => orders.audit(0))
  const goBack = async (rows: AuditRow[]): Promise<void> => {
    setBusy(true)
    const asked = orders.audit(rows.at(-1)?.at_ms ?? 0).then(more => {
      setOlder(more.length > 0)
      log.put([...rows, ...more])
    })
    await attempt(asked)
    setBusy(false)
  }
  return (
    <Card title={t('admin.audit')} hint={t('admin.auditHint')}>
      <Ready of={log}>
        {rows => (
          <Show when={rows().length > 0} fallback={<Empty>{t('admin.noAudit')}</Empty>}>
            <ol class={styles.rows}>
              <For each={rows()}>
                {row => (
                  <li class={styles.row}>
                    <span class={styles.act}>
                      <code>{row.act}</code> <bdi>{row.target}</bdi>
                    </span>
                    <span class={styles.soft}>
                      {row.by === 0 ? t('admin.byLocal') : <bdi>{row.by_name || row.by}</bdi>} ·{' '}
                      <time>{fullMoment(row.at_ms)}</time>
                    </span>
                  </li>
                )}
              </For>
            </ol>
            <Show when={older()}>
              <Button kind="plain" busy={busy()} onClick={() => void goBack(rows())}>
                {t('admin.older')}
              </Button>
            </Show>
          </Show>
        )}
      </Ready>
    </Card>
  )
}
