import { createMemo, Index, type JSX } from 'solid-js'
import { MOSAIC_WIDTH, mosaic } from './layout'
import { Tile } from './Tile'
import type { Visual } from './visual'
import styles from './Album.module.css'

/** Pictures that were sent together, as one mosaic whose shape is known before any of them is there. */
export function Album(props: { visuals: readonly Visual[] }): JSX.Element {
  const plan = createMemo(() => mosaic(props.visuals.map(({ sides }) => sides)))
  const place = (at: number): JSX.CSSProperties => {
    const tile = plan().tiles[at]
    if (!tile) return {}
    const percent = (share: number) => `${(share * 100).toFixed(3)}%`
    return {
      'inset-inline-start': percent(tile.x),
      'inset-block-start': percent(tile.y),
      'inline-size': percent(tile.width),
      'block-size': percent(tile.height),
    }
  }
  return (
    <div class={styles.album} style={{ 'inline-size': `${MOSAIC_WIDTH}px`, 'aspect-ratio': `${plan().ratio}` }}>
      <Index each={props.visuals}>
        {(visual, at) => (
          <div class={styles.place} style={place(at)}>
            <Tile visual={visual()} width={(plan().tiles[at]?.width ?? 1) * MOSAIC_WIDTH} small />
          </div>
        )}
      </Index>
    </div>
  )
}
