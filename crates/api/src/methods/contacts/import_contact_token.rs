//! `contacts.importContactToken`: who a contact link belongs to.

use tl::{enums, functions};

use crate::views::user::one_user;
use crate::{Context, RpcError};

/// The person, whom the caller can name from now on.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::contacts::ImportContactToken,
) -> Result<enums::User, RpcError> {
    let invalid = RpcError::new(400, "IMPORT_TOKEN_INVALID");
    let owner = cx.platform().owner_of_contact_token(&request.token).ok_or(invalid.clone())?;
    cx.platform().living_person(owner).await.map_err(|_| invalid)?;
    Ok(one_user(cx.platform(), cx.user()?, owner).await?)
}
