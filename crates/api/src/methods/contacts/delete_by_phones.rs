//! `contacts.deleteByPhones`: whoever is in the address book under these numbers leaves it.

use std::collections::HashSet;

use platform::UserId;
use platform::people::names::Phone;
use tl::functions;

use crate::limits::PEOPLE_PER_CALL_MAX;
use crate::{Context, RpcError};

/// Numbers that nobody has are no error.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::DeleteByPhones) -> Result<bool, RpcError> {
    let user = cx.user()?;
    if request.phones.len() > PEOPLE_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    let phones: HashSet<String> =
        request.phones.iter().filter_map(|phone| Some(Phone::parse(phone).ok()?.as_str().to_owned())).collect();
    let book = cx.platform().contacts(user).await?;
    let named = book.iter().filter(|(_, contact)| contact.phone.as_ref().is_some_and(|phone| phones.contains(phone)));
    let ids: Vec<UserId> = named.map(|(id, _)| *id).collect();
    cx.platform().delete_contacts(user, &ids, Some(cx.caller.key.id)).await?;
    Ok(true)
}
