//! `users.getRequirementsToContact`: what it takes to write to people.

use tl::{enums, functions};

use crate::limits::PEOPLE_PER_CALL_MAX;
use crate::{Context, RpcError};

/// Writing costs nothing here and needs no subscription.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::users::GetRequirementsToContact,
) -> Result<Vec<enums::RequirementToContact>, RpcError> {
    cx.user()?;
    if request.id.len() > PEOPLE_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    Ok(request.id.iter().map(|_| enums::RequirementToContact::Empty).collect())
}
