//! Which people, groups and channels an outgoing object speaks of, and which of them it does not carry.
//!
//! Clients reject updates that name peers they do not know, and ask for a difference instead; so every object with
//! `users` and `chats` carries every peer reachable from it. This walker asserts it in tests and debug builds. Objects
//! without such vectors (`updateShort`, a bare vector of users) promise nothing and are not looked at.

use crate::schema::{DEFINITIONS, Definition, Kind, TYPES, VECTOR_ID, find, index_of};
use crate::walk::{Place, Visitor, WalkError, Walker};
use crate::wire::u32_at;

/// Someone an object speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeerRef {
    /// A person or bot.
    User(i64),
    /// A basic group.
    Chat(i64),
    /// A channel, supergroup or community.
    Channel(i64),
}

/// Names of numbers that are users, wherever they stand.
const USER_FIELDS: [&str; 12] = [
    "user_id",
    "bot_id",
    "via_bot_id",
    "inviter_id",
    "admin_id",
    "promoted_by",
    "kicked_by",
    "via_business_bot_id",
    "from_id",
    "viewer_id",
    "actor_id",
    "receiver_id",
];

/// The peers spoken of and not carried, in a result, an update or a difference of the home layer.
pub fn unresolved_peers(input: &[u8]) -> Result<Vec<PeerRef>, WalkError> {
    let id = u32_at(input, 0)?;
    if id == VECTOR_ID {
        return Ok(Vec::new());
    }
    let index = index_of(id).ok_or(WalkError::Constructor { id, at: 0, expected: "an object" })?;
    unresolved(DEFINITIONS[index].result, input)
}

/// The same for a value of a known kind.
pub fn unresolved(kind: Kind, input: &[u8]) -> Result<Vec<PeerRef>, WalkError> {
    let mut walker =
        Walker::new(input, Peers { input, scopes: Vec::new(), inside: Vec::new(), unresolved: Vec::new() });
    walker.value(Place { definition: None, field: None }, kind, 0)?;
    Ok(walker.visitor.unresolved)
}

/// The same for the result of the function with this constructor.
pub fn unresolved_in_result(function: u32, input: &[u8]) -> Result<Vec<PeerRef>, WalkError> {
    match find(function) {
        Some(definition) => unresolved(definition.result, input),
        None => unresolved_peers(input),
    }
}

/// An object with vectors `users` or `chats`.
#[derive(Default)]
struct Scope {
    spoken_of: Vec<PeerRef>,
    carried: Vec<PeerRef>,
}

struct Peers<'a> {
    input: &'a [u8],
    scopes: Vec<Scope>,
    /// The objects of types `User` and `Chat` around the present place: they describe themselves.
    inside: Vec<&'static Definition>,
    unresolved: Vec<PeerRef>,
}

impl Peers<'_> {
    fn number(&self, at: usize) -> i64 {
        let bytes = self.input.get(at..).and_then(|rest| rest.first_chunk::<8>());
        bytes.map_or(0, |bytes| i64::from_le_bytes(*bytes))
    }

    fn speak_of(&mut self, peer: PeerRef) {
        let known = matches!(peer, PeerRef::User(0) | PeerRef::Chat(0) | PeerRef::Channel(0));
        if let Some(scope) = self.scopes.last_mut().filter(|_| !known) {
            scope.spoken_of.push(peer);
        }
    }

    fn carry(&mut self, definition: &Definition, id: i64) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.carried.push(described(definition, id));
        }
    }

    fn close(&mut self, scope: Scope) {
        let missing = scope.spoken_of.into_iter().filter(|peer| !scope.carried.contains(peer));
        let target = match self.scopes.last_mut() {
            Some(outer) => &mut outer.spoken_of,
            None => &mut self.unresolved,
        };
        for peer in missing {
            if !target.contains(&peer) {
                target.push(peer);
            }
        }
    }
}

impl Visitor for Peers<'_> {
    fn enter(&mut self, definition: &'static Definition, _at: usize) -> Result<(), WalkError> {
        if opens_scope(definition) {
            self.scopes.push(Scope::default());
        }
        if describes_itself(definition) {
            self.inside.push(definition);
        }
        Ok(())
    }

    fn leave(&mut self, definition: &'static Definition) {
        if describes_itself(definition) {
            self.inside.pop();
        }
        if opens_scope(definition)
            && let Some(scope) = self.scopes.pop()
        {
            self.close(scope);
        }
    }

    fn scalar(&mut self, place: Place, kind: Kind, at: usize, _end: usize) -> Result<(), WalkError> {
        let (Some(definition), Some(field), Kind::Long) = (place.definition, place.field, kind) else { return Ok(()) };
        let id = self.number(at);
        if describes_itself(definition) {
            if field.name == "id" {
                self.carry(definition, id);
            }
        } else if self.inside.is_empty()
            && let Some(peer) = spoken_of(definition, field.name, id)
        {
            self.speak_of(peer);
        }
        Ok(())
    }
}

fn spoken_of(definition: &Definition, field: &str, id: i64) -> Option<PeerRef> {
    match field {
        "channel_id" => Some(PeerRef::Channel(id)),
        "chat_id" => Some(PeerRef::Chat(id)),
        // `messageActionChatAddUser.users` and the like: a vector of bare numbers.
        "users" => Some(PeerRef::User(id)),
        name if USER_FIELDS.contains(&name) && !definition.name.starts_with("input") => Some(PeerRef::User(id)),
        _ => None,
    }
}

fn described(definition: &Definition, id: i64) -> PeerRef {
    match definition.name {
        name if name.starts_with("user") => PeerRef::User(id),
        name if name.starts_with("chat") => PeerRef::Chat(id),
        _ => PeerRef::Channel(id),
    }
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Boxed(index) => TYPES[usize::from(index)].name,
        Kind::Vector(element) => type_name(*element),
        _ => "",
    }
}

fn describes_itself(definition: &Definition) -> bool {
    matches!(type_name(definition.result), "User" | "Chat")
}

fn opens_scope(definition: &Definition) -> bool {
    let carries = |kind: Kind| matches!(kind, Kind::Vector(_)) && matches!(type_name(kind), "User" | "Chat");
    definition.fields.iter().any(|field| carries(field.kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Serializable, enums, types};

    fn contact(user_id: i64) -> enums::Contact {
        types::Contact { user_id, mutual: false }.into()
    }

    fn contacts(contact_ids: &[i64], user_ids: &[i64]) -> Vec<u8> {
        let user = |id: &i64| enums::User::Empty(types::UserEmpty { id: *id });
        let contacts = contact_ids.iter().copied().map(contact).collect();
        let users = user_ids.iter().map(user).collect();
        enums::contacts::Contacts::Contacts(types::contacts::Contacts { contacts, saved_count: 0, users }).to_bytes()
    }

    #[test]
    fn tells_who_is_spoken_of_and_not_carried() {
        assert_eq!(unresolved_peers(&contacts(&[1, 2], &[1, 2])), Ok(vec![]));
        assert_eq!(unresolved_peers(&contacts(&[1, 2], &[2])), Ok(vec![PeerRef::User(1)]));
    }

    #[test]
    fn expects_nothing_of_short_updates() {
        let update = types::UpdateUserTyping {
            user_id: 5,
            top_msg_id: None,
            action: enums::SendMessageAction::SendMessageTypingAction,
        };
        let short = enums::Updates::UpdateShort(types::UpdateShort { update: update.into(), date: 0 });
        assert_eq!(unresolved_peers(&short.to_bytes()), Ok(vec![]));
    }
}
