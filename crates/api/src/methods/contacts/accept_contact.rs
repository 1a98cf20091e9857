//! `contacts.acceptContact`: takes somebody who wrote into the address book and lets them see the number.

use platform::people::relation::Contact;
use tl::{enums, functions};

use super::bar_updates;
use crate::{Context, RpcError};

/// Under the name they give themselves.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::AcceptContact) -> Result<enums::Updates, RpcError> {
    let (user, other) = (cx.user()?, cx.input_user(&request.id).await?);
    let person = cx.platform().living_person(other).await?;
    let contact = Contact {
        first_name: person.profile.first_name.clone(),
        last_name: person.profile.last_name.clone(),
        ..Contact::default()
    };
    let device = Some(cx.caller.key.id);
    cx.platform().add_contact(user, other, contact, device).await?;
    cx.platform().show_phone_to(user, other, device).await?;
    bar_updates(cx, &[other]).await
}
