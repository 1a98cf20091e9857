import { createContext, useContext } from 'solid-js'
import type { Engine } from './engine'

const EngineContext = createContext<Engine>()

/** Gives the engine to the screens below. */
export const EngineProvider = EngineContext.Provider

/** The engine, in any component. */
export function useEngine(): Engine {
  const engine = useContext(EngineContext)
  if (!engine) throw new Error('a screen outside <EngineProvider>')
  return engine
}
