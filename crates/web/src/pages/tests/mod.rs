//! The pages as browsers, robots and curious people see them.

mod town;

use std::net::IpAddr;

use axum::http::uri::Scheme;
use axum::http::{Request, StatusCode, header};
use platform::people::SignUpMode;
use platform::people::invites::NewInvite;
use platform::people::photos::PhotoSlot;
use platform::people::privacy::{PrivacyKey, Rule};
use platform::people::stewards::Steward;
use town::Town;

/// What strangers write where only words belong.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}{count}",
    "</title><svg onload=alert(1)>",
    "&lt;b&gt; \u{202e}rtl",
];

#[tokio::test]
async fn the_first_page_says_where_whom_to_trust_and_who_is_here() {
    let town = Town::start().await;
    let empty = town.get("/").await;
    assert!(empty.has("Nobody is here yet. Be the first.") && empty.has("makes you its administrator"));
    town.platform.set_sign_up_mode(Steward::Local, SignUpMode::Closed).await.unwrap();
    assert!(!town.get("/").await.has("Be the first"), "nobody can be");
    town.platform.set_sign_up_mode(Steward::Local, SignUpMode::Open).await.unwrap();
    town.person("Ayu", "", "").await;
    let page = town.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["203.0.113.1:4430", "00ff00ff00ff00ff", "href=\"/app/\"", "One person is here", "/connect/telethon"] {
        assert!(page.has(part), "{part}: {}", page.text());
    }
    assert!(page.has("Everybody may join") && !page.has("administrator"));
    town.platform.set_sign_up_mode(Steward::Local, SignUpMode::Invite).await.unwrap();
    assert!(town.get("/").await.has("with an invite"));
}

#[tokio::test]
async fn the_status_page_tells_how_the_server_fares_without_asking_the_store() {
    let town = Town::start().await;
    let page = town.get("/status").await;
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !page.text().contains(" style="), "{policy}");
    assert_eq!(page.text().matches("<script").count(), 1, "its own");
    assert!(page.has("Starting") && page.has("New people") && page.has("/status.js"), "{}", page.text());
    assert_eq!(town.get("/status.js").await.header(header::CONTENT_TYPE), "text/javascript; charset=utf-8");
    assert_eq!(town.get("/status.css").await.header(header::CONTENT_TYPE), "text/css; charset=utf-8");
    let news: serde_json::Value =
        serde_json::from_slice(&town.get("/status.json?after=7&range=day").await.bytes).unwrap();
    assert_eq!((&news["state"], &news["points"]), (&"starting".into(), &serde_json::json!([])));
    let words = town.look(Request::get("/status.words.json").header(header::ACCEPT_LANGUAGE, "id")).await;
    assert!(words.has("\"sign_ups\":\"Orang baru\""), "{}", words.text());
    let text = town.look(Request::get("/status").header(header::USER_AGENT, "curl/8")).await;
    assert!(
        text.header(header::CONTENT_TYPE).starts_with("text/plain") && text.has("Connections: "),
        "{}",
        text.text()
    );
}

