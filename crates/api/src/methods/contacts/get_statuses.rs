//! `contacts.getStatuses`: when contacts were here, as far as they tell.

use platform::UserId;
use tl::{enums, functions, types};

use crate::views::user::status;
use crate::{Context, RpcError};

/// Those of whom nothing may be known are left out.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::contacts::GetStatuses,
) -> Result<Vec<enums::ContactStatus>, RpcError> {
    let user = cx.user()?;
    let platform = cx.platform();
    let ids: Vec<UserId> = platform.contacts(user).await?.into_iter().map(|(id, _)| id).collect();
    let Some(me) = platform.person(user).await? else { return Ok(Vec::new()) };
    let (people, relations) = (platform.people(&ids).await?, platform.relations(user, &ids).await?);
    let known = people.iter().zip(&relations).filter_map(|(person, relation)| Some((person.as_ref()?, relation)));
    let statuses = known.map(|(person, relation)| (person.id, status(platform.status(&me, person, relation))));
    let told = statuses.filter(|(_, status)| !matches!(status, enums::UserStatus::Empty));
    Ok(told.map(|(id, status)| types::ContactStatus { user_id: id.0, status }.into()).collect())
}
