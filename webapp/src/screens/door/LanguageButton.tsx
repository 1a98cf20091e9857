import { For } from 'solid-js'
import { chooseLanguage, LANGUAGES, language, t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import styles from './LanguageButton.module.css'

/** The language, for those who cannot read the one that the browser chose: a list of names, each in its own language. */
export function LanguageButton() {
  return (
    <label class={styles.choice}>
      <Icon name="globe" size={18} />
      <span class="visually-hidden">{t('door.language')}</span>
      <select value={language()} onChange={event => void chooseLanguage(event.currentTarget.value)}>
        <For each={LANGUAGES}>
          {choice => (
            <option value={choice.tag} lang={choice.tag} selected={choice.tag === language()}>
              {choice.name}
            </option>
          )}
        </For>
      </select>
    </label>
  )
}
