//! Leaving is leaving: however many devices there are, and whatever comes at the same moment.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::task::Poll;

use common::{HOME, Letterbox, Server, refusal};
use platform::people::auth_key::ClientInfo;
use platform::people::person::ProfileEdit;
use platform::people::stewards::Steward;
use platform::{Refusal, Settings, limits};
use store::{Faults, Store};

async fn faulty() -> (Server, Faults) {
    let faults = Faults::none();
    let store = Store::memory_with(faults.clone());
    (Server::start_with(store, Settings::default(), Letterbox::default()).await, faults)
}

/// Somebody who holds a device for a moment could import more keys than one batch signs out.
#[tokio::test]
async fn however_many_devices_there_are_all_leave_and_more_find_no_room() {
    let server = Server::start().await;
    let platform = &server.platform;
    let (user, own) = server.sign_up(1, "15550001", "Ayu").await;
    let mut imported = Vec::new();
    let refused = loop {
        let key = server.device(2 + imported.len() as i64).await;
        let (_, token) = platform.export_authorization(&own).await.unwrap();
        match platform.import_authorization(&key, user, &token, "").await {
            Ok(()) => imported.push(key),
            refused => break refusal(refused),
        }
    };
    assert_eq!(imported.len(), limits::DEVICES_MAX - 1);
    assert_eq!(refused, Refusal::FloodWait(limits::DEVICES_FULL_WAIT_SECONDS));
    platform.reset_authorizations(user, Some(own.id)).await.unwrap();
    assert_eq!(imported.iter().filter(|key| key.user_id().is_some()).count(), imported.len(), "imported from this one");
    platform.reset_authorizations(user, None).await.unwrap();
    assert!(own.user_id().is_none() && imported.iter().all(|key| key.user_id().is_none()));
}

#[tokio::test]
async fn nobody_stays_by_importing_while_the_device_leaves() {
    let (server, faults) = faulty().await;
    let platform = &server.platform;
    let (user, own) = server.sign_up(1, "15550001", "Ayu").await;
    let media = server.device(2).await;
    let (_, token) = platform.export_authorization(&own).await.unwrap();
    faults.hold();
    let release = async {
        tokio::task::yield_now().await;
        faults.release();
    };
    let leaving = platform.sign_out(&own);
    let (left, _, ()) = tokio::join!(leaving, platform.import_authorization(&media, user, &token, ""), release);
    left.unwrap();
    assert!(own.user_id().is_none() && media.user_id().is_none());
}

#[tokio::test]
async fn a_login_token_is_accepted_once_and_not_by_a_device_that_leaves() {
    let (server, faults) = faulty().await;
    let platform = &server.platform;
    let (ayu, ayus) = server.sign_up(1, "15550001", "Ayu").await;
    let (budi, budis) = server.sign_up(2, "15550002", "Budi").await;
    let screen = server.device(3).await;
    let (token, _) = platform.login_token(screen.id);
    faults.hold();
    let release = async {
        tokio::task::yield_now().await;
        faults.release();
    };
    let one = platform.accept_login_token(ayu, &token, Some(ayus.id));
    let other = platform.accept_login_token(budi, &token, Some(budis.id));
    let (one, other, ()) = tokio::join!(one, other, release);
    assert!(one.is_ok() != other.is_ok());
    let (who, late) = if one.is_ok() { (ayu, other) } else { (budi, one) };
    assert_eq!(refusal(late.map(drop)), Refusal::AuthTokenAlreadyAccepted);
    assert_eq!(screen.user_id(), Some(who));

    let screen = server.device(4).await;
    let (token, _) = platform.login_token(screen.id);
    platform.sign_out(&ayus).await.unwrap();
    assert!(platform.accept_login_token(ayu, &token, Some(ayus.id)).await.is_err());
    assert!(screen.user_id().is_none());
}

/// A device list that still names a key does not reach whoever signed in with it since.
#[tokio::test]
async fn signing_out_ends_ones_own_devices_only() {
    let (server, faults) = faulty().await;
    let platform = &server.platform;
    let (ayu, ayus) = server.sign_up(1, "15550001", "Ayu").await;
    let (budi, budis) = server.sign_up(2, "15550002", "Budi").await;
    platform.sign_out(&budis).await.unwrap();
    let screen = server.device(3).await;
    let sent = platform.send_code("15550002", screen.id, HOME).await.unwrap();
    let (token, code) = (platform.login_token(screen.id).0, server.last_code());
    faults.hold();
    let release = async {
        tokio::task::yield_now().await;
        faults.release();
    };
    let accept = platform.accept_login_token(ayu, &token, Some(ayus.id));
    let sign_in = platform.sign_in(&screen, "15550002", &sent.hash, &code, HOME);
    let (accepted, signed_in, ()) = tokio::join!(accept, sign_in, release);
    assert!(accepted.is_ok() && signed_in.is_ok());
    assert_eq!(screen.user_id(), Some(budi), "the later of two wins");
    platform.reset_authorizations(ayu, None).await.unwrap();
    assert_eq!((ayus.user_id(), screen.user_id()), (None, Some(budi)));
}

