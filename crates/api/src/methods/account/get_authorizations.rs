//! `account.getAuthorizations`: the devices that are signed in.

use platform::AuthKeyId;
use platform::limits::AUTHORIZATION_TTL_DEFAULT_DAYS;
use platform::people::auth_key::ClientInfo;
use platform::people::authorizations::Device;
use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// With what they said of themselves. The caller's own has hash 0, as clients expect.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetAuthorizations,
) -> Result<enums::account::Authorizations, RpcError> {
    let user = cx.user()?;
    let parent = cx.caller.key.authorization().and_then(|authorization| authorization.parent);
    let own = parent.unwrap_or(cx.caller.key.id);
    let devices = cx.platform().devices(user).await?;
    let authorizations = devices.iter().map(|device| authorization(device, own)).collect();
    let ttl = cx.platform().switches(user).await?.authorization_ttl_days;
    let authorization_ttl_days = ttl.unwrap_or(AUTHORIZATION_TTL_DEFAULT_DAYS);
    Ok(types::account::Authorizations { authorization_ttl_days, authorizations }.into())
}

/// One device, as seen from the one with the key `own`.
pub(crate) fn authorization(device: &Device, own: AuthKeyId) -> enums::Authorization {
    let (record, client) = (&device.record, &device.client);
    let current = device.key_id == own;
    types::Authorization {
        current,
        official_app: false,
        password_pending: false,
        encrypted_requests_disabled: false,
        call_requests_disabled: false,
        unconfirmed: false,
        hash: if current { 0 } else { record.hash },
        device_model: client.device_model.clone(),
        platform: platform_name(client).to_owned(),
        system_version: client.system_version.clone(),
        api_id: client.api_id,
        app_name: app_name(client),
        app_version: client.app_version.clone(),
        date_created: record.created_at,
        date_active: record.active_at.unwrap_or(record.created_at),
        ip: record.ip.clone(),
        country: String::new(),
        region: String::new(),
    }
    .into()
}

/// The icon a client shows; language packs are named after the application.
fn platform_name(client: &ClientInfo) -> &'static str {
    match client.lang_pack.as_str() {
        "android" | "android_x" => "Android",
        "ios" => "iOS",
        "macos" => "macOS",
        "tdesktop" => "Desktop",
        "weba" | "webk" => "Web",
        _ => "",
    }
}

/// Applications register nowhere here: their number is all that is known of them, apart from their language pack.
fn app_name(client: &ClientInfo) -> String {
    if client.lang_pack.is_empty() { format!("App {}", client.api_id) } else { client.lang_pack.clone() }
}
