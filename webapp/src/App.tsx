import { useEngine } from './core/context'

/** The whole client: what `state.session` asks for. */
export function App() {
  const engine = useEngine()
  return <main>{engine.state.session.step}</main>
}
