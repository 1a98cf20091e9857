//! `account.setPrivacy`: who may see or do something.

use platform::limits::PRIVACY_RULES_MAX;
use tl::{enums, functions};

use crate::views::privacy::{key_of, rule_of, rules};
use crate::{Context, RpcError};

/// Replaces the rules of the key; answers with what holds now.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::SetPrivacy,
) -> Result<enums::account::PrivacyRules, RpcError> {
    let user = cx.user()?;
    if request.rules.len() > PRIVACY_RULES_MAX {
        return Err(RpcError::new(400, "PRIVACY_TOO_LONG"));
    }
    let mut wanted = Vec::with_capacity(request.rules.len());
    for rule in &request.rules {
        wanted.push(rule_of(cx, rule).await?);
    }
    let key = key_of(&request.key);
    cx.platform().set_privacy(user, key, wanted, Some(cx.caller.key.id)).await?;
    Ok(rules(cx.platform(), user, key).await?)
}
