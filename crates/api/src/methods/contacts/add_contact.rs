//! `contacts.addContact`: somebody the caller was shown goes into the address book.

use platform::people::names::Phone;
use platform::people::relation::Contact;
use tl::{enums, functions};

use super::bar_updates;
use super::update_contact_note::note_text;
use crate::{Context, RpcError};

/// Adds them or renames them; on wish they may see the caller's number.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::AddContact) -> Result<enums::Updates, RpcError> {
    let (user, other) = (cx.user()?, cx.input_user(&request.id).await?);
    let phone = Phone::parse(&request.phone).ok().map(|phone| phone.as_str().to_owned());
    let note = request.note.as_ref().map(note_text).transpose()?;
    let contact =
        Contact { first_name: request.first_name, last_name: request.last_name, phone, note, ..Contact::default() };
    let device = Some(cx.caller.key.id);
    cx.platform().add_contact(user, other, contact, device).await?;
    if request.add_phone_privacy_exception {
        cx.platform().show_phone_to(user, other, device).await?;
    }
    bar_updates(cx, &[other]).await
}
