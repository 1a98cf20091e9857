// Formatting of texts, both ways. Stretches that do not fit their text are left out: they come from strangers.

import type { tl } from '@mtcute/core'
import type { Entity } from '../types'
import { numberOfPerson, type Peers, personOfNumber } from './ids'

const SIMPLE = {
  messageEntityBold: 'bold',
  messageEntityItalic: 'italic',
  messageEntityUnderline: 'underline',
  messageEntityStrike: 'strike',
  messageEntitySpoiler: 'spoiler',
  messageEntityCode: 'code',
  messageEntityUrl: 'url',
  messageEntityEmail: 'email',
  messageEntityPhone: 'phone',
  messageEntityMention: 'mention',
  messageEntityHashtag: 'hashtag',
  messageEntityCashtag: 'cashtag',
  messageEntityBotCommand: 'command',
} as const

type SimpleName = keyof typeof SIMPLE
/** What the server finds by itself in a text, and is not sent. */
const FOUND = new Set<Entity['kind']>(['url', 'email', 'phone', 'mention', 'hashtag', 'cashtag', 'command'])
const NAMES = Object.fromEntries(Object.entries(SIMPLE).map(([name, kind]) => [kind, name])) as Record<
  string,
  SimpleName
>

export function entitiesOf(raw: tl.TypeMessageEntity[] | undefined, text: string): Entity[] {
  const entities = (raw ?? []).flatMap(entity => {
    const { offset, length } = entity
    if (!(offset >= 0 && length > 0 && offset + length <= text.length)) return []
    const one = entityOf(entity)
    return one ? [one] : []
  })
  return entities.sort((one, other) => one.offset - other.offset || other.length - one.length)
}

function entityOf(raw: tl.TypeMessageEntity): Entity | undefined {
  const { offset, length } = raw
  switch (raw._) {
    case 'messageEntityPre':
      return { offset, length, kind: 'pre', language: raw.language }
    case 'messageEntityBlockquote':
      return { offset, length, kind: 'quote', collapsed: raw.collapsed === true }
    case 'messageEntityTextUrl':
      return { offset, length, kind: 'link', url: raw.url }
    case 'messageEntityMentionName':
      return { offset, length, kind: 'person', person: personOfNumber(raw.userId) }
    default:
      return raw._ in SIMPLE ? ({ offset, length, kind: SIMPLE[raw._ as SimpleName] } as Entity) : undefined
  }
}

export function entitiesToTl(entities: readonly Entity[], peers: Peers): tl.TypeMessageEntity[] {
  return entities.flatMap(entity => {
    const one = FOUND.has(entity.kind) ? undefined : entityToTl(entity, peers)
    return one ? [one] : []
  })
}

function entityToTl(entity: Entity, peers: Peers): tl.TypeMessageEntity | undefined {
  const { offset, length } = entity
  switch (entity.kind) {
    case 'pre':
      return { _: 'messageEntityPre', offset, length, language: entity.language }
    case 'quote':
      return { _: 'messageEntityBlockquote', offset, length, collapsed: entity.collapsed }
    case 'link':
      return { _: 'messageEntityTextUrl', offset, length, url: entity.url }
    case 'person':
      if (numberOfPerson(entity.person) === undefined) return undefined
      return { _: 'inputMessageEntityMentionName', offset, length, userId: peers.user(entity.person) }
    default: {
      const name = NAMES[entity.kind]
      return name && ({ _: name, offset, length } as tl.TypeMessageEntity)
    }
  }
}
