import { type JSX, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Media } from '../../core/types'
import { t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { Icon } from '../../ui/Icon'
import { toast } from '../../ui/toast'
import { PersonAvatar } from './PersonAvatar'
import { jpegUrl } from './preview'
import { sharpSize } from './visual'
import styles from './Cards.module.css'

type Kind<Name extends Media['kind']> = Extract<Media, { kind: Name }>

/** Somebody's card, which leads to them if they are here. */
export function ContactCard(props: { card: Kind<'contact'> }): JSX.Element {
  const engine = useEngine()
  const person = () => (props.card.person ? engine.state.people[props.card.person] : undefined)
  const name = () => `${props.card.firstName} ${props.card.lastName}`.trim() || phoneNumber(props.card.phone)
  const words = () => (
    <>
      <PersonAvatar person={person() ?? { ...NOBODY, name: name() }} size={44} />
      <span class={styles.words}>
        <bdi class={styles.title} dir="auto">
          {name()}
        </bdi>
        <span class={styles.facts} dir="ltr">
          {phoneNumber(props.card.phone)}
        </span>
      </span>
    </>
  )
  return (
    <Show when={props.card.person} fallback={<div class={styles.card}>{words()}</div>}>
      {id => (
        <a class={styles.card} href={`#/chat/${id()}`} title={t('media.cardOpen', { name: name() })}>
          {words()}
        </a>
      )}
    </Show>
  )
}

const NOBODY = {
  id: '',
  firstName: '',
  lastName: '',
  name: '',
  presence: { kind: 'hidden' },
  colour: 3,
  self: false,
  contact: false,
  mutualContact: false,
  deleted: false,
  bot: false,
  service: false,
} as const

/** A place as words: this client fetches no maps from elsewhere. */
export function PlaceCard(props: { place: Kind<'location'> }): JSX.Element {
  const coordinates = () => `${props.place.latitude.toFixed(5)}, ${props.place.longitude.toFixed(5)}`
  const copy = async () => {
    await navigator.clipboard?.writeText(coordinates())
    toast({ text: t('common.copied'), kind: 'success' })
  }
  return (
    <div class={styles.card}>
      <span class={styles.sign}>
        <Icon name="globe" size={26} />
      </span>
      <span class={styles.words}>
        <bdi class={styles.title} dir="auto">
          {props.place.title || t('media.place')}
        </bdi>
        <Show when={props.place.address}>
          <bdi class={styles.facts} dir="auto">
            {props.place.address}
          </bdi>
        </Show>
        <span class={styles.facts} dir="ltr">
          {coordinates()}
        </span>
      </span>
      <Show when={navigator.clipboard}>
        <button
          type="button"
          class={styles.tool}
          aria-label={t('media.copyPlace')}
          title={t('media.copyPlace')}
          onClick={() => void copy()}
        >
          <Icon name="copy" size={20} />
        </button>
      </Show>
    </div>
  )
}

/** What a link leads to, as whoever made the preview says. */
export function LinkCard(props: { link: Kind<'link'> }): JSX.Element {
  const engine = useEngine()
  const picture = engine.files.view(() => sharpSize(props.link.picture, 72), { auto: true })
  const address = () => (/^https?:\/\//i.test(props.link.url) ? props.link.url : undefined)
  const image = () => picture.url ?? jpegUrl(props.link.picture?.preview)
  return (
    <Show when={props.link.title || props.link.description || props.link.site}>
      <a class={styles.link} href={address()} target="_blank" rel="noopener noreferrer nofollow">
        <span class={styles.words}>
          <bdi class={styles.site} dir="auto">
            {props.link.site}
          </bdi>
          <bdi class={styles.title} dir="auto">
            {props.link.title}
          </bdi>
          <bdi class={styles.description} dir="auto">
            {props.link.description}
          </bdi>
        </span>
        <Show when={image()}>{source => <img class={styles.picture} src={source()} alt="" draggable={false} />}</Show>
      </a>
    </Show>
  )
}

export function Expired(): JSX.Element {
  return <p class={styles.honest}>{t('media.expired')}</p>
}

/** Said as it is: what somebody sent exists, only not here. */
export function Unsupported(): JSX.Element {
  return (
    <p class={styles.honest}>
      <Icon name="info" size={18} />
      {t('media.unknownKind')}
    </p>
  )
}
