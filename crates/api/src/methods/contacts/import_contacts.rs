//! `contacts.importContacts`: which people of an address book are here.

use platform::UserId;
use platform::limits::CONTACTS_PER_IMPORT;
use platform::people::contacts::Upload;
use tl::{enums, functions, types};

use crate::views::user::users;
use crate::{Context, RpcError};

/// What is past the bound of one call is to be sent again, as the answer says.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::contacts::ImportContacts,
) -> Result<enums::contacts::ImportedContacts, RpcError> {
    let user = cx.user()?;
    let (mut uploads, mut client_ids) = (Vec::new(), Vec::new());
    for enums::InputContact::InputPhoneContact(contact) in request.contacts {
        client_ids.push(contact.client_id);
        uploads.push(Upload { phone: contact.phone, first_name: contact.first_name, last_name: contact.last_name });
    }
    let taken = uploads.len().min(CONTACTS_PER_IMPORT);
    let retry_contacts = client_ids[taken..].to_vec();
    let found = cx.platform().import_contacts(user, &uploads[..taken], Some(cx.caller.key.id)).await?;
    let imported = client_ids.iter().zip(&found).filter_map(|(client_id, user_id)| {
        Some(types::ImportedContact { user_id: (*user_id)?.0, client_id: *client_id }.into())
    });
    let ids: Vec<UserId> = found.iter().flatten().copied().collect();
    Ok(types::contacts::ImportedContacts {
        imported: imported.collect(),
        popular_invites: Vec::new(),
        retry_contacts,
        users: users(cx.platform(), user, &ids).await?,
    }
    .into())
}
