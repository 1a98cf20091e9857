import { For, type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { shortMoment } from '../../i18n/format'
import { href } from '../../router'
import { Button } from '../../ui/Button'
import { useOrders } from './context'
import { Card, Empty, Ready } from './Frame'
import { load } from './load'
import type { ReportRow } from './orders'
import styles from './Reports.module.css'
import { attempt } from './words'

interface Case {
  id: number
  name: string
  count: number
  reports: ReportRow[]
}

/** What people report about each other, one card for each person reported. */
export function Reports(): JSX.Element {
  const orders = useOrders()
  const reports = load(() => orders.reports())
  const dismiss = async (id: number): Promise<void> => {
    if (await attempt(orders.act('dismiss_reports', id), t('admin.dismissed'))) await reports.reload()
  }
  return (
    <Ready of={reports}>
      {rows => (
        <Show when={rows().length > 0} fallback={<Empty>{t('admin.noReports')}</Empty>}>
          <For each={casesOf(rows())}>
            {one => (
              <Card
                title={`${one.name || t('admin.deletedPerson')} · ${t('admin.reportCount', { count: one.count })}`}
                end={
                  <a class={styles.person} href={href(`/admin/people/${one.id}`)}>
                    {t('admin.person')}
                  </a>
                }
              >
                <ul class={styles.rows}>
                  <For each={one.reports}>
                    {report => (
                      <li>
                        <strong>{report.reason}</strong>{' '}
                        <span class={styles.soft}>{shortMoment(report.at * 1000)}</span>
                        <Show when={report.comment}>
                          <p dir="auto">{report.comment}</p>
                        </Show>
                      </li>
                    )}
                  </For>
                </ul>
                <Button icon="check" onClick={() => void dismiss(one.id)}>
                  {t('admin.dismiss')}
                </Button>
              </Card>
            )}
          </For>
        </Show>
      )}
    </Ready>
  )
}

function casesOf(rows: ReportRow[]): Case[] {
  const cases = new Map<number, Case>()
  for (const row of rows) {
    const one = cases.get(row.id) ?? { id: row.id, name: row.name, count: row.count, reports: [] }
    one.reports.push(row)
    cases.set(row.id, one)
  }
  return [...cases.values()]
}
