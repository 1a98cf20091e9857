import type { Accessor } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Person } from '../../core/types'

/** The person who is signed in. */
export function useMe(): Accessor<Person | undefined> {
  const engine = useEngine()
  return () => {
    const session = engine.state.session
    return session.step === 'ready' ? engine.state.people[session.me] : undefined
  }
}
