//! What messages ask of people: who has a mailbox, who shut whom out, who lets themselves be named in a forward.

use crate::people::person::Person;
use crate::people::privacy::PrivacyKey;
use crate::{Peer, Platform, PlatformError, SERVICE_USER_ID, UserId};

/// Whose other mailbox a conversation of `user` with `peer` also lives in. The service account has none: it writes to
/// everybody and reads nobody.
pub(crate) fn mailbox_of(user: UserId, peer: Peer) -> Option<UserId> {
    peer.user().filter(|other| *other != user && *other != SERVICE_USER_ID)
}

impl Platform {
    /// The name to show in a forward header when the author's privacy allows the viewer no link to them.
    pub(crate) async fn name_instead_of_link(
        &self,
        author: UserId,
        viewer: UserId,
    ) -> Result<Option<String>, PlatformError> {
        if author == viewer || author == SERVICE_USER_ID {
            return Ok(None);
        }
        let Some(person) = self.person(author).await? else { return Ok(Some("Deleted Account".to_owned())) };
        let relation = self.relation(viewer, author).await?;
        let is_allowed = person.privacy.allows(PrivacyKey::Forwards, viewer, &relation);
        Ok((!is_allowed).then(|| full_name(&person)))
    }
}

fn full_name(person: &Person) -> String {
    format!("{} {}", person.profile.first_name, person.profile.last_name).trim().to_owned()
}