#[derive(Clone, Copy)]
enum End {
    Deleted,
    Banned,
}

/// However the end of an account falls between the steps of a sign-in: no device is left in it.
#[tokio::test]
async fn nobody_comes_into_an_account_that_is_over() {
    for (by_code, end) in [(true, End::Deleted), (true, End::Banned), (false, End::Deleted), (false, End::Banned)] {
        let mut steps = 0;
        while !ends_between(by_code, end, steps).await {
            steps += 1;
            assert!(steps < STEPS_MAX, "a sign-in takes less than {STEPS_MAX} steps");
        }
    }
}

const STEPS_MAX: usize = 200;

/// One sign-in whose account ends after so many steps; whether it was over by then.
async fn ends_between(by_code: bool, end: End, steps: usize) -> bool {
    let (server, faults) = faulty().await;
    let platform = &server.platform;
    let (ayu, ayus) = server.sign_up(1, "15550001", "Ayu").await;
    let screen = server.device(2).await;
    let sent = platform.send_code("15550001", screen.id, HOME).await.unwrap();
    let sent = platform.resend_code("15550001", &sent.hash, HOME).await.unwrap();
    let (code, (token, _)) = (server.last_code(), platform.login_token(screen.id));
    // Every read takes a step, before it looks and after.
    faults.set_gate(Some(Arc::new(|| {
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    })));
    let mut coming = std::pin::pin!(async {
        match by_code {
            true => platform.sign_in(&screen, "15550001", &sent.hash, &code, HOME).await.map(drop),
            false => platform.accept_login_token(ayu, &token, Some(ayus.id)).await.map(drop),
        }
    });
    let mut outcome = None;
    for _ in 0..steps {
        if let Poll::Ready(early) = futures::poll!(&mut coming) {
            outcome = Some(early);
            break;
        }
    }
    match end {
        End::Deleted => platform.delete_account(ayu).await.unwrap(),
        End::Banned => platform.admin_ban(Steward::Local, ayu, true).await.unwrap(),
    }
    let was_over = outcome.is_some();
    let outcome = match outcome {
        Some(outcome) => outcome,
        None => coming.await,
    };
    assert_eq!(screen.user_id(), None, "came in after {steps} steps: {outcome:?}");
    assert!(platform.devices(ayu).await.unwrap().is_empty(), "a device is left after {steps} steps: {outcome:?}");
    was_over
}

/// A profile that is changed at the moment of a sign-in is in nobody's way.
#[tokio::test]
async fn a_new_name_refuses_no_device() {
    let (server, faults) = faulty().await;
    let platform = &server.platform;
    let (ayu, ayus) = server.sign_up(1, "15550001", "Ayu").await;
    let screen = server.device(2).await;
    let (token, _) = platform.login_token(screen.id);
    faults.hold();
    let release = async {
        tokio::task::yield_now().await;
        faults.release();
    };
    let edit = ProfileEdit { first_name: Some("Ayu Lestari".to_owned()), ..ProfileEdit::default() };
    let named = platform.update_profile(ayu, edit, None);
    let (named, accepted, ()) = tokio::join!(named, platform.accept_login_token(ayu, &token, Some(ayus.id)), release);
    assert!(named.is_ok() && accepted.is_ok(), "{named:?} {accepted:?}");
    assert_eq!(screen.user_id(), Some(ayu));
}

/// A client that says something else of itself in every call costs one write at a time, not one a call.
#[tokio::test]
async fn what_a_client_says_of_itself_is_written_one_at_a_time() {
    let (server, faults) = faulty().await;
    let (key, platform) = (server.device(1).await, &server.platform);
    let said = |api_id: i32| ClientInfo { api_id, ..ClientInfo::default() };
    let _ = faults.take_footprints();
    faults.hold();
    let release = async {
        tokio::task::yield_now().await;
        faults.release();
    };
    let noted = futures::future::join_all((1..=500).map(|api_id| platform.note_client(&key, said(api_id))));
    let (outcomes, ()) = tokio::join!(noted, release);
    outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    assert_eq!(key.client().api_id, 500);
    let written = faults.take_footprints().len();
    assert!(written <= 2, "{written} writes");
}
