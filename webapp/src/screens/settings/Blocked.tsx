import { For, Show } from 'solid-js'
import { createAnswer } from './connected'
import { useEngine } from '../../core/context'
import type { PersonId } from '../../core/types'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { Spinner } from '../../ui/Spinner'
import { PersonAvatar } from '../media/PersonAvatar'
import { personName } from '../shell/names'
import { attempt } from '../shell/say'
import { Page, Section } from './Page'
import styles from './Privacy.module.css'

export default function Blocked(props: { onBack: () => void }) {
  const engine = useEngine()
  const [blocked, { mutate }] = createAnswer(engine, () => engine.people.blocked())
  const known = () => blocked() ?? []
  const unblock = async (person: PersonId) => {
    if (await attempt(engine.people.block(person, false))) mutate(known().filter(other => other !== person))
  }
  return (
    <Page title={t('settings.privacy.blocked')} onBack={props.onBack}>
      <Show when={!blocked.loading} fallback={<Spinner />}>
        <Show when={known().length > 0} fallback={<p class={styles.none}>{t('settings.privacy.blockedNone')}</p>}>
          <Section flush>
            <For each={known()}>
              {id => (
                <div class={styles.person}>
                  <PersonAvatar person={engine.state.people[id]} size={44} />
                  <span class={styles.name} dir="auto">
                    {personName(engine.state.people[id])}
                  </span>
                  <Button onClick={() => void unblock(id)}>{t('settings.privacy.unblock')}</Button>
                </div>
              )}
            </For>
          </Section>
        </Show>
      </Show>
    </Page>
  )
}
