import { createMemo, For, type JSX } from 'solid-js'
import styles from './Highlighted.module.css'

/** A line with what was searched for marked in it. */
export function Highlighted(props: { text: string; query: string }): JSX.Element {
  const parts = createMemo(() => split(props.text, props.query))
  return <For each={parts()}>{(part, at) => (at() % 2 === 1 ? <mark class={styles.match}>{part}</mark> : part)}</For>
}

/** The text cut around each place where a word of the query begins: matches at odd places. */
export function split(text: string, query: string): string[] {
  const words = query
    .split(/\s+/u)
    .filter(Boolean)
    .map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  if (words.length === 0) return [text]
  return text.split(new RegExp(`(${words.join('|')})`, 'giu'))
}
