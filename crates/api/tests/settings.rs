//! What people set comes back on their other devices, and what clients ask at start is answered, not refused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use devices::{Device, Server, error, input, input_peer, pair};
use tl::{Serializable, enums, functions, types};

const AYU: &str = "15550001";

async fn downloads(device: &Device) -> types::account::AutoDownloadSettings {
    let all = device.call(&functions::account::GetAutoDownloadSettings {}).await.unwrap();
    let enums::account::AutoDownloadSettings::Settings(all) = all;
    all
}

fn photo_size(settings: &enums::AutoDownloadSettings) -> i32 {
    let enums::AutoDownloadSettings::Settings(settings) = settings;
    settings.photo_size_max
}

#[tokio::test]
async fn downloads_are_kept_by_network() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let before = downloads(&ayu).await;
    let enums::AutoDownloadSettings::Settings(mut wanted) = before.high.clone();
    wanted.photo_size_max = 7;
    let save = functions::account::SaveAutoDownloadSettings { low: false, high: true, settings: wanted.into() };
    assert!(ayu.call(&save).await.unwrap());
    let after = downloads(&ayu).await;
    assert_eq!((photo_size(&after.high), &after.low, &after.medium), (7, &before.low, &before.medium));
    ayu.call(&functions::account::SaveAutoDownloadSettings { high: false, ..save }).await.unwrap();
    assert_eq!(photo_size(&downloads(&ayu).await.medium), 7);
}

#[tokio::test]
async fn saving_is_kept_by_kind_and_by_peer() {
    let server = Server::start().await;
    let (ayu, budi) = (server.sign_up(AYU, "Ayu").await, server.sign_up("15550002", "Budi").await);
    let budi = ayu.see(budi.me().await.phone.as_deref().unwrap()).await;
    let settings = types::AutoSaveSettings { photos: true, videos: true, video_max_size: Some(9) };
    let for_users = functions::account::SaveAutoSaveSettings {
        users: true,
        chats: false,
        broadcasts: false,
        peer: None,
        settings: settings.into(),
    };
    assert!(ayu.call(&for_users).await.unwrap());
    let unclear = functions::account::SaveAutoSaveSettings { chats: true, ..for_users.clone() };
    assert_eq!(error(ayu.call(&unclear).await), pair(400, "PEER_ID_INVALID"));
    let none = types::AutoSaveSettings { photos: false, videos: false, video_max_size: None };
    let for_budi = functions::account::SaveAutoSaveSettings {
        users: false,
        peer: Some(input_peer(&budi)),
        settings: none.into(),
        ..for_users.clone()
    };
    ayu.call(&for_budi).await.unwrap();
    let enums::account::AutoSaveSettings::Settings(all) =
        ayu.call(&functions::account::GetAutoSaveSettings {}).await.unwrap();
    assert_eq!(all.users_settings, for_users.settings);
    assert_eq!((all.exceptions.len(), all.users.len()), (1, 1));
    assert!(ayu.call(&functions::account::DeleteAutoSaveExceptions {}).await.unwrap());
    let enums::account::AutoSaveSettings::Settings(all) =
        ayu.call(&functions::account::GetAutoSaveSettings {}).await.unwrap();
    assert_eq!((all.users_settings, all.exceptions.len()), (for_users.settings, 0));
}

#[tokio::test]
async fn notices_of_reactions_and_the_favourite_one_are_kept() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let get = functions::account::GetReactionsNotifySettings {};
    let enums::ReactionsNotifySettings::Settings(mut wanted) = ayu.call(&get).await.unwrap();
    assert!(wanted.messages_notify_from.is_some() && wanted.show_previews);
    wanted.messages_notify_from = Some(enums::ReactionNotificationsFrom::All);
    wanted.stories_notify_from = None;
    wanted.show_previews = false;
    let settings: enums::ReactionsNotifySettings = wanted.into();
    let set = functions::account::SetReactionsNotifySettings { settings: settings.clone() };
    assert_eq!(ayu.call(&set).await.unwrap(), settings);
    assert_eq!(ayu.call(&get).await.unwrap(), settings);
    let reaction = |emoticon: &str| types::ReactionEmoji { emoticon: emoticon.to_owned() }.into();
    let set = |emoticon: &str| functions::messages::SetDefaultReaction { reaction: reaction(emoticon) };
    for wrong in ["", "abc", &"🔥".repeat(17)] {
        assert_eq!(error(ayu.call(&set(wrong)).await), pair(400, "REACTION_INVALID"));
    }
    assert!(ayu.call(&set("🔥")).await.unwrap());
    let enums::Config::Config(config) = ayu.call(&functions::help::GetConfig {}).await.unwrap();
    assert_eq!(config.reactions_default, Some(reaction("🔥")));
    let stranger = server.device().await;
    let enums::Config::Config(config) = stranger.call(&functions::help::GetConfig {}).await.unwrap();
    assert_eq!(config.reactions_default, Some(reaction("👍")));
}

