//! `help.getPremiumPromo`: what a subscription would offer.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Nothing is sold here, and the page says so.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::help::GetPremiumPromo,
) -> Result<enums::help::PremiumPromo, RpcError> {
    let promo = types::help::PremiumPromo {
        status_text: format!("{} sells no subscriptions.", cx.api.settings().name),
        status_entities: Vec::new(),
        video_sections: Vec::new(),
        videos: Vec::new(),
        period_options: Vec::new(),
        users: Vec::new(),
    };
    Ok(promo.into())
}
