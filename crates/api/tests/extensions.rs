//! What this server offers beyond the protocol, as any client can call it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use devices::{Server, error, pair};
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
