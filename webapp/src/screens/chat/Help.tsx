import { For, type JSX } from 'solid-js'
import { type Key, t } from '../../i18n'
import { Dialog } from '../../ui/Dialog'
import { APPLE } from '../shell/keys'
import styles from './Help.module.css'

const COMMAND = APPLE ? '⌘' : 'Ctrl'
const ALT = APPLE ? '⌥' : 'Alt'

/** Every shortcut there is. Whoever adds one writes it here. */
const KEYS: readonly (readonly [title: Key, keys: readonly (readonly [keys: readonly string[], does: Key])[]])[] = [
  [
    'chat.keysEverywhere',
    [
      [[COMMAND, 'K'], 'chat.keySearch'],
      [[ALT, '↓'], 'chat.keyNextChat'],
      [[ALT, '↑'], 'chat.keyPreviousChat'],
      [['Esc'], 'chat.keyEscape'],
      [[COMMAND, '/'], 'chat.keyHelp'],
    ],
  ],
  [
    'chat.keysWriting',
    [
      [['Enter'], 'chat.keySend'],
      [['Shift', 'Enter'], 'chat.keyNewLine'],
      [['↑'], 'chat.keyEditLast'],
      [[COMMAND, '↑'], 'chat.keyReply'],
      [[COMMAND, 'F'], 'chat.keyFind'],
      [[COMMAND, 'B'], 'chat.formatBold'],
      [[COMMAND, 'I'], 'chat.formatItalic'],
      [[COMMAND, 'U'], 'chat.formatUnderline'],
      [[COMMAND, 'Shift', 'X'], 'chat.formatStrike'],
      [[COMMAND, 'E'], 'chat.formatCode'],
      [[COMMAND, 'Shift', 'P'], 'chat.formatSpoiler'],
      [[COMMAND, 'K'], 'chat.keyLink'],
    ],
  ],
  [
    'chat.keysReading',
    [
      [['↑'], 'chat.keyMessageUp'],
      [['↓'], 'chat.keyMessageDown'],
      [['Enter'], 'chat.keyMessageMenu'],
      [['R'], 'chat.keyMessageReply'],
      [['Space'], 'chat.keyMessageSelect'],
    ],
  ],
]

/** Marks that are typed, with what becomes of them. */
const MARKS: readonly (readonly [typed: string, does: Key])[] = [
  ['**…**', 'chat.formatBold'],
  ['__…__', 'chat.formatItalic'],
  ['++…++', 'chat.formatUnderline'],
  ['~~…~~', 'chat.formatStrike'],
  ['||…||', 'chat.formatSpoiler'],
  ['`…`', 'chat.formatCode'],
  ['```…```', 'chat.formatPre'],
  ['> …', 'chat.formatQuote'],
  ['[…](https://…)', 'chat.formatLink'],
]

/** Shortcuts and marks, in one page. */
export default function Help(props: { onClose: () => void }): JSX.Element {
  return (
    <Dialog open size="large" kind="sheet" title={t('chat.menuKeys')} onClose={props.onClose}>
      <div class={styles.sections}>
        <For each={KEYS}>
          {([title, rows]) => (
            <section>
              <h3 class={styles.title}>{t(title)}</h3>
              <dl class={styles.rows}>
                <For each={rows}>
                  {([keys, does]) => (
                    <div class={styles.row}>
                      <dt>{t(does)}</dt>
                      <dd dir="ltr">
                        <For each={keys}>{key => <kbd class={styles.key}>{key}</kbd>}</For>
                      </dd>
                    </div>
                  )}
                </For>
              </dl>
            </section>
          )}
        </For>
        <section>
          <h3 class={styles.title}>{t('chat.keysMarks')}</h3>
          <dl class={styles.rows}>
            <For each={MARKS}>
              {([typed, does]) => (
                <div class={styles.row}>
                  <dt>{t(does)}</dt>
                  <dd dir="ltr">
                    <code>{typed}</code>
                  </dd>
                </div>
              )}
            </For>
          </dl>
        </section>
      </div>
    </Dialog>
  )
}
