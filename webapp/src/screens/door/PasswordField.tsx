import { createMemo, createSignal, type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { IconButton } from '../../ui/IconButton'
import { TextField } from '../../ui/TextField'
import { focusFirst } from './first'
import styles from './PasswordField.module.css'
import { adviceOf, strengthOf } from './strength'

/** A password, hidden unless one wants to see it. For a new one, says how good it is. */
export function PasswordField(props: {
  label: string
  value: string
  onInput: (value: string) => void
  /** A new password: browsers offer to make and keep it, and its strength is shown. `known` is what others know of the person. */
  fresh?: { known: readonly string[] }
  error?: string | null
  hint?: string
  /** Shown at once: for one that was suggested and has to be read. */
  shown?: boolean
  /** It is the first field of its screen. */
  first?: boolean
}): JSX.Element {
  const [seen, setSeen] = createSignal(false)
  const visible = () => seen() || props.shown === true
  return (
    <div class={styles.password}>
      <TextField
        label={props.label}
        type={visible() ? 'text' : 'password'}
        dir="ltr"
        name="password"
        autocomplete={props.fresh ? 'new-password' : 'current-password'}
        autocapitalize="off"
        autocorrect="off"
        spellcheck={false}
        ref={input => props.first && focusFirst(input)}
        maxLength={PASSWORD_MAX_CHARS}
        value={props.value}
        onInput={props.onInput}
        error={props.error ?? null}
        hint={props.value ? undefined : props.hint}
        end={
          <IconButton
            icon={visible() ? 'eyeOff' : 'eye'}
            label={visible() ? t('door.password.hide') : t('door.password.show')}
            onClick={() => setSeen(!visible())}
          />
        }
      />
      <Show when={props.fresh && props.value}>
        <Meter password={props.value} known={props.fresh?.known ?? []} quiet={Boolean(props.error)} />
      </Show>
    </div>
  )
}

/** `quiet`: the field itself says what is wrong. */
function Meter(props: { password: string; known: readonly string[]; quiet: boolean }): JSX.Element {
  const strength = createMemo(() => strengthOf(props.password, props.known))
  return (
    <div class={styles.strength} data-level={strength().level}>
      <div
        class={styles.meter}
        role="meter"
        aria-label={t('door.strength.label')}
        aria-valuemin="0"
        aria-valuemax="3"
        aria-valuenow={strength().level}
        aria-valuetext={adviceOf(strength())}
      >
        <span />
        <span />
        <span />
      </div>
      <p aria-live="polite">{props.quiet ? '' : adviceOf(strength())}</p>
    </div>
  )
}

/** Longer ones are of no use to anybody, and a page of text pasted by mistake takes long to hash. */
const PASSWORD_MAX_CHARS = 256
