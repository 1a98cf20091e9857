import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import type { Media, Message } from '../../core/types'
import { Album } from './Album'
import { ContactCard, Expired, LinkCard, PlaceCard, Unsupported } from './Cards'
import { FileCard } from './FileCard'
import { RoundVideo } from './RoundVideo'
import { Sticker } from './Sticker'
import { Track } from './Track'
import { Tile } from './Tile'
import { pictureSize } from './layout'
import { visualOf } from './visual'
import styles from './MessageMedia.module.css'

type Kind<Name extends Media['kind']> = Extract<Media, { kind: Name }>

/** What a bubble shows above its words: one message's media, or the pictures of a whole album. */
export function MessageMedia(props: { messages: readonly Message[] }): JSX.Element {
  const visuals = createMemo(() => props.messages.flatMap(message => visualOf(message) ?? []))
  const isAlbum = () => props.messages.length > 1
  const first = () => props.messages[0]
  return (
    <Show when={first()}>
      {message => (
        <Switch fallback={<One message={message()} />}>
          <Match when={isAlbum() && visuals().length === props.messages.length}>
            <Album visuals={visuals()} />
          </Match>
          <Match when={isAlbum()}>
            <div class={styles.list}>
              {props.messages.map(one => (
                <One message={one} />
              ))}
            </div>
          </Match>
          <Match when={visuals()[0]}>{visual => <Single visual={visual()} />}</Match>
        </Switch>
      )}
    </Show>
  )
}

function Single(props: { visual: NonNullable<ReturnType<typeof visualOf>> }): JSX.Element {
  const size = createMemo(() => pictureSize(props.visual.sides))
  return (
    <div
      class={styles.single}
      style={{ 'inline-size': `${size().width}px`, 'aspect-ratio': `${size().width} / ${size().height}` }}
    >
      <Tile visual={props.visual} width={size().width} />
    </div>
  )
}

/** Everything that is no picture or video. */
function One(props: { message: Message }): JSX.Element {
  const media = <Name extends Media['kind']>(kind: Name) => {
    const found = props.message.media
    return found?.kind === kind ? (found as Kind<Name>) : undefined
  }
  const upload = () => media('upload')?.upload
  const isSound = () => upload()?.as === 'voice' || upload()?.as === 'audio'
  return (
    <Switch>
      <Match when={visualOf(props.message)}>{visual => <Single visual={visual()} />}</Match>
      <Match when={media('voice') ?? media('audio') ?? (isSound() && upload())}>
        <Track message={props.message} />
      </Match>
      <Match when={media('video')}>{video => <RoundVideo message={props.message} video={video()} />}</Match>
      <Match when={media('sticker')}>{sticker => <Sticker sticker={sticker()} />}</Match>
      <Match when={media('file') ?? upload()}>
        <FileCard message={props.message} />
      </Match>
      <Match when={media('contact')}>{card => <ContactCard card={card()} />}</Match>
      <Match when={media('location')}>{place => <PlaceCard place={place()} />}</Match>
      <Match when={media('link')}>{link => <LinkCard link={link()} />}</Match>
      <Match when={media('expired')}>
        <Expired />
      </Match>
      <Match when={media('unsupported')}>
        <Unsupported />
      </Match>
    </Switch>
  )
}
