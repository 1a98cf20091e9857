import type { JSX } from 'solid-js'
import { useEngine } from '../../core/context'
import type { FileRef, Person } from '../../core/types'
import { Avatar } from '../../ui/Avatar'
import type { IconName } from '../../ui/icons'
import { jpegUrl } from './preview'

/** Pixels of the small square of a profile photo. */
const SMALL_SIDE = 160

/** Somebody's photo as soon as it is there, a blurred one before, or their initials on their own colour. */
export function PersonAvatar(props: {
  person: Person | undefined
  size?: number
  online?: boolean
  /** The conversation with oneself: a bookmark instead of a face. */
  saved?: boolean
  class?: string
}): JSX.Element {
  const engine = useEngine()
  const shown = () => (props.saved || props.person?.deleted ? undefined : props.person?.photo)
  const photo = engine.files.view(
    (): FileRef | undefined => {
      const sizes = shown()?.sizes
      const pixels = (props.size ?? 48) * (window.devicePixelRatio || 1)
      return pixels > SMALL_SIDE ? sizes?.at(-1)?.file : sizes?.[0]?.file
    },
    { auto: true },
  )
  const icon = (): IconName | undefined => {
    if (props.saved) return 'bookmark'
    return props.person?.deleted ? 'person' : undefined
  }
  return (
    <Avatar
      name={props.saved ? '' : (props.person?.name ?? '')}
      colour={props.person?.colour ?? 0}
      src={photo.url ?? jpegUrl(shown()?.preview)}
      icon={icon()}
      size={props.size ?? 48}
      online={props.online === true}
      class={props.class ?? ''}
    />
  )
}
