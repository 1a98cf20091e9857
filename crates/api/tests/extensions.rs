//! What this server offers beyond the protocol, as any client can call it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use devices::{Server, error, pair};
use platform::people::door::challenge::zero_bits;
use serde_json::json;
use tl::{Serializable, enums, functions, types};

/// The oldest layer that is served, some that clients announce, and the home layer.
const LAYERS: [i32; 6] = [150, 152, 158, 198, 227, tl::LAYER];

#[tokio::test]
async fn a_stranger_learns_what_this_server_is_at_every_layer() {
    let server = Server::start().await;
    let mut device = server.device().await;
    for layer in LAYERS {
        device.caller.layer = layer;
        let facts = device.extension("server.facts", json!({})).await.unwrap();
        assert_eq!(
            (&facts["name"], &facts["signUp"], &facts["mail"]),
            (&json!("Kentong"), &json!("open"), &json!(false))
        );
        assert_eq!(facts["reservedPrefix"], "888");
    }
}

#[tokio::test]
async fn what_is_no_extension_has_its_error() {
    let server = Server::start().await;
    let device = server.device().await;
    assert_eq!(error(device.extension("server.nothing", json!({})).await), pair(400, "METHOD_INVALID"));
    assert_eq!(error(device.extension("", json!({})).await), pair(400, "METHOD_INVALID"));
    for wrong in [json!([]), json!(null), json!("x"), json!({"more": 1})] {
        assert_eq!(error(device.extension("server.facts", wrong).await), pair(400, "DATA_JSON_INVALID"));
    }
    let deep = "[".repeat(100_000);
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(api::limits::EXTENSION_PARAMS_MAX_BYTES));
    for data in [String::new(), "{".to_owned(), "{} {}".to_owned(), deep, long] {
        let params = types::DataJson { data }.into();
        let request = functions::bots::SendCustomRequest { custom_method: "server.facts".to_owned(), params };
        assert_eq!(error(device.call(&request).await), pair(400, "DATA_JSON_INVALID"));
    }
}

/// The bounds of the dispatcher hold for this method as for any other.
#[tokio::test]
async fn bytes_behind_and_missing_are_refused() {
    let server = Server::start().await;
    let device = server.device().await;
    let params: enums::DataJson = types::DataJson { data: "{}".to_owned() }.into();
    let request = functions::bots::SendCustomRequest { custom_method: "server.facts".to_owned(), params };
    let whole = request.to_bytes();
    let more = [whole.as_slice(), &[0; 4]].concat();
    assert_eq!(error(device.api.call(&device.caller, &more).await), pair(400, "INPUT_REQUEST_TOO_LONG"));
    let less = &whole[..whole.len() - 4];
    assert_eq!(error(device.api.call(&device.caller, less).await), pair(400, "INPUT_FETCH_ERROR"));
}

/// A newcomer's own number, by the road any client library can go.
async fn number(device: &devices::Device, invite: Option<&str>) -> Result<String, api::RpcError> {
    let challenge = device.extension("door.challenge", json!({})).await?;
    let bytes = base64(&challenge["challenge"]);
    let bits = u32::try_from(challenge["bits"].as_u64().unwrap()).unwrap();
    let answer = (0..).find(|answer| zero_bits(&bytes, *answer) >= bits).unwrap();
    let mut params = json!({"challenge": challenge["challenge"], "answer": answer.to_string()});
    if let Some(invite) = invite {
        params["invite"] = json!(invite);
    }
    Ok(device.extension("door.number", params).await?["phone"].as_str().unwrap().to_owned())
}

