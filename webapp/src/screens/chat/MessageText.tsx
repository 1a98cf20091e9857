import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { FormattedText } from '../../core/types'
import { t } from '../../i18n'
import { go, href } from '../../router'
import { confirm } from '../../ui/confirm'
import { cx } from '../../ui/cx'
import { IconButton } from '../../ui/IconButton'
import { copyText } from './copy'
import { useDesk } from './desk'
import styles from './MessageText.module.css'
import { insideAddress, misleads, safeAddress } from './text/links'
import { type Formatted, isBlock, type Piece, treeOf } from './text/tree'

/**
 * Formatted text as elements. Every letter goes through a text node, every address through `safeAddress`: nothing a
 * stranger writes is ever read as markup.
 */
export function MessageText(props: { text: FormattedText }): JSX.Element {
  const tree = createMemo(() => treeOf(props.text))
  const [revealed, setRevealed] = createSignal(false)
  return <Pieces pieces={tree()} revealed={revealed} reveal={() => setRevealed(true)} />
}

interface Spoilers {
  revealed: () => boolean
  reveal: () => void
}

function Pieces(props: { pieces: readonly Piece[] } & Spoilers): JSX.Element {
  return (
    <For each={props.pieces}>
      {(piece, at) =>
        typeof piece === 'string' ? (
          afterBlock(piece, props.pieces[at() - 1])
        ) : (
          <Element piece={piece} revealed={props.revealed} reveal={props.reveal} />
        )
      }
    </For>
  )
}

/** A block ends its line by itself: the line break that follows it in the text would leave an empty one. */
function afterBlock(text: string, before: Piece | undefined): string {
  return before !== undefined && typeof before !== 'string' && isBlock(before.entity) ? text.replace(/^\n/, '') : text
}

function Element(props: { piece: Formatted } & Spoilers): JSX.Element {
  const inner = (): JSX.Element => (
    <Pieces pieces={props.piece.children} revealed={props.revealed} reveal={props.reveal} />
  )
  const kind = (): string => props.piece.entity.kind
  return (
    <Switch fallback={inner()}>
      <Match when={kind() === 'bold'}>
        <strong>{inner()}</strong>
      </Match>
      <Match when={kind() === 'italic'}>
        <em>{inner()}</em>
      </Match>
      <Match when={kind() === 'underline'}>
        <u>{inner()}</u>
      </Match>
      <Match when={kind() === 'strike'}>
        <s>{inner()}</s>
      </Match>
      <Match when={kind() === 'code'}>
        <code class={styles.code} dir="ltr" onDblClick={event => event.stopPropagation()}>
          {inner()}
        </code>
      </Match>
      <Match when={kind() === 'pre'}>
        <Block piece={props.piece}>{inner()}</Block>
      </Match>
      <Match when={kind() === 'quote'}>
        <blockquote class={styles.quote} dir="auto">
          {inner()}
        </blockquote>
      </Match>
      <Match when={kind() === 'spoiler'}>
        <Spoiler revealed={props.revealed()} reveal={props.reveal}>
          {inner()}
        </Spoiler>
      </Match>
      <Match when={['link', 'url', 'email', 'phone'].includes(kind())}>
        <Link piece={props.piece}>{inner()}</Link>
      </Match>
      <Match when={kind() === 'mention' || kind() === 'person'}>
        <Mention piece={props.piece}>{inner()}</Mention>
      </Match>
      <Match when={['hashtag', 'cashtag'].includes(kind())}>
        <Tag text={props.piece.text} />
      </Match>
      <Match when={kind() === 'command'}>
        <span class={styles.link}>{inner()}</span>
      </Match>
    </Switch>
  )
}

function Block(props: { piece: Formatted; children: JSX.Element }): JSX.Element {
  const language = (): string => (props.piece.entity.kind === 'pre' ? props.piece.entity.language : '')
  return (
    <span class={styles.block} dir="ltr">
      <span class={styles.blockHead}>
        <span class={styles.language}>{language() || t('chat.code')}</span>
        <IconButton icon="copy" size={16} label={t('chat.copyCode')} onClick={() => void copyText(props.piece.text)} />
      </span>
      <pre class={styles.pre} tabindex="0">
        <code>{props.children}</code>
      </pre>
    </span>
  )
}

function Spoiler(props: { revealed: boolean; reveal: () => void; children: JSX.Element }): JSX.Element {
  return (
    <Show when={!props.revealed} fallback={<span class={styles.revealed}>{props.children}</span>}>
      <span
        class={styles.spoiler}
        role="button"
        tabindex="0"
        aria-label={t('chat.spoilerShow')}
        onClick={event => {
          event.stopPropagation()
          props.reveal()
        }}
        onKeyDown={event => {
          if (event.key !== 'Enter' && event.key !== ' ') return
          event.preventDefault()
          event.stopPropagation()
          props.reveal()
        }}
      >
        <span class={styles.concealed} aria-hidden="true" inert>
          {props.children}
        </span>
      </span>
    </Show>
  )
}

function Link(props: { piece: Formatted; children: JSX.Element }): JSX.Element {
  const desk = useDesk()
  const address = createMemo(() => addressOf(props.piece))
  const inside = createMemo(() => insideAddress(address() ?? '', desk.engine.state.server?.baseUrl ?? location.origin))
  const follow = async (event: MouseEvent): Promise<void> => {
    const target = address()
    const within = inside()
    if (!target) return
    event.stopPropagation()
    if (within) {
      event.preventDefault()
      go(within)
    } else if (props.piece.entity.kind === 'link' && misleads(props.piece.text, target)) {
      event.preventDefault()
      const answer = await confirm({ title: t('chat.openLink'), text: target, action: t('chat.open') })
      if (answer) window.open(target, '_blank', 'noopener,noreferrer')
    }
  }
  return (
    <Show when={address()} fallback={<span>{props.children}</span>}>
      {target => (
        <a
          class={styles.link}
          href={inside() ? href(inside() ?? '') : target()}
          target={inside() ? undefined : '_blank'}
          rel="noopener noreferrer nofollow"
          title={props.piece.entity.kind === 'link' ? target() : undefined}
          onClick={event => void follow(event)}
        >
          {props.children}
        </a>
      )}
    </Show>
  )
}

function addressOf(piece: Formatted): string | undefined {
  const { entity, text } = piece
  if (entity.kind === 'link') return safeAddress(entity.url)
  if (entity.kind === 'email') return safeAddress(`mailto:${text}`)
  if (entity.kind === 'phone') return safeAddress(`tel:${text.replace(/[^\d+]/g, '')}`)
  return safeAddress(text)
}

function Mention(props: { piece: Formatted; children: JSX.Element }): JSX.Element {
  const target = (): string => {
    const { entity, text } = props.piece
    return entity.kind === 'person' ? `/chat/${entity.person}` : `/u/${encodeURIComponent(text.replace(/^@/, ''))}`
  }
  return (
    <a
      class={styles.link}
      href={href(target())}
      onClick={event => {
        event.preventDefault()
        event.stopPropagation()
        go(target())
      }}
    >
      {props.children}
    </a>
  )
}

/** A #tag looks for itself in the conversation. */
function Tag(props: { text: string }): JSX.Element {
  const desk = useDesk()
  return (
    <button type="button" class={cx(styles.link, styles.tag)} onClick={() => desk.find(props.text)}>
      {props.text}
    </button>
  )
}