#[tokio::test]
async fn what_was_dismissed_stays_away() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let dismiss =
        |name: &str| functions::help::DismissSuggestion { peer: enums::InputPeer::Empty, suggestion: name.to_owned() };
    assert!(matches!(ayu.call(&functions::help::GetPromoData {}).await.unwrap(), enums::help::PromoData::Empty(_)));
    for wrong in ["", "two words", &"X".repeat(65)] {
        assert_eq!(error(ayu.call(&dismiss(wrong)).await), pair(400, "SUGGESTION_INVALID"));
    }
    for number in 0..70 {
        ayu.call(&dismiss(&format!("SUGGESTION_{number}"))).await.unwrap();
    }
    ayu.call(&dismiss("SUGGESTION_69")).await.unwrap();
    let enums::help::PromoData::Data(data) = ayu.call(&functions::help::GetPromoData {}).await.unwrap() else {
        panic!("a list of what was dismissed")
    };
    assert_eq!(data.dismissed_suggestions.len(), 64);
    assert_eq!(data.dismissed_suggestions.last().unwrap(), "SUGGESTION_69");
}

#[tokio::test]
async fn offers_to_translate_are_switched_by_peer() {
    let server = Server::start().await;
    let (ayu, budi) = (server.sign_up(AYU, "Ayu").await, server.sign_up("15550002", "Budi").await);
    let budi = ayu.see(budi.me().await.phone.as_deref().unwrap()).await;
    let full = |device: &Device| {
        let (device, id) = (device.clone(), input(&budi));
        async move {
            let enums::users::UserFull::Full(full) = device.call(&functions::users::GetFullUser { id }).await.unwrap();
            let enums::UserFull::Full(full) = full.full_user;
            full.translations_disabled
        }
    };
    let toggle = functions::messages::TogglePeerTranslations { disabled: true, peer: input_peer(&budi) };
    assert!(!full(&ayu).await);
    ayu.call(&toggle).await.unwrap();
    assert!(full(&ayu).await);
    ayu.call(&functions::messages::TogglePeerTranslations { disabled: false, ..toggle }).await.unwrap();
    assert!(!full(&ayu).await);
    let stories = functions::stories::GetPeerStories { peer: input_peer(&budi) };
    let enums::stories::PeerStories::Stories(none) = ayu.call(&stories).await.unwrap();
    let enums::PeerStories::Stories(list) = none.stories;
    assert!(list.stories.is_empty() && none.users.len() == 1);
}

#[tokio::test]
async fn a_code_that_left_its_chat_is_worthless() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let thief = server.device().await;
    let hash = thief.send_code(AYU).await.unwrap().phone_code_hash;
    let resend =
        functions::auth::ResendCode { phone_number: AYU.to_owned(), phone_code_hash: hash.clone(), reason: None };
    thief.call(&resend).await.unwrap();
    let code = server.last_code();
    let invalidate = |codes: &[&str]| functions::account::InvalidateSignInCodes {
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
    };
    assert!(ayu.call(&invalidate(&["000", "nonsense"])).await.unwrap());
    assert!(ayu.call(&invalidate(&["000", &code])).await.unwrap());
    assert_eq!(error(thief.sign_in(AYU, &hash, &code).await), pair(400, "PHONE_CODE_EXPIRED"));
}

#[tokio::test]
async fn sets_that_clients_ask_for_are_there_and_empty() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    use enums::InputStickerSet as Set;
    let get = |stickerset: Set, hash: i32| functions::messages::GetStickerSet { stickerset, hash };
    let dice = |emoticon: &str| types::InputStickerSetDice { emoticon: emoticon.to_owned() }.into();
    let all = [
        Set::AnimatedEmoji,
        Set::AnimatedEmojiAnimations,
        Set::EmojiGenericAnimations,
        Set::PremiumGifts,
        dice("🎲"),
        dice("⚽"),
    ];
    let mut seen = std::collections::HashSet::new();
    for asked in all {
        let enums::messages::StickerSet::Set(found) = ayu.call(&get(asked.clone(), 0)).await.unwrap() else {
            panic!("a set")
        };
        let enums::StickerSet::Set(set) = found.set;
        assert!(found.documents.is_empty() && set.count == 0 && set.hash != 0);
        assert!(seen.insert((set.id, set.short_name.clone())), "{asked:?}");
        let again = ayu.call(&get(asked, set.hash)).await.unwrap();
        assert!(matches!(again, enums::messages::StickerSet::NotModified));
        let by_id = types::InputStickerSetId { id: set.id, access_hash: set.access_hash }.into();
        assert!(matches!(ayu.call(&get(by_id, 0)).await.unwrap(), enums::messages::StickerSet::Set(_)));
    }
    let unknown = types::InputStickerSetShortName { short_name: "cats".to_owned() }.into();
    assert_eq!(error(ayu.call(&get(unknown, 0)).await), pair(406, "STICKERSET_INVALID"));
    assert_eq!(error(ayu.call(&get(dice("🙂"), 0)).await), pair(406, "STICKERSET_INVALID"));
}

