import { createMemo, type JSX } from 'solid-js'
import { encode } from 'uqr'
import styles from './QrCode.module.css'

/** Modules of white around the code, as the standard asks. */
const MARGIN = 4

/**
 * An address as a QR code, always dark on white, since many cameras cannot read the reverse. Import it lazily: the
 * encoder is of no use on the first screen.
 */
export default function QrCode(props: { text: string; label: string; size?: number }): JSX.Element {
  const code = createMemo(() => encode(props.text, { ecc: 'M', border: 0 }))
  const side = (): number => code().size + 2 * MARGIN
  return (
    <svg
      class={styles.code}
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${side()} ${side()}`}
      width={props.size ?? 240}
      height={props.size ?? 240}
      shape-rendering="crispEdges"
    >
      <path fill="#fff" d={`M0 0h${side()}v${side()}h-${side()}z`} />
      <path fill="#16201e" d={outline(code().data)} />
    </svg>
  )
}

/** One path for all dark modules: a stroke for each run in each line. */
function outline(rows: readonly (readonly boolean[])[]): string {
  return rows
    .flatMap((row, y) => runs(row).map(([x, length]) => `M${x + MARGIN} ${y + MARGIN}h${length}v1h-${length}z`))
    .join('')
}

function runs(row: readonly boolean[]): [start: number, length: number][] {
  const found: [number, number][] = []
  row.forEach((dark, x) => {
    const last = found[found.length - 1]
    if (dark && last && last[0] + last[1] === x) last[1] += 1
    else if (dark) found.push([x, 1])
  })
  return found
}
