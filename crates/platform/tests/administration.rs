//! What administrators do: every act leaves a record that says who, and nobody locks themselves out.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{HOME, Server, refusal};
use platform::limits::STEWARD_SECONDS;
use platform::people::SignUpMode;
use platform::people::invites::NewInvite;
use platform::people::reports::Report;
use platform::people::stewards::Steward;
use platform::{Refusal, UserId};

const ANI: &str = "+15550001";
const BUDI: &str = "+15550002";

async fn administrator(server: &Server) -> (UserId, Steward) {
    let (ani, _) = server.sign_up(1, ANI, "Ani").await;
    server.platform.admin_appoint(Steward::Local, ani, true).await.unwrap();
    (ani, Steward::Person(ani))
}

#[tokio::test]
async fn every_act_is_written_down_with_who_did_it() {
    let server = Server::start().await;
    let (ani, by) = administrator(&server).await;
    let (budi, _) = server.sign_up(2, BUDI, "Budi").await;
    let platform = &server.platform;
    let report = Report { by: ani, at: 0, reason: "spam".into(), comment: String::new(), messages: Vec::new() };
    platform.report(budi, report).await.unwrap();
    let new = NewInvite { uses: 3, seconds: None, is_admin: false, phone: None };
    let invite = platform.admin_create_invite(by, new).await.unwrap();
    platform.admin_revoke_invite(by, &invite.code).await.unwrap();
    platform.admin_code(by, BUDI).await.unwrap();
    platform.admin_reset(by, budi).await.unwrap();
    platform.admin_remove_password(by, budi).await.unwrap();
    platform.admin_ban(by, budi, true).await.unwrap();
    platform.admin_ban(by, budi, false).await.unwrap();
    platform.dismiss_reports(by, budi).await.unwrap();
    platform.admin_decide(by, "+15550003", true).await.unwrap();
    platform.admin_decide(by, "+15550003", false).await.unwrap();
    platform.set_sign_up_mode(by, SignUpMode::Approved).await.unwrap();
    platform.admin_appoint(by, budi, true).await.unwrap();
    platform.admin_appoint(by, budi, false).await.unwrap();
    platform.admin_delete(by, budi).await.unwrap();
    let log = platform.audit_log(None, 100).await.unwrap();
    let mut acts: Vec<_> =
        log.iter().filter(|record| record.by == Some(ani)).map(|record| record.act.as_str()).collect();
    acts.sort_unstable();
    let expected = [
        "invite create",
        "invite revoke",
        "setting",
        "user appoint",
        "user approve",
        "user ban",
        "user code",
        "user delete",
        "user demote",
        "user password remove",
        "user refuse",
        "user reports dismiss",
        "user reset",
        "user unban",
    ];
    assert_eq!(acts, expected);
    assert_eq!(log.iter().filter(|record| record.by.is_none()).count(), 1, "the appointment by the local operator");
}

#[tokio::test]
async fn the_log_goes_back_page_by_page() {
    let server = Server::start().await;
    for number in 0..5 {
        server.platform.audit(Steward::Local, "user ban", &number.to_string()).await.unwrap();
        server.story.pass_seconds(1);
    }
    let newest = server.platform.audit_log(None, 2).await.unwrap();
    let targets = |page: &[platform::people::admin::AuditRecord]| -> Vec<String> {
        page.iter().map(|record| record.target.clone()).collect()
    };
    assert_eq!(targets(&newest), ["4", "3"]);
    let older = server.platform.audit_log(Some(newest[1].at_ms), 2).await.unwrap();
    assert_eq!(targets(&older), ["2", "1"]);
}

#[tokio::test]
async fn nobody_bans_deletes_or_demotes_themselves() {
    let server = Server::start().await;
    let (ani, by) = administrator(&server).await;
    assert_eq!(refusal(server.platform.admin_ban(by, ani, true).await), Refusal::NotToOneself);
    assert_eq!(refusal(server.platform.admin_delete(by, ani).await), Refusal::NotToOneself);
    assert_eq!(refusal(server.platform.admin_appoint(by, ani, false).await), Refusal::NotToOneself);
    server.platform.admin_appoint(Steward::Local, ani, false).await.unwrap();
    assert!(!server.platform.person(ani).await.unwrap().unwrap().profile.is_admin);
}