#[tokio::test]
async fn no_other_page_has_a_script_or_leaves_the_server() {
    let town = Town::start().await;
    let id = town.person("Ayu", "Lestari", "ayu_lestari").await;
    town.photo(id, PhotoSlot::Main).await;
    for path in ["/", "/connect", "/connect/telethon", "/ayu_lestari", "/nobody_here", "/invite/123456789012"] {
        let page = town.get(path).await;
        let policy = page.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{path}: {policy}");
        assert_eq!(page.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert_eq!(page.headers.get_all(header::CONTENT_TYPE).iter().count(), 1, "{path}");
        let text = page.text();
        assert!(!text.contains("<script") && !text.contains(" style="), "{path}: {text}");
        let handlers =
            text.split(" on").skip(1).filter(|part| part.split('=').next().unwrap().chars().all(char::is_alphabetic));
        assert_eq!(handlers.count(), 0, "{path}: {text}");
        let loaded = text.split("src=\"").skip(1).chain(text.split("<link").skip(1));
        assert!(loaded.into_iter().all(|part| !part.split('>').next().unwrap().contains("://")), "{path}");
        assert!(!text.contains("{{") && !text.contains("{%"), "{path}");
    }
}

#[tokio::test]
async fn the_sheet_and_the_icon_are_where_the_pages_say() {
    let town = Town::start().await;
    let home = town.get("/").await;
    let sheet = home.text().split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sheet = town.get(&sheet).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert!(sheet.has("--accent") && sheet.has(".button.primary") && !sheet.has("@import"));
    assert!(sheet.header(header::CACHE_CONTROL).contains("immutable"));
    assert!(town.get("/icon.svg").await.has("<svg"));
    assert!(town.get("/robots.txt").await.has("Disallow: /invite/"));
    assert_eq!(town.get("/admin").await.header(header::LOCATION), "/app/#/admin");
}

#[tokio::test]
async fn browsers_are_spoken_to_in_their_language() {
    let town = Town::start().await;
    let page = town.look(Request::get("/").header("accept-language", "id-ID,id;q=0.9,en;q=0.8")).await;
    assert!(page.has("<html lang=\"id\" dir=\"ltr\">") && page.has("Buka di peramban"), "{}", page.text());
    assert_eq!(page.header(header::CONTENT_LANGUAGE), "id");
    assert!(page.header(header::VARY).contains("accept-language"));
}

#[tokio::test]
async fn terminals_get_text() {
    let town = Town::start().await;
    let page = town.look(Request::get("/").header("user-agent", "curl/8.5.0")).await;
    assert!(page.header(header::CONTENT_TYPE).starts_with("text/plain"));
    assert!(page.has("203.0.113.1:4430") && page.has("http://203.0.113.1:4430/app/") && !page.has("<"));
    let guide = town.look(Request::get("/connect/telethon").header("user-agent", "curl/8.5.0")).await;
    assert_eq!(guide.text(), "print('<ready>')\n");
    assert!(town.get("/connect/telethon").await.has("print(&#39;&lt;ready&gt;&#39;)"));
}

#[tokio::test]
async fn whoever_came_without_encryption_is_told_if_there_is_better() {
    let town = Town::start().await.at("https://chat.example/");
    let by = |scheme: Scheme| Request::get("/connect").extension(scheme);
    assert!(town.look(by(Scheme::HTTP)).await.has("href=\"https://chat.example/connect\""));
    assert!(!town.look(by(Scheme::HTTPS)).await.has("without encryption"));
    let behind_proxy = by(Scheme::HTTP).header("x-forwarded-proto", "https");
    assert!(!town.look(behind_proxy).await.has("without encryption"));
    let plain = Town::start().await;
    assert!(!plain.look(by(Scheme::HTTP)).await.has("without encryption"), "there is nothing better");
}

#[tokio::test]
async fn a_persons_page_shows_what_everybody_may_see() {
    let town = Town::start().await;
    let id = town.person("Ayu", "Lestari", "Ayu_Lestari").await;
    town.about(id, "Plays the drum").await;
    let page = town.get("/ayu_lestari").await;
    for part in
        ["Ayu Lestari", "@Ayu_Lestari", "Plays the drum", "/app/#/u/Ayu_Lestari", "tg://resolve?domain=Ayu_Lestari"]
    {
        assert!(page.has(part), "{part}: {}", page.text());
    }
    assert!(page.has("og:title\" content=\"Ayu Lestari") && page.has("noindex") && !page.has("og:image"));
    assert!(!page.has("1555"), "no number");
    assert_eq!(town.get("/ayu_lestari/photo.jpg").await.status, StatusCode::NOT_FOUND);

    town.photo(id, PhotoSlot::Main).await;
    assert!(town.get("/ayu_lestari").await.has("http://203.0.113.1:4430/Ayu_Lestari/photo.jpg"));
    let photo = town.get("/Ayu_Lestari/photo.jpg").await;
    assert!(photo.bytes.starts_with(&[0xff, 0xd8, 0xff]), "re-encoded");
    assert_eq!(photo.header(header::CONTENT_TYPE), "image/jpeg");
    assert_eq!(photo.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
}

#[tokio::test]
async fn what_privacy_keeps_from_anybody_is_not_on_the_page() {
    let town = Town::start().await;
    let id = town.person("Budi", "", "budi_di_sini").await;
    let other = town.person("Citra", "", "").await;
    town.about(id, "Only for friends").await;
    town.photo(id, PhotoSlot::Main).await;
    for rules in [
        vec![Rule::AllowContacts],
        vec![Rule::DisallowAll],
        vec![Rule::AllowUsers(vec![other]), Rule::DisallowAll],
        vec![Rule::AllowAll, Rule::DisallowUsers(vec![other])],
        vec![],
    ] {
        for key in [PrivacyKey::About, PrivacyKey::ProfilePhoto] {
            town.platform.set_privacy(id, key, rules.clone(), None).await.unwrap();
        }
        let page = town.get("/budi_di_sini").await;
        assert!(
            page.has("Budi") && !page.has("Only for friends") && !page.has("photo.jpg"),
            "{rules:?}: {}",
            page.text()
        );
        let photo = town.get("/budi_di_sini/photo.jpg").await;
        let nobody = town.get("/nobody_here/photo.jpg").await;
        assert_eq!((photo.status, &photo.bytes), (StatusCode::NOT_FOUND, &nobody.bytes), "{rules:?}");
    }
    town.photo(id, PhotoSlot::Fallback).await;
    assert!(town.get("/budi_di_sini").await.has("photo.jpg"), "the public photo is for everybody");
}

/// Nobody learns from a page who is here, was here or may not be here.
#[tokio::test]
async fn deleted_banned_reserved_and_unknown_people_are_one_page() {
    let town = Town::start().await;
    let deleted = town.person("Dewi", "", "dewi_pergi").await;
    let banned = town.person("Eko", "", "eko_di_luar").await;
    assert_eq!(town.get("/dewi_pergi").await.status, StatusCode::OK);
    assert_eq!(town.get("/eko_di_luar").await.status, StatusCode::OK);
    town.platform.admin_delete(Steward::Local, deleted).await.unwrap();
    town.platform.admin_ban(Steward::Local, banned, true).await.unwrap();
    let unknown = town.get("/nobody_here").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for path in [
        "/dewi_pergi",
        "/eko_di_luar",
        "/kentong",
        "/support",
        "/x",
        "/777000",
        "/%3Cb%3E",
        "/a/b/c",
        "/eko_di_luar/photo.jpg",
        "/dewi_pergi/photo.jpg",
        "/connect/nothing",
    ] {
        let page = town.get(path).await;
        assert_eq!((page.status, page.text()), (unknown.status, unknown.text()), "{path}");
        assert_eq!(page.headers, unknown.headers, "{path}");
    }
}

#[tokio::test]
async fn hostile_names_are_only_words() {
    for name in HOSTILE {
        let town = Town::start().await;
        let id = town.person(name, name, "hostile_one").await;
        town.about(id, name).await;
        let page = town.get("/hostile_one").await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        for bad in ["<script", "<img src=x", "' onmouseover", "<svg onload", "<b>"] {
            assert!(!text.contains(bad), "{name}: {text}");
        }
        assert!(!text.contains("</title><"), "{name}: {text}");
        let shown = name.replace('\u{202e}', "");
        let shown = shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let shown = shown.replace('"', "&quot;").replace('\'', "&#39;");
        assert!(text.contains(&format!("<h1 dir=\"auto\">{shown} {shown}</h1>")), "{name}: {text}");
    }
}

#[tokio::test]
async fn an_invite_is_shown_while_it_can_be_used() {
    let town = Town::start().await;
    let new = NewInvite { uses: 1, seconds: None, is_admin: false, phone: None };
    let invite = town.platform.create_invite(new).await.unwrap();
    let page = town.get(&format!("/invite/{}", invite.code)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has(&format!("/app/#/invite/{}", invite.code)) && page.has("<svg class=\"qr\""), "{}", page.text());
    assert!(page.has("noindex") && !page.has("administrator"));
    let first = town.platform.first_invite().await.unwrap().unwrap();
    assert!(town.get(&format!("/invite/{}", first.code)).await.has("makes you an administrator"));
    town.platform.revoke_invite(&invite.code).await.unwrap();
    let revoked = town.get(&format!("/invite/{}", invite.code)).await;
    for path in ["/invite/000000000000", "/invite/x", "/invite/%3Cscript%3E", "/invite/1234"] {
        let unknown = town.get(path).await;
        assert_eq!((revoked.status, revoked.text()), (unknown.status, unknown.text()), "{path}");
        assert_eq!(revoked.headers, unknown.headers, "{path}");
    }
    assert!(revoked.has("cannot be used") && revoked.has("href=\"/app/#/join\""));
    town.platform.set_sign_up_mode(Steward::Local, SignUpMode::Invite).await.unwrap();
    assert!(!town.get("/invite/000000000000").await.has("#/join"), "there is no way in without one");
}

#[tokio::test]
async fn whoever_reads_people_in_numbers_is_told_to_come_back() {
    let town = Town::start().await;
    town.person("Ayu", "Lestari", "ayu_lestari").await;
    let reader: IpAddr = "203.0.113.7".parse().unwrap();
    for _ in 0..platform::limits::PAGES_PER_ADDRESS {
        town.platform.public_person("nobody_here", reader).await.unwrap();
    }
    for path in ["/ayu_lestari", "/ayu_lestari/photo.jpg", "/nobody_here"] {
        let page = town.get_from(path, reader).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        let seconds: u32 = page.header(header::RETRY_AFTER).parse().unwrap();
        assert!((1..=3_600).contains(&seconds), "{path}: {seconds}");
        assert!(!page.has("Ayu"), "{path}");
    }
    let other: IpAddr = "203.0.113.8".parse().unwrap();
    assert_eq!(town.get_from("/ayu_lestari", other).await.status, StatusCode::OK);
    assert_eq!(town.get("/ayu_lestari").await.status, StatusCode::OK);
}
