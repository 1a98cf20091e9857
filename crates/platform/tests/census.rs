//! How many are here, who came last, and what strangers may see.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Server, refusal};
use platform::Refusal;
use platform::limits::CENSUS_SECONDS;

#[tokio::test]
async fn people_are_counted_once_and_then_followed() {
    let mut server = Server::start().await;
    assert_eq!(server.platform.count_people().await.unwrap(), 0);
    let (ani, _) = server.sign_up(1, "+15550001", "Ani").await;
    let (budi, _) = server.sign_up(2, "+15550002", "Budi").await;
    assert_eq!(server.platform.count_people().await.unwrap(), 2, "without counting again");
    server.platform.delete_account(ani).await.unwrap();
    server.platform.delete_account(ani).await.unwrap();
    assert_eq!(server.platform.count_people().await.unwrap(), 1, "who deletes twice leaves once");
    server.restart().await;
    assert_eq!(server.platform.count_people().await.unwrap(), 1);
    server.story.pass_seconds(i64::from(CENSUS_SECONDS));
    assert_eq!(server.platform.count_people().await.unwrap(), 1);
    let listed = server.platform.list_people(None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|person| person.id).collect::<Vec<_>>(), [budi]);
}

#[tokio::test]
async fn who_came_last_comes_first() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for number in 1..=5 {
        ids.push(server.sign_up(number, &format!("+1555000{number}"), "Ani").await.0);
        server.story.pass_seconds(3600);
    }
    let now = server.platform.now();
    assert_eq!(server.platform.count_arrivals(now - 2 * 3600).await.unwrap(), 2);
    assert_eq!(server.platform.count_arrivals(0).await.unwrap(), 5);
    server.platform.delete_account(ids[3]).await.unwrap();
    let latest = server.platform.latest_people(2).await.unwrap();
    assert_eq!(latest.iter().map(|person| person.id).collect::<Vec<_>>(), [ids[4], ids[2]]);
}

#[tokio::test]
async fn names_of_the_servers_own_pages_are_taken() {
    let server = Server::start().await;
    let (ani, _) = server.sign_up(1, "+15550001", "Ani").await;
    for name in ["Connect", "support", "ADMIN", "kentong", "invite"] {
        assert!(!server.platform.username_is_free(ani, name).await.unwrap(), "{name}");
        let refused = refusal(server.platform.update_username(ani, name, None).await);
        assert_eq!(refused, Refusal::UsernameOccupied, "{name}");
    }
}
