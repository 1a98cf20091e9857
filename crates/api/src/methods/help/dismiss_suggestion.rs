//! `help.dismissSuggestion`: a suggestion that the person does not want to see again.

use platform::limits::{DISMISSED_SUGGESTIONS_MAX, SHORT_NAME_MAX_BYTES};
use tl::functions;

use crate::{Context, RpcError};

/// Kept for all devices; `help.getPromoData` tells it.
pub async fn handle(cx: &Context<'_>, request: functions::help::DismissSuggestion) -> Result<bool, RpcError> {
    let name = request.suggestion;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.is_empty() || name.len() > SHORT_NAME_MAX_BYTES || !is_name {
        return Err(RpcError::new(400, "SUGGESTION_INVALID"));
    }
    let dismiss = |switches: &mut platform::people::settings::Switches| {
        let dismissed = switches.dismissed_suggestions.get_or_insert_default();
        dismissed.retain(|known| *known != name);
        dismissed.push(name.clone());
        if dismissed.len() > DISMISSED_SUGGESTIONS_MAX {
            dismissed.remove(0);
        }
    };
    cx.platform().set_switches(cx.user()?, dismiss).await?;
    Ok(true)
}
