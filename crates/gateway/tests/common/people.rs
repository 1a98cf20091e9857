//! People who sign up and talk, through the wire.

use mtproto::session::schema::RPC_ERROR;
use mtproto::transport::Framing;
use mtproto::wire::constructor_of;
use tl::{Deserializable, RemoteCall, enums, functions, types};

use super::{Client, Server, function};

impl Client {
    /// Calls a function at the home layer and reads its result.
    pub async fn call<F: RemoteCall + tl::Serializable>(&mut self, request: &F) -> F::Return {
        self.call_raw(&function(request)).await
    }

    /// As [`Self::call`], with wrappers of the caller's own.
    pub async fn call_raw<R: Deserializable>(&mut self, body: &[u8]) -> R {
        let request = self.request(body).await;
        let result = self.result_of(request).await;
        assert_ne!(constructor_of(&result), RPC_ERROR, "{}", String::from_utf8_lossy(&result));
        R::from_bytes(&unpacked(result)).expect("the result's type")
    }

    /// Signs a person in, up if need be.
    pub async fn sign_in(server: &Server, phone: &str) -> Self {
        let mut client = Self::connect(server, Framing::Intermediate, false).await;
        client.sign_in_here(server, phone).await;
        client
    }

    pub async fn sign_in_here(&mut self, server: &Server, phone: &str) {
        let enums::auth::SentCode::Code(sent) = self.call(&testing_requests::send_code(phone)).await else {
            panic!("no code was sent")
        };
        let code = self.code(server, phone).await;
        let sign_in = testing_requests::sign_in(phone, &sent.phone_code_hash, code);
        if let enums::auth::Authorization::SignUpRequired(_) = self.call(&sign_in).await {
            let sign_up = testing_requests::sign_up(phone, &sent.phone_code_hash, format!("P{phone}"));
            self.call(&functions::auth::SignUp { no_joined_notifications: true, ..sign_up }).await;
        }
    }

    /// The code that was sent. Whoever is signed in elsewhere finds it there; the tests ask for no such code.
    async fn code(&self, server: &Server, phone: &str) -> String {
        server.codes.of(phone)
    }

    pub async fn own_user(&mut self) -> types::User {
        let users: Vec<enums::User> =
            self.call(&functions::users::GetUsers { id: vec![enums::InputUser::UserSelf] }).await;
        match users.into_iter().next() {
            Some(enums::User::User(user)) => user,
            other => panic!("nobody is signed in: {other:?}"),
        }
    }

    /// Finds a person by phone.
    pub async fn find(&mut self, phone: &str) -> enums::InputPeer {
        let found = self.call(&functions::contacts::ResolvePhone { phone: phone.to_owned() }).await;
        let enums::contacts::ResolvedPeer::Peer(found) = found;
        match found.users.into_iter().next() {
            Some(enums::User::User(user)) => {
                let access_hash = user.access_hash.expect("an access hash");
                types::InputPeerUser { user_id: user.id, access_hash }.into()
            }
            other => panic!("nobody was found: {other:?}"),
        }
    }
}

/// More than any result here inflates to.
const ROOM_BYTES: usize = 8 * 1024 * 1024;

/// A result that came packed.
fn unpacked(result: Vec<u8>) -> Vec<u8> {
    if constructor_of(&result) == mtproto::session::schema::GZIP_PACKED {
        return mtproto::session::unpack(&result, &mut { ROOM_BYTES }).expect("unpacks");
    }
    result
}

/// `messages.sendMessage` of a text.
pub fn text(peer: enums::InputPeer, message: &str) -> functions::messages::SendMessage {
    let random_id = i64::from_le_bytes(crypto::random_array(&mut crypto::SystemEntropy));
    testing_requests::send_message(peer, message, random_id)
}
