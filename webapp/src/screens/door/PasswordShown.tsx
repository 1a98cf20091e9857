import { createSignal } from 'solid-js'
import { t } from '../../i18n'
import { IconButton } from '../../ui/IconButton'
import own from './Keep.module.css'

/** The password that was chosen, to be looked at once more; hidden at first. */
export function PasswordShown(props: { label: string; value: string }) {
  const [seen, setSeen] = createSignal(false)
  return (
    <div class={own.line}>
      <label class={own.label} for="kept-password">
        {props.label}
      </label>
      <div class={own.withEye}>
        <input
          id="kept-password"
          class={own.value}
          dir="ltr"
          readonly
          type={seen() ? 'text' : 'password'}
          autocomplete="new-password"
          value={props.value}
        />
        <IconButton
          icon={seen() ? 'eyeOff' : 'eye'}
          label={seen() ? t('door.password.hide') : t('door.password.show')}
          onClick={() => setSeen(!seen())}
        />
      </div>
    </div>
  )
}
