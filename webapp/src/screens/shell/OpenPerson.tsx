import { createResource, type JSX, Match, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { ChatId } from '../../core/types'
import { t } from '../../i18n'
import { back } from '../../router'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { Spinner } from '../../ui/Spinner'
import styles from './Nothing.module.css'
import { failureWords } from './say'

/** Somebody's page was opened by their @name: looks them up and leads to the chat, or says that nobody has it. */
export function OpenPerson(props: { username: string; onFound: (chat: ChatId) => void }): JSX.Element {
  const engine = useEngine()
  const [found] = createResource(
    () => props.username,
    async username => {
      const chat = await engine.people.byUsername(username)
      if (chat) props.onFound(chat)
      return chat
    },
  )
  return (
    <div class={styles.place}>
      <Switch>
        <Match when={found.loading}>
          <Spinner size={32} label={t('common.loading')} />
        </Match>
        <Match when={found.error}>
          <Icon name="alert" size={40} />
          <p class={styles.words}>{failureWords(found.error)}</p>
          <Button onClick={() => back('/')}>{t('common.back')}</Button>
        </Match>
        <Match when={!found()}>
          <Icon name="person" size={48} />
          <p class={styles.words} dir="auto">
            {t('chat.nobodyHasName', { name: `@${props.username}` })}
          </p>
          <Button onClick={() => back('/')}>{t('common.back')}</Button>
        </Match>
      </Switch>
    </div>
  )
}
