import { createStore } from 'solid-js/store'
import type { Engine, EngineState } from './engine'
import { Failure } from './types'

/** An engine before its parts arrive: the state is there, every action is refused. */
export function createEngine(): Engine {
  const [state] = createStore<EngineState>({
    session: { step: 'connecting' },
    connection: { state: 'connecting' },
    people: {},
    chats: {},
    order: [],
    archive: [],
    orderComplete: false,
    typing: {},
    unreadTotal: 0,
    newBuild: false,
    withheld: [],
  })
  const refuse = () => Promise.reject(new Failure('INTERNAL'))
  const actions = new Proxy({}, { get: () => refuse })
  return new Proxy({ state } as Engine, { get: (engine, name) => (name === 'state' ? engine.state : actions) })
}