#[tokio::test]
async fn only_administrators_who_came_lately_act() {
    let server = Server::start().await;
    let (ani, key) = server.sign_up(1, ANI, "Ani").await;
    assert_eq!(refusal(server.platform.steward(ani, &key).await), Refusal::AdminRequired);
    server.platform.admin_appoint(Steward::Local, ani, true).await.unwrap();
    assert_eq!(server.platform.steward(ani, &key).await.unwrap(), Steward::Person(ani));
    server.story.pass_seconds(i64::from(STEWARD_SECONDS));
    assert_eq!(refusal(server.platform.steward(ani, &key).await), Refusal::FreshSignInRequired);
    let again = server.sign_in(2, ANI).await;
    assert_eq!(server.platform.steward(ani, &again).await.unwrap(), Steward::Person(ani));
    server.platform.admin_ban(Steward::Local, ani, true).await.unwrap();
    assert_eq!(refusal(server.platform.steward(ani, &again).await), Refusal::AdminRequired);
}

#[tokio::test]
async fn no_key_grows_fresh_by_itself() {
    let server = Server::start().await;
    let (ani, key) = server.sign_up(1, ANI, "Ani").await;
    server.platform.admin_appoint(Steward::Local, ani, true).await.unwrap();
    server.story.pass_seconds(i64::from(STEWARD_SECONDS));
    let stranger = server.device(2).await;
    for importer in [&stranger, &key] {
        let (user_id, token) = server.platform.export_authorization(&key).await.unwrap();
        server.platform.import_authorization(importer, user_id, &token, "192.0.2.1").await.unwrap();
        assert_eq!(refusal(server.platform.steward(ani, importer).await), Refusal::FreshSignInRequired);
    }
    let sent = server.platform.send_code(ANI, key.id, HOME).await.unwrap();
    server.platform.sign_in(&key, ANI, &sent.hash, &server.last_code(), HOME).await.unwrap();
    assert_eq!(refusal(server.platform.steward(ani, &key).await), Refusal::FreshSignInRequired, "signed in already");
}

#[tokio::test]
async fn switches_outlive_the_server_and_do_not_touch_each_other() {
    let mut server = Server::start().await;
    server.platform.set_sign_up_mode(Steward::Local, SignUpMode::Closed).await.unwrap();
    let set = server.platform.set_server_switches(Steward::Local, "quota", |switches| switches.quota_bytes = Some(7));
    set.await.unwrap();
    server.restart().await;
    assert_eq!(server.platform.sign_up_mode(), SignUpMode::Closed);
    assert_eq!(server.platform.quota_bytes(), Some(7));
    let zero = server.platform.set_server_switches(Steward::Local, "quota", |switches| switches.quota_bytes = Some(0));
    zero.await.unwrap();
    assert_eq!(server.platform.quota_bytes(), None);
}

#[tokio::test]
async fn people_are_found_by_what_one_knows_of_them() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for (number, name) in ["Ayu Lestari", "Bayu", "Citra", "Ångström"].into_iter().enumerate() {
        ids.push(server.sign_up(number as i64 + 1, &format!("+1555000{number}"), name).await.0);
    }
    server.platform.update_username(ids[2], "drummer_girl", None).await.unwrap();
    let mut sorted = [ids[0], ids[1]];
    sorted.sort_by_key(|id| (id.0.to_be_bytes()[7] % 16, id.0));
    for (text, expected) in [
        ("ayu", sorted.to_vec()),
        ("LESTARI", vec![ids[0]]),
        ("@drummer_girl", vec![ids[2]]),
        ("mmer", vec![ids[2]]),
        ("ångs", vec![ids[3]]),
        ("+1 555-0001", vec![ids[1]]),
        ("+15550003", vec![ids[3]]),
        ("nobody", vec![]),
    ] {
        let found = server.platform.search_people(text, None, 10).await.unwrap();
        assert_eq!(found.people.iter().map(|person| person.id).collect::<Vec<_>>(), expected, "{text}");
        assert_eq!(found.next, None);
    }
    assert_eq!(server.platform.search_people("1555", None, 10).await.unwrap().people.len(), 4);
    let first = server.platform.search_people("", None, 3).await.unwrap();
    let rest = server.platform.search_people("", first.next, 3).await.unwrap();
    let all: std::collections::HashSet<_> = first.people.iter().chain(&rest.people).map(|person| person.id).collect();
    assert_eq!((all.len(), rest.next), (4, None));
}
