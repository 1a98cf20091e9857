//! `help.getConfig`: addresses, limits and periods that clients obey.

use tl::{enums, functions, types};

use crate::{ApiSettings, Context, DcAddress, RpcError};

/// How long a client may keep this before it asks again, in seconds.
const EXPIRES_SECONDS: i32 = 3600;
/// The DCs a client may know by heart; each is this server.
const DC_IDS: std::ops::RangeInclusive<i32> = 1..=5;
/// A time limit that never runs out.
const NO_LIMIT: i32 = i32::MAX;
const TWO_DAYS_SECONDS: i32 = 172_800;
const WEEK_SECONDS: i32 = 604_800;

/// `this_dc` echoes the DC the client dialled: a client told that it sits at another one asks again without end.
pub async fn handle(cx: &Context<'_>, _request: functions::help::GetConfig) -> Result<enums::Config, RpcError> {
    let settings = cx.api.settings();
    let date = cx.platform().now();
    let mut config = types::Config { this_dc: cx.this_dc(), date, expires: date + EXPIRES_SECONDS, ..limits(settings) };
    if let Some(emoticon) = default_reaction(cx).await? {
        config.reactions_default = Some(types::ReactionEmoji { emoticon }.into());
    }
    tell_languages(cx, &mut config);
    Ok(config.into())
}

/// Which version of its words the client should have, and which language its system speaks if it is one of ours.
fn tell_languages(cx: &Context<'_>, config: &mut types::Config) {
    let (client, languages) = (cx.caller.key.client(), &cx.api.settings().languages);
    let Some(present) = languages.find(&client.lang_code) else { return };
    let version = |code: &str| languages.find(code).map(|language| language.version);
    let suggested = languages.find(&client.system_lang_code).unwrap_or(present);
    config.suggested_lang_code = Some(suggested.code.clone());
    config.lang_pack_version = Some(present.version);
    config.base_lang_pack_version = present.base.as_deref().and_then(version).or(Some(0));
}

/// The caller's own choice (`messages.setDefaultReaction`).
async fn default_reaction(cx: &Context<'_>) -> Result<Option<String>, RpcError> {
    Ok(match cx.user {
        Some(user) => cx.platform().switches(user).await?.default_reaction,
        None => None,
    })
}

/// Everything that does not depend on who asks and when.
fn limits(settings: &ApiSettings) -> types::Config {
    types::Config {
        default_p2p_contacts: true,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date: 0,
        expires: 0,
        test_mode: false,
        this_dc: settings.dc_id,
        dc_options: dc_options(&settings.addresses),
        dc_txt_domain_name: String::new(),
        chat_size_max: 200,
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: TWO_DAYS_SECONDS,
        revoke_time_limit: NO_LIMIT,
        revoke_pm_time_limit: NO_LIMIT,
        rating_e_decay: 4 * WEEK_SECONDS,
        stickers_recent_limit: 200,
        channels_read_media_period: WEEK_SECONDS,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: settings.base_url.clone(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: 1024,
        message_length_max: 4096,
        webfile_dc_id: settings.dc_id,
        suggested_lang_code: None,
        lang_pack_version: None,
        base_lang_pack_version: None,
        reactions_default: Some(types::ReactionEmoji { emoticon: "👍".to_owned() }.into()),
        autologin_token: None,
    }
}

fn dc_options(addresses: &[DcAddress]) -> Vec<enums::DcOption> {
    DC_IDS.flat_map(|id| addresses.iter().map(move |address| dc_option(id, address))).collect()
}

fn dc_option(id: i32, address: &DcAddress) -> enums::DcOption {
    types::DcOption {
        ipv6: address.ip.is_ipv6(),
        media_only: false,
        tcpo_only: false,
        cdn: false,
        r#static: true,
        this_port_only: true,
        id,
        ip_address: address.ip.to_string(),
        port: i32::from(address.port),
        secret: None,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dc_is_listed_at_every_address() {
        let addresses = [
            DcAddress { ip: [127, 0, 0, 1].into(), port: 8443 },
            DcAddress { ip: std::net::Ipv6Addr::LOCALHOST.into(), port: 8443 },
        ];
        let options = dc_options(&addresses);
        assert_eq!(options.len(), 10);
        let enums::DcOption::Option(last) = &options[9];
        assert_eq!((last.id, last.ipv6, last.ip_address.as_str(), last.port), (5, true, "::1", 8443));
    }
}
