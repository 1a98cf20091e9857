//! `contacts.getContacts`: the address book, unless the client has it already.

use platform::UserId;
use tl::{enums, functions, types};

use crate::views::user::users;
use crate::{Context, RpcError};

/// The hash is over the count of saved numbers and the ids in ascending order (core.telegram.org/api/offsets).
pub async fn handle(
    cx: &Context<'_>,
    request: functions::contacts::GetContacts,
) -> Result<enums::contacts::Contacts, RpcError> {
    let user = cx.user()?;
    let ids: Vec<UserId> = cx.platform().contacts(user).await?.into_iter().map(|(id, _)| id).collect();
    if request.hash != 0 && request.hash == hash_of_contacts(&ids) {
        return Ok(enums::contacts::Contacts::NotModified);
    }
    let relations = cx.platform().relations(user, &ids).await?;
    let contacts = ids
        .iter()
        .zip(relations)
        .map(|(id, relation)| types::Contact { user_id: id.0, mutual: relation.has_me }.into())
        .collect();
    let users = users(cx.platform(), user, &ids).await?;
    Ok(types::contacts::Contacts { contacts, saved_count: 0, users }.into())
}

fn hash_of_contacts(ids: &[UserId]) -> i64 {
    let mut sorted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sorted.sort_unstable();
    let numbers = std::iter::once(0).chain(sorted);
    let hash = numbers.fold(0_u64, |hash, number| {
        let mut hash = hash;
        hash ^= hash >> 21;
        hash ^= hash << 35;
        hash ^= hash >> 4;
        hash.wrapping_add(number.cast_unsigned())
    });
    hash.cast_signed()
}
