//! `contacts.updateContactNote`: a private note about a contact.

use tl::{enums, functions};

use crate::limits::CONTACT_NOTE_MAX_CHARS;
use crate::{Context, RpcError};

/// An empty one removes it.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::UpdateContactNote) -> Result<bool, RpcError> {
    let (user, other) = (cx.user()?, cx.input_user(&request.id).await?);
    let text = note_text(&request.note)?;
    let note = Some(text).filter(|text| !text.is_empty());
    cx.platform().edit_contact(user, other, |contact| contact.note = note, Some(cx.caller.key.id)).await?;
    Ok(true)
}

/// The words of a note, without their styles.
pub(super) fn note_text(note: &enums::TextWithEntities) -> Result<String, RpcError> {
    let enums::TextWithEntities::Entities(note) = note;
    if note.text.chars().count() > CONTACT_NOTE_MAX_CHARS {
        return Err(RpcError::new(400, "CONTACT_NOTE_TOO_LONG"));
    }
    Ok(note.text.clone())
}
