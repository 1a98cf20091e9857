import { Portal } from 'solid-js/web'
import { t } from '../../i18n'
import { fullMoment, phoneNumber } from '../../i18n/format'
import styles from './KeepSheet.module.css'

/** What leads back into an account, except the password: that is for the head, or for the browser. */
export interface Sheet {
  server: string
  address: string
  phone: string
  recoveryCode: string
}

/** The sheet that a printer gets, and nobody sees on the screen. */
export function KeepSheet(props: { sheet: Sheet }) {
  return (
    <Portal>
      <div class={styles.sheet} aria-hidden="true">
        <h1>{t('door.keep.sheet.title', { server: props.sheet.server })}</h1>
        <dl>
          <dt>{t('door.keep.sheet.address')}</dt>
          <dd dir="ltr">{props.sheet.address}</dd>
          <dt>{t('door.keep.sheet.number')}</dt>
          <dd dir="ltr">{phoneNumber(props.sheet.phone)}</dd>
          <dt>{t('door.keep.sheet.recovery')}</dt>
          <dd dir="ltr" class={styles.code}>
            {props.sheet.recoveryCode}
          </dd>
          <dt>{t('door.keep.sheet.made')}</dt>
          <dd>{fullMoment(Date.now())}</dd>
        </dl>
        <p>{t('door.keep.sheet.hint')}</p>
      </div>
    </Portal>
  )
}

/** The same as text, for the clipboard and for a file. */
export function sheetText(sheet: Sheet): string {
  return [
    t('door.keep.sheet.title', { server: sheet.server }),
    '',
    `${t('door.keep.sheet.address')}: ${sheet.address}`,
    `${t('door.keep.sheet.number')}: ${phoneNumber(sheet.phone)}`,
    `${t('door.keep.sheet.recovery')}: ${sheet.recoveryCode}`,
    `${t('door.keep.sheet.made')}: ${fullMoment(Date.now())}`,
    '',
    t('door.keep.sheet.hint'),
    '',
  ].join('\n')
}
