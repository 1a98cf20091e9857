//! Newcomers without a phone, and the mail that reaches them, for every story about the door.

use std::sync::Arc;

use crypto::SystemEntropy;
use crypto::srp::{SrpGroup, client};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use platform::mailbox::Window;
use platform::people::codes::CodeVia;
use platform::people::door::challenge::{Challenge, solve};
use platform::people::door::proofs::DoorProof;
use platform::people::door::reservation::Knock;
use platform::people::password::Challenge as PasswordChallenge;
use platform::people::password::change::{NewPassword, NewSettings};
use platform::people::password::check::{Proof, Prover};
use platform::people::sign_in::SignedIn;
use platform::settings::{DeliveryError, MailDelivery};
use platform::words::Language;
use platform::{AuthKeyId, AuthKeyState, Peer, PlatformError, SERVICE_USER_ID, Settings, UserId};
use store::Store;

use super::{HOME, Letterbox, Server};

pub const RIGHT: &str = "kentongan di malam hari";

/// A server whose proofs of work take no time.
pub fn easy() -> Settings {
    Settings { proof_of_work_bits: 4, ..Settings::default() }
}

pub async fn server() -> Server {
    Server::start_with(Store::memory(), easy(), Letterbox::default()).await
}

pub async fn knock(
    server: &Server,
    key: AuthKeyId,
    challenge: &Challenge,
    invite: Option<&str>,
) -> Result<String, PlatformError> {
    let knock = Knock { challenge: &challenge.bytes, answer: solve(challenge), invite };
    server.platform.reserve_number(key, knock, HOME).await.map(|given| given.phone)
}

/// A number for this key.
pub async fn number(server: &Server, key: AuthKeyId, invite: Option<&str>) -> Result<String, PlatformError> {
    let challenge = server.platform.door_challenge(key, HOME)?;
    knock(server, key, &challenge, invite).await
}

/// What a newcomer does with a number that is theirs, up to the name.
pub async fn enter(server: &Server, key: &Arc<AuthKeyState>, phone: &str) -> Result<String, PlatformError> {
    let sent = server.platform.send_code(phone, key.id, HOME).await?;
    assert_eq!(sent.via, CodeVia::Door);
    let code = server.platform.door_code(key, phone, &DoorProof::Reserved, HOME).await?;
    let outcome = server.platform.sign_in(key, phone, &sent.hash, &code, HOME).await?;
    assert_eq!(outcome, SignedIn::SignUpRequired);
    Ok(sent.hash)
}

/// Somebody comes in without a phone.
pub async fn join(server: &Server, id: i64, name: &str, invite: Option<&str>) -> (UserId, Arc<AuthKeyState>, String) {
    let key = server.device(id).await;
    let phone = number(server, key.id, invite).await.expect("the test server answers");
    let hash = enter(server, &key, &phone).await.expect("the test server answers");
    let user = server.platform.sign_up(&key, &phone, &hash, (name, ""), HOME).await.expect("the test server answers");
    (user, key, phone)
}

pub fn answer(challenge: &PasswordChallenge, password: &str) -> DoorProof {
    let salts = (challenge.salts.first.as_slice(), challenge.salts.second.as_slice());
    let (group, public) = (
        SrpGroup::new().expect("the test server answers"),
        challenge.public.as_slice().try_into().expect("the test server answers"),
    );
    let answer = client::answer(&group, password, salts, public, &mut SystemEntropy).expect("the test server answers");
    DoorProof::Password { id: challenge.id, public: answer.public.to_vec(), proof: answer.proof.to_vec() }
}

pub async fn set_password(
    server: &Server,
    user: UserId,
    key: &Arc<AuthKeyState>,
    email: Option<&str>,
) -> Result<(), PlatformError> {
    let new = new_settings(server, user, key, RIGHT, email).await;
    server.platform.update_password(Prover { user_id: user, key, ip: HOME }, &Proof::Empty, new).await
}

/// What a client sends for a new password.
pub async fn new_settings(
    server: &Server,
    user: UserId,
    key: &Arc<AuthKeyState>,
    password: &str,
    email: Option<&str>,
) -> NewSettings {
    let mut salts = server.platform.password_state(user, key.id).await.expect("the test server answers").new_salts;
    salts.first.extend([7; 32]);
    let group = SrpGroup::new().expect("the test server answers");
    let verifier =
        client::verifier(&group, password, (&salts.first, &salts.second)).expect("the test server answers").to_vec();
    let password = NewPassword::Set { salts, verifier, hint: "the drum".to_owned() };
    NewSettings { password, email: email.map(str::to_owned), secure: None }
}

/// A road for mail that ends in the story's hands.
#[derive(Default)]
pub struct Postman(pub Mutex<Vec<Letter>>);

/// A mail.
pub struct Letter {
    pub address: String,
    pub code: String,
    pub language: Language,
}

impl Postman {
    /// The code of the last mail.
    pub fn last(&self) -> String {
        self.0.lock().last().expect("a mail was sent").code.clone()
    }
}

impl MailDelivery for Postman {
    fn deliver<'a>(
        &'a self,
        address: &'a str,
        code: &'a str,
        language: Language,
    ) -> BoxFuture<'a, Result<(), DeliveryError>> {
        self.post(address, code, language);
        Box::pin(std::future::ready(Ok(())))
    }

    fn post(&self, address: &str, code: &str, language: Language) {
        self.0.lock().push(Letter { address: address.to_owned(), code: code.to_owned(), language });
    }
}

/// The answer of a signed-in device that knows the password.
pub async fn own_proof(server: &Server, user: UserId, key: &Arc<AuthKeyState>) -> Proof {
    let state = server.platform.password_state(user, key.id).await.expect("the test server answers");
    match answer(&state.challenge.expect("there is a password"), RIGHT) {
        DoorProof::Password { id, public, proof } => Proof::Srp { id, public, proof },
        _ => unreachable!("a password was answered"),
    }
}

/// Sets the password and makes a recovery code, in this order.
pub async fn recovery_code(server: &Server, user: UserId, key: &Arc<AuthKeyState>) -> String {
    set_password(server, user, key, None).await.expect("the test server answers");
    let proof = own_proof(server, user, key).await;
    server
        .platform
        .make_recovery_code(Prover { user_id: user, key, ip: HOME }, &proof)
        .await
        .expect("the test server answers")
}

/// A server with a postman.
pub async fn with_mail() -> (Server, Arc<Postman>) {
    let postman = Arc::new(Postman::default());
    let settings = Settings { mail_delivery: postman.clone(), ..easy() };
    (Server::start_with(Store::memory(), settings, Letterbox::default()).await, postman)
}

/// What the service account wrote to somebody, the latest first.
pub async fn told(server: &Server, user: UserId) -> Vec<String> {
    let window = Window { limit: 99, ..Window::default() };
    let page =
        server.platform.history(user, Peer::User(SERVICE_USER_ID), window).await.expect("the test server answers");
    page.messages.into_iter().map(|message| message.message.text.clone()).collect()
}
