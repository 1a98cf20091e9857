//! `account.getPrivacy`: the rules of one key.

use tl::{enums, functions};

use crate::views::privacy::{key_of, rules};
use crate::{Context, RpcError};

/// With the people they name.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::GetPrivacy,
) -> Result<enums::account::PrivacyRules, RpcError> {
    Ok(rules(cx.platform(), cx.user()?, key_of(&request.key)).await?)
}
