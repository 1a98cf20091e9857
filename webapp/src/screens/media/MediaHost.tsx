import { type JSX, lazy, Show, Suspense } from 'solid-js'
import { shown } from './viewer'

const Viewer = lazy(() => import('./Viewer'))

/** Mounted once, beside the app: where the viewer appears. */
export function MediaHost(): JSX.Element {
  return (
    <Show when={shown()} keyed>
      {what => (
        <Suspense>
          <Viewer what={what} />
        </Suspense>
      )}
    </Show>
  )
}
