/**
 * Who came in by an invitation while it is looked at: each appears as a chat. `before` is the list as it was seen last;
 * while nobody has seen it yet, nobody is new.
 */
export function newcomers(now: readonly string[], before: readonly string[] | undefined): readonly string[] {
  return before ? now.filter(chat => !before.includes(chat)) : []
}