fn base64(value: &serde_json::Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

/// Somebody comes in without a phone.
async fn join(server: &Server, name: &str, invite: Option<&str>) -> (devices::Device, String) {
    let device = server.device().await;
    assert_eq!(device.extension("door.place", json!({})).await.unwrap(), json!({"admitted": true}));
    let phone = number(&device, invite).await.unwrap();
    let sent = device.send_code(&phone).await.unwrap();
    let code = device.extension("door.code", json!({"phone": phone})).await.unwrap();
    let code = code["code"].as_str().unwrap();
    device.sign_in(&phone, &sent.phone_code_hash, code).await.unwrap();
    device.sign_up(&phone, &sent.phone_code_hash, name).await.unwrap();
    (device, phone)
}

#[tokio::test]
async fn a_person_without_a_phone_comes_in_and_goes_on_elsewhere() {
    let server = Server::start().await;
    let (ayu, phone) = join(&server, "Ayu", None).await;
    assert_eq!(ayu.me().await.phone.as_deref(), Some(phone.as_str()));
    assert_eq!(server.last_code(), "", "nothing went to the road for codes");
    let protection = ayu.extension("account.protection", json!({})).await.unwrap();
    let bare = json!({
        "doorNumber": true, "password": false, "recoveryCode": false, "recoveryMadeAt": null, "mail": null,
        "administrator": false
    });
    assert_eq!(protection, bare);
    let code = ayu.extension("account.recoveryCode", json!({})).await.unwrap()["recoveryCode"].clone();
    let mut other = server.device().await;
    for layer in LAYERS {
        other.caller.layer = layer;
        let sent = other.send_code(&phone).await.unwrap();
        assert!(matches!(sent.r#type, enums::auth::SentCodeType::App(_)), "the other device is told");
        assert!(matches!(sent.next_type, Some(enums::auth::CodeType::FragmentSms)));
    }
    ayu.call(&functions::auth::LogOut {}).await.unwrap();
    for layer in LAYERS {
        other.caller.layer = layer;
        let sent = other.send_code(&phone).await.unwrap();
        let enums::auth::SentCodeType::FragmentSms(shown) = sent.r#type else { panic!("at the door") };
        assert_eq!((shown.url.as_str(), shown.length), ("http://127.0.0.1:8443/app/#/code", 6));
    }
    let sent = other.send_code(&phone).await.unwrap();
    assert_eq!(error(other.extension("door.code", json!({"phone": phone})).await), pair(400, "PHONE_CODE_EXPIRED"));
    let both = json!({"phone": phone, "recovery": code, "mail": "1"});
    assert_eq!(error(other.extension("door.code", both).await), pair(400, "DATA_JSON_INVALID"));
    let wrong = json!({"phone": phone, "recovery": "ABCD"});
    assert_eq!(error(other.extension("door.code", wrong).await), pair(400, "RECOVERY_CODE_INVALID"));
    let wrong = json!({"phone": phone, "mail": "123456"});
    assert_eq!(error(other.extension("door.code", wrong).await), pair(400, "CODE_INVALID"));
    let shown = other.extension("door.code", json!({"phone": phone, "recovery": code})).await.unwrap();
    other.sign_in(&phone, &sent.phone_code_hash, shown["code"].as_str().unwrap()).await.unwrap();
    assert_eq!(other.me().await.first_name.as_deref(), Some("Ayu"));
}

#[tokio::test]
async fn a_check_at_the_door_is_what_a_client_needs_whoever_is_asked_about() {
    let server = Server::start().await;
    let device = server.device().await;
    let check = device.extension("door.password", json!({"phone": "+888 000 000 001"})).await.unwrap();
    assert_eq!((base64(&check["p"]).len(), check["g"].as_i64()), (256, Some(3)));
    assert_eq!((base64(&check["salt1"]).len(), base64(&check["salt2"]).len()), (40, 16));
    let again = device.extension("door.password", json!({"phone": "888000000001"})).await.unwrap();
    assert_eq!((&again["salt1"], &again["salt2"]), (&check["salt1"], &check["salt2"]), "stable");
    assert_ne!(again["srpB"], check["srpB"]);
    device.send_code("888000000001").await.unwrap();
    let guess = json!({"srpId": check["srpId"], "a": check["srpB"], "m1": check["salt1"]});
    let claim = json!({"phone": "888000000001", "password": guess});
    assert_eq!(error(device.extension("door.code", claim).await), pair(400, "PASSWORD_HASH_INVALID"));
    let junk = json!({"phone": "888000000001", "password": {"srpId": "x", "a": "", "m1": ""}});
    assert_eq!(error(device.extension("door.code", junk).await), pair(400, "DATA_JSON_INVALID"));
    let real = json!({"phone": "15550001"});
    assert_eq!(error(device.extension("door.password", real.clone()).await), pair(400, "PHONE_NUMBER_INVALID"));
    assert_eq!(error(device.extension("door.code", real.clone()).await), pair(400, "PHONE_NUMBER_INVALID"));
    assert_eq!(error(device.extension("door.mail", real).await), pair(400, "PHONE_NUMBER_INVALID"));
    assert_eq!(device.extension("door.mail", json!({"phone": "888000000001"})).await.unwrap(), json!({}));
}

#[tokio::test]
async fn friends_bring_friends() {
    let server = Server::start().await;
    let (ayu, _) = join(&server, "Ayu", None).await;
    let stranger = server.device().await;
    assert_eq!(error(stranger.extension("invite.mine", json!({})).await), pair(401, "AUTH_KEY_UNREGISTERED"));
    let invite = ayu.extension("invite.mine", json!({})).await.unwrap();
    let code = invite["code"].as_str().unwrap();
    assert_eq!(invite["link"], format!("http://127.0.0.1:8443/invite/{code}"));
    let shown = stranger.extension("invite.show", json!({"code": code})).await.unwrap();
    assert_eq!(shown, json!({"usable": true, "by": "Ayu"}));
    let (budi, _) = join(&server, "Budi", Some(code)).await;
    for (device, other) in [(&ayu, "Budi"), (&budi, "Ayu")] {
        let request = testing_requests::dialogs(10);
        let enums::messages::Dialogs::Dialogs(dialogs) = device.call(&request).await.unwrap() else {
            panic!("dialogs")
        };
        assert_eq!(dialogs.dialogs.len(), 1);
        let enums::User::User(user) = &dialogs.users[0] else { panic!("a user") };
        assert_eq!(user.first_name.as_deref(), Some(other));
        assert!(user.contact && user.mutual_contact);
    }
    let renewed = ayu.extension("invite.renew", json!({})).await.unwrap();
    assert_eq!(renewed["used"], 1);
    let shown = stranger.extension("invite.show", json!({"code": code})).await.unwrap();
    assert_eq!(shown, json!({"usable": false, "by": null}));
}

/// Carries out nothing and says what it was asked.
struct Clerk;

impl api::Administration for Clerk {
    fn order<'a>(
        &'a self,
        by: platform::people::stewards::Steward,
        order: serde_json::Value,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<serde_json::Value, api::RpcError>> + Send + 'a>> {
        let by = by.person().map(|id| id.0);
        Box::pin(std::future::ready(Ok(json!({"ok": {"by": by, "order": order}}))))
    }
}

#[tokio::test]
async fn administrators_order_from_devices_they_came_with_lately() {
    use platform::limits::STEWARD_SECONDS;
    use platform::people::stewards::Steward;
    let server = Server::start().await;
    let order = json!({"order": {"mode": {"mode": null}}});
    let stranger = server.device().await;
    assert_eq!(error(stranger.extension("admin.order", order.clone()).await), pair(401, "AUTH_KEY_UNREGISTERED"));
    let ani = server.sign_up("+15550001", "Ani").await;
    assert_eq!(error(ani.extension("admin.order", order.clone()).await), pair(403, "ADMIN_REQUIRED"));
    let id = ani.caller.key.user_id().unwrap();
    server.api.platform().admin_appoint(Steward::Local, id, true).await.unwrap();
    assert_eq!(error(ani.extension("admin.order", order.clone()).await), pair(400, "METHOD_INVALID"));
    server.api.administer_by(std::sync::Arc::new(Clerk));
    let answer = ani.extension("admin.order", order.clone()).await.unwrap();
    assert_eq!(answer, json!({"ok": {"by": id.0, "order": {"mode": {"mode": null}}}}));
    assert_eq!(error(ani.extension("admin.order", json!({})).await), pair(400, "DATA_JSON_INVALID"));
    server.world.pass_seconds(i64::from(STEWARD_SECONDS));
    assert_eq!(error(ani.extension("admin.order", order).await), pair(403, "FRESH_SIGN_IN_REQUIRED"));
    for password in [json!({}), json!({"srpId": "x", "a": "", "m1": ""}), json!({"srpId": "1", "a": "!", "m1": ""})] {
        let entered = ani.extension("admin.enter", json!({"password": password})).await;
        assert_eq!(error(entered), pair(400, "DATA_JSON_INVALID"));
    }
    let nothing = json!({"password": {"srpId": "1", "a": "AA", "m1": "AA"}});
    assert_eq!(error(ani.extension("admin.enter", nothing).await), pair(400, "PASSWORD_HASH_INVALID"));
}
