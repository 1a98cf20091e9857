//! The judge: reads every mailbox anew and compares it with everything that was acknowledged or shown.
//!
//! It knows the platform's promises and nothing of its insides: what was answered must be there, what is there must have
//! been asked for, both copies of a conversation must tell the same story, and every number must equal a recount.

mod dialogs;
mod log;
mod messages;
mod people;
mod reading;

use std::collections::BTreeSet;

use platform::media::MediumId;
use platform::{Delivery, Platform, PlatformError, UserId};

use crate::broken::{Broken, broken};
use crate::history::Book;
use crate::mirror::{Held, Mirror};

pub use people::key_of;
pub use reading::{Reading, read};

/// Everything the rules compare.
pub struct Case<'c> {
    /// What was done and shown.
    pub book: &'c Book,
    /// What a fresh reading found.
    pub reading: &'c Reading,
    /// How deeds reach the other mailbox.
    pub delivery: Delivery,
}

/// Every rule over one reading.
///
/// # Errors
/// The first rule that does not hold.
pub fn judge(case: &Case<'_>) -> Result<(), Broken> {
    log::judge(case)?;
    messages::judge(case)?;
    dialogs::judge(case)
}

/// What nobody but the person themselves and their devices holds; for the time between a crash and the drained outbox.
///
/// # Errors
/// The first rule that does not hold.
pub fn judge_logs(case: &Case<'_>) -> Result<(), Broken> {
    log::judge(case)
}

/// Who is who, by asking a platform that nobody uses.
///
/// # Errors
/// The first rule that does not hold.
pub async fn judge_people(platform: &Platform, book: &Book) -> Result<(), Broken> {
    people::judge(platform, book).await
}

/// Of whoever left nothing is there but the husk.
///
/// # Errors
/// The first of whom there is more.
pub async fn judge_gone(platform: &Platform, book: &Book) -> Result<(), Broken> {
    const RULE: &str = "whoever left is gone";
    for user in &book.gone {
        let person = platform.person(*user).await.map_err(|error| unreadable(*user, &error))?;
        if !person.is_some_and(|person| person.is_deleted()) {
            return broken(RULE, format!("{user} is here"));
        }
        let mailbox = read(platform, &[*user], &book.gone).await?;
        if let Some(kept) = mailbox.mailboxes.values().find(|kept| !kept.messages.is_empty() || kept.cut.pts.0 > 1) {
            return broken(RULE, format!("{user}: {:?} up to {}", kept.messages, kept.cut.pts));
        }
    }
    let devices: BTreeSet<usize> = book.deeds.iter().map(|deed| deed.device).collect();
    for device in devices {
        let key = platform.auth_key(key_of(device)).await.map_err(|error| unreadable(UserId(0), &error))?;
        if let Some(user) = key.and_then(|key| key.user_id()).filter(|user| book.gone.contains(user)) {
            return broken(RULE, format!("{user}: device {device} is signed in"));
        }
    }
    Ok(())
}

/// Files that no message shows any more are gone; that the others are there, every reading shows.
///
/// # Errors
/// The first that is there.
pub async fn judge_media(platform: &Platform, book: &Book, reading: &Reading) -> Result<(), Broken> {
    let files = reading.mailboxes.values().flat_map(|mailbox| mailbox.files.values());
    let held: BTreeSet<MediumId> = files.map(|(medium, _)| *medium).collect();
    for medium in book.media.difference(&held) {
        match platform.medium(*medium).await {
            Ok(None) => {}
            found => return broken("what nobody holds goes", format!("{medium:?}: {found:?}")),
        }
    }
    Ok(())
}

/// Two readings of the same disk are the same.
///
/// # Errors
/// [`Broken`] with the first difference.
pub fn judge_same(memory: &Reading, fresh: &Reading) -> Result<(), Broken> {
    for (user, one) in &memory.mailboxes {
        let other = fresh.mailboxes.get(user);
        if other != Some(one) {
            let detail = other.map(|other| one.first_difference(other));
            return broken("what is in memory is what is on the disk", format!("{user}: {detail:?}"));
        }
    }
    Ok(())
}

/// What a device holds is what the server holds.
///
/// # Errors
/// [`Broken`] with the first difference.
pub fn judge_mirror(user: UserId, mirror: &Mirror, reading: &Reading) -> Result<(), Broken> {
    const RULE: &str = "a device ends with what the server holds";
    let Some(mailbox) = reading.mailboxes.get(&user) else { return broken(RULE, format!("{user} is not there")) };
    if mirror.cursor.pts != mailbox.cut.pts {
        return broken(RULE, format!("{user}: pts {} of {}", mirror.cursor.pts, mailbox.cut.pts));
    }
    let shown = |held: &Held| (held.peer, held.text.clone());
    for (id, message) in &mailbox.messages {
        let held = mirror.messages.get(id).map(shown);
        if held.as_ref() != Some(&(message.peer, message.text.clone())) {
            return broken(RULE, format!("{user}: message {id} {:?} is held as {held:?}", message.text));
        }
    }
    if let Some((id, held)) = mirror.messages.iter().find(|(id, _)| !mailbox.messages.contains_key(id)) {
        return broken(RULE, format!("{user}: message {id} {held:?} is gone"));
    }
    for (peer, (inbox, outbox)) in &mirror.reads {
        let dialog = mailbox.dialogs.get(peer);
        let kept = dialog.map(|dialog| (dialog.read_inbox_max, dialog.read_outbox_max));
        if kept != Some((*inbox, *outbox)) {
            return broken(RULE, format!("{user} with {peer:?}: read {inbox}/{outbox}, the server has {kept:?}"));
        }
    }
    Ok(())
}

/// The trouble of a reading that should have none.
fn unreadable(user: UserId, error: &PlatformError) -> Broken {
    Broken { rule: "what is durable can be read", detail: format!("{user}: {error}") }
}