#[tokio::test]
async fn the_group_of_secret_chats_is_the_published_one() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let get = |version: i32, random_length: i32| functions::messages::GetDhConfig { version, random_length };
    let enums::messages::DhConfig::Config(group) = ayu.call(&get(0, 256)).await.unwrap() else { panic!("a group") };
    assert_eq!((group.g, group.p.as_slice(), group.random.len()), (3, crypto::DH_PRIME.as_slice(), 256));
    let again = ayu.call(&get(group.version, 16)).await.unwrap();
    let enums::messages::DhConfig::NotModified(again) = again else { panic!("it did not change") };
    assert_eq!(again.random.len(), 16);
    for wrong in [-1, 1025] {
        assert_eq!(error(ayu.call(&get(0, wrong)).await), pair(400, "RANDOM_LENGTH_INVALID"));
    }
}

#[tokio::test]
async fn messages_do_not_disappear_by_default() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let set = |period: i32| functions::messages::SetDefaultHistoryTtl { period };
    assert!(ayu.call(&set(0)).await.unwrap());
    assert_eq!(error(ayu.call(&set(86_400)).await), pair(400, "TTL_PERIOD_INVALID"));
}

#[tokio::test]
async fn what_is_reported_reaches_the_operator() {
    let server = Server::start().await;
    let (ayu, budi) = (server.sign_up(AYU, "Ayu").await, server.sign_up("15550002", "Budi").await);
    let (ayu_id, budi_id) = (platform::UserId(ayu.me().await.id), platform::UserId(budi.me().await.id));
    let budi = ayu.see(budi.me().await.phone.as_deref().unwrap()).await;
    assert!(ayu.call(&functions::messages::ReportSpam { peer: input_peer(&budi) }).await.unwrap());
    let report = |option: &[u8], message: &str| functions::messages::Report {
        peer: input_peer(&budi),
        id: vec![1],
        option: option.to_vec(),
        message: message.to_owned(),
    };
    let asked = ayu.call(&report(b"", "")).await.unwrap();
    let enums::ReportResult::ChooseOption(asked) = asked else { panic!("the question why") };
    let enums::MessageReportOption::Option(first) = &asked.options[0];
    assert!(matches!(ayu.call(&report(&first.option, "")).await.unwrap(), enums::ReportResult::Reported));
    assert!(matches!(ayu.call(&report(b"other", "")).await.unwrap(), enums::ReportResult::AddComment(_)));
    let words = "rude ".repeat(200);
    assert!(matches!(ayu.call(&report(b"other", &words)).await.unwrap(), enums::ReportResult::Reported));
    assert_eq!(error(ayu.call(&report(b"no such", "")).await), pair(400, "OPTION_INVALID"));
    let peer = functions::account::ReportPeer {
        peer: input_peer(&budi),
        reason: enums::ReportReason::InputReportReasonFake,
        message: "not Budi".to_owned(),
    };
    assert!(ayu.call(&peer).await.unwrap());
    let found = server.api.platform().reports().await.unwrap();
    let [(id, reported)] = found.as_slice() else { panic!("one person was reported") };
    assert_eq!((*id, reported.count), (budi_id, 4));
    let reasons: Vec<_> = reported.latest.iter().map(|report| report.reason.as_str()).collect();
    assert_eq!(reasons, ["spam", "spam", "other", "fake"]);
    assert!(reported.latest.iter().all(|report| report.by == ayu_id && report.comment.chars().count() <= 512));
    // An old client names its reason at once and reads a bare success: it must not be told one for a question.
    let mut old = ayu.clone();
    old.caller.layer = 158;
    let query = old_report(&input_peer(&budi));
    let answer = old.api.call(&old.caller, &query).await.unwrap();
    assert_eq!(answer, true.to_bytes());
    assert_eq!(server.api.platform().reports().await.unwrap()[0].1.count, 5);
    let myself = functions::messages::ReportSpam { peer: enums::InputPeer::PeerSelf };
    assert_eq!(error(ayu.call(&myself).await), pair(400, "USER_ID_INVALID"));
    // Few are kept, and few are taken.
    for _ in 0..55 {
        ayu.call(&peer).await.unwrap();
    }
    let (code, name) = error(ayu.call(&peer).await);
    assert!(code == 420 && name.starts_with("FLOOD_WAIT_"));
    let found = server.api.platform().reports().await.unwrap();
    assert_eq!((found[0].1.count, found[0].1.latest.len()), (60, 20));
    assert!(server.api.platform().dismiss_reports(platform::people::stewards::Steward::Local, budi_id).await.unwrap());
    assert!(server.api.platform().reports().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_words_of_a_language_are_told_once() {
    let server = Server::start().await;
    let device = server.device().await;
    let pack = || "tdesktop".to_owned();
    let languages = device.call(&functions::langpack::GetLanguages { lang_pack: pack() }).await.unwrap();
    let codes: Vec<_> = languages
        .iter()
        .map(|enums::LangPackLanguage::Language(language)| {
            assert!(language.strings_count > 90 && language.official);
            language.lang_code.clone()
        })
        .collect();
    assert_eq!(codes, ["en", "id"]);
    let whole = functions::langpack::GetLangPack { lang_pack: pack(), lang_code: "id".to_owned() };
    let enums::LangPackDifference::Difference(whole) = device.call(&whole).await.unwrap();
    assert!(whole.version > 0 && whole.from_version == 0 && whole.strings.len() > 90);
    let since = functions::langpack::GetDifference {
        lang_pack: pack(),
        lang_code: "id".to_owned(),
        from_version: whole.version,
    };
    let enums::LangPackDifference::Difference(nothing) = device.call(&since).await.unwrap();
    assert_eq!((nothing.version, nothing.strings.len()), (whole.version, 0));
    let unknown = functions::langpack::GetLanguage { lang_pack: pack(), lang_code: "tlh".to_owned() };
    assert_eq!(error(device.call(&unknown).await), pair(400, "LANG_CODE_NOT_SUPPORTED"));
    let bad = functions::langpack::GetLanguages { lang_pack: "no pack".to_owned() };
    assert_eq!(error(device.call(&bad).await), pair(400, "LANG_PACK_INVALID"));
    let keys = ["lng_cancel", "lng_no_such_key"].map(str::to_owned).to_vec();
    let strings = functions::langpack::GetStrings { lang_pack: pack(), lang_code: "id-ID".to_owned(), keys };
    let strings = device.call(&strings).await.unwrap();
    let [enums::LangPackString::String(cancel)] = strings.as_slice() else { panic!("one of the two") };
    assert_eq!((cancel.key.as_str(), cancel.value.as_str()), ("lng_cancel", "Batal"));
}

#[tokio::test]
async fn words_for_emoji_and_backgrounds_are_told_once() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let words = functions::messages::GetEmojiKeywords { lang_code: "id".to_owned() };
    let enums::EmojiKeywordsDifference::Difference(words) = ayu.call(&words).await.unwrap();
    assert!(words.version > 0 && words.keywords.len() > 150 && words.lang_code == "id");
    let since =
        functions::messages::GetEmojiKeywordsDifference { lang_code: "id".to_owned(), from_version: words.version };
    let enums::EmojiKeywordsDifference::Difference(nothing) = ayu.call(&since).await.unwrap();
    assert_eq!((nothing.version, nothing.keywords.len()), (words.version, 0));
    let languages = |codes: &[&str]| functions::messages::GetEmojiKeywordsLanguages {
        lang_codes: codes.iter().map(|code| (*code).to_owned()).collect(),
    };
    assert_eq!(ayu.call(&languages(&["id", "tlh"])).await.unwrap().len(), 1);
    assert_eq!(error(ayu.call(&languages(&["en"; 101])).await), pair(400, "LIMIT_INVALID"));
    let papers = functions::account::GetWallPapers { hash: 0 };
    let enums::account::WallPapers::Papers(papers) = ayu.call(&papers).await.unwrap() else { panic!("a list") };
    let again = functions::account::GetWallPapers { hash: papers.hash };
    assert!(matches!(ayu.call(&again).await.unwrap(), enums::account::WallPapers::NotModified));
    for paper in &papers.wallpapers {
        let enums::WallPaper::NoFile(paper) = paper else { panic!("colours only") };
        let wallpaper = types::InputWallPaperNoFile { id: paper.id }.into();
        assert!(ayu.call(&functions::account::GetWallPaper { wallpaper }).await.is_ok());
    }
    let wallpaper = types::InputWallPaperNoFile { id: 99 }.into();
    let unknown = functions::account::GetWallPaper { wallpaper };
    assert_eq!(error(ayu.call(&unknown).await), pair(400, "WALLPAPER_INVALID"));
}

/// `messages.report` as layers up to 187 write it: peer, messages, reason, words.
fn old_report(peer: &enums::InputPeer) -> Vec<u8> {
    let mut query = 0x8953_ab4e_u32.to_le_bytes().to_vec();
    query.extend(peer.to_bytes());
    query.extend(vec![1_i32].to_bytes());
    query.extend(enums::ReportReason::InputReportReasonSpam.to_bytes());
    query.extend("rude".to_owned().to_bytes());
    query
}
