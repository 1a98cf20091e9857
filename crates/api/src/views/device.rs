//! Signed-in devices, as their owner sees them.

use platform::people::auth_key::ClientInfo;
use platform::people::authorizations::Device;
use platform::{AuthKeyId, Platform, PlatformError, UserId};
use tl::{enums, types};

/// One device, as seen from the one with the key `own`.
#[must_use]
pub fn authorization(device: &Device, own: AuthKeyId) -> enums::Authorization {
    let (record, client) = (&device.record, &device.client);
    let current = device.key_id == own;
    types::Authorization {
        current,
        official_app: false,
        password_pending: record.is_waiting(),
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

/// `updateNewAuthorization`: somebody signed in as the viewer elsewhere. `None` once that device is gone.
///
/// # Errors
/// Trouble of the store.
pub async fn new_authorization(
    platform: &Platform,
    viewer: UserId,
    hash: i64,
) -> Result<Option<enums::Update>, PlatformError> {
    let devices = platform.devices(viewer).await?;
    let Some(device) = devices.iter().find(|device| device.record.hash == hash) else { return Ok(None) };
    let client = &device.client;
    let name = [app_name(client), client.device_model.clone()].join(", ");
    // The date is that of the sign-in: a log entry's may be a few seconds ahead, and TDLib takes it for an error.
    // One flag bit stands for all four: a date with it makes the device "unconfirmed", which asks the owner about it.
    let update = types::UpdateNewAuthorization {
        unconfirmed: true,
        hash,
        date: Some(device.record.created_at),
        device: Some(name),
        location: Some(device.record.ip.clone()),
    };
    Ok(Some(update.into()))
}
