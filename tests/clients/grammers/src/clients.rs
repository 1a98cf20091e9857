//! The clients this process holds, by name: made against the server under test, closed and opened again with the same session
//! when a scenario takes a device offline.

use std::collections::{HashMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddrV4, SocketAddrV6};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use grammers_client::{Client, InvocationError, SenderPool, tl};
use grammers_mtsender::UpdatesConfiguration;
use grammers_session::storages::MemorySession;
use grammers_session::types::{DcOption, PeerAuth, PeerId, PeerInfo, PeerRef, UpdateState, UpdatesState};
use grammers_session::updates::UpdatesLike;
use grammers_session::{Session, SessionData};
use parking_lot::Mutex;
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::fault::Fault;
use crate::{emit, exchange, views};

/// The data centre the session is told it belongs to.
const HOME_DC: i32 = 2;
const API_ID: i32 = 1;

/// A login token is accepted within this time, or the scenario failed.
const ACCEPTED_WITHIN: Duration = Duration::from_secs(15);

/// One client.
pub struct Held {
    /// The library's.
    pub client: Client,
    session: Arc<MemorySession>,
    /// Until the stream of updates begins, which is when somebody is signed in.
    updates: Option<mpsc::Receiver<UpdatesLike>>,
    tasks: VecDeque<JoinHandle<()>>,
    closing: watch::Sender<bool>,
    /// Who is signed in.
    pub self_id: Option<i64>,
    /// What this client is sending: the library shows it as news once, out of the answer.
    own: Vec<String>,
    /// A file's place with the reference of a while ago.
    pub kept: Option<tl::enums::InputFileLocation>,
}

static CLIENTS: LazyLock<Mutex<HashMap<String, Held>>> = LazyLock::new(Mutex::default);

/// Looks at a client.
pub fn with<T>(name: &str, look: impl FnOnce(&mut Held) -> T) -> Result<T, Fault> {
    let mut clients = CLIENTS.lock();
    clients.get_mut(name).map(look).ok_or_else(|| Fault::new(format!("no such client: {name}")))
}

/// The library's client.
pub fn the(name: &str) -> Result<Client, Fault> {
    with(name, |held| held.client.clone())
}

/// A client with a key of its own and nobody signed in.
pub async fn open(name: &str, host: &str, port: u16, pem: &str) -> Result<(), Fault> {
    let key = exchange::auth_key(host, port, pem).await?;
    let ip: Ipv4Addr = host.parse().map_err(Fault::new)?;
    let ipv4 = SocketAddrV4::new(ip, port);
    let ipv6 = SocketAddrV6::new(ip.to_ipv6_mapped(), port, 0, 0);
    let option = DcOption { id: HOME_DC, ipv4, ipv6, auth_key: Some(key) };
    let data = SessionData { home_dc: HOME_DC, dc_options: [(HOME_DC, option)].into(), ..SessionData::default() };
    start(name, Arc::new(MemorySession::from(data)), None);
    Ok(())
}

fn start(name: &str, session: Arc<MemorySession>, self_id: Option<i64>) {
    let SenderPool { runner, handle, updates } = SenderPool::new(Arc::clone(&session), API_ID);
    let client = Client::new(handle);
    let tasks = VecDeque::from([tokio::spawn(runner.run())]);
    let closing = watch::Sender::new(false);
    let held = Held { client, session, updates: Some(updates), tasks, closing, self_id, own: Vec::new(), kept: None };
    CLIENTS.lock().insert(name.to_owned(), held);
}

/// Ends what a client does, in the order of the library's example: the state is kept, then the connections go.
pub async fn pause(name: &str) -> Result<(), Fault> {
    let (mut tasks, client) = with(name, |held| {
        held.closing.send_replace(true);
        (std::mem::take(&mut held.tasks), held.client.clone())
    })?;
    while let Some(task) = tasks.pop_back() {
        if tasks.is_empty() {
            client.disconnect();
        }
        task.await.map_err(Fault::new)?;
    }
    Ok(())
}

/// Opens a client again, and lets it catch up.
pub async fn resume(name: &str) -> Result<(), Fault> {
    let (session, self_id) = with(name, |held| (Arc::clone(&held.session), held.self_id))?;
    start(name, session, self_id);
    listen(name).await
}

/// What the library's sign-in does once it knows who somebody is; it has no helper that signs up.
pub async fn signed_in(name: &str, user: &tl::enums::User) -> Result<(), Fault> {
    let tl::enums::User::User(user) = user else { return Err(Fault::new("nobody")) };
    let auth = user.access_hash.map(PeerAuth::from_hash);
    let me = PeerInfo::User { id: user.id, auth, bot: Some(false), is_self: Some(true) };
    let session = with(name, |held| {
        held.self_id = Some(user.id);
        Arc::clone(&held.session)
    })?;
    session.cache_peer(me).await.map_err(Fault::new)?;
    let tl::enums::updates::State::State(state) = the(name)?.invoke(&tl::functions::updates::GetState {}).await?;
    let state = UpdatesState { pts: state.pts, qts: state.qts, date: state.date, seq: state.seq, channels: Vec::new() };
    session.set_update_state(UpdateState::All(state)).await.map_err(Fault::new)?;
    listen(name).await
}

/// Waits until the server says that the login token this client shows was accepted.
pub async fn until_accepted(name: &str) -> Result<(), Fault> {
    let updates = with(name, |held| held.updates.take())?;
    let mut updates = updates.ok_or_else(|| Fault::new("listens already"))?;
    let accepted = async {
        while let Some(told) = updates.recv().await {
            if let UpdatesLike::Updates(tl::enums::Updates::UpdateShort(short)) = told
                && matches!(short.update, tl::enums::Update::LoginToken)
            {
                return;
            }
        }
    };
    tokio::time::timeout(ACCEPTED_WITHIN, accepted).await.map_err(Fault::new)?;
    with(name, |held| held.updates = Some(updates))
}

async fn listen(name: &str) -> Result<(), Fault> {
    let (client, updates, mut closing, self_id) =
        with(name, |held| (held.client.clone(), held.updates.take(), held.closing.subscribe(), held.self_id))?;
    let updates = updates.ok_or_else(|| Fault::new("listens already"))?;
    let mut stream =
        client.stream_updates(updates, UpdatesConfiguration { catch_up: true }).await.map_err(Fault::new)?;
    let owner = name.to_owned();
    let task = tokio::spawn(async move {
        loop {
            let told = tokio::select! {
                _ = closing.wait_for(|closing| *closing) => break,
                told = stream.next() => told,
            };
            match told {
                Ok(update) => tell(&owner, &update, self_id),
                Err(InvocationError::Dropped(_)) => break,
                // Signed out by somebody: what the scenario asks next is refused as well.
                Err(InvocationError::Rpc(error)) if error.code == 401 => break,
                Err(error) => eprintln!("WRN {owner} updates: {error}"),
            }
        }
        if let Err(error) = stream.sync_update_state().await {
            eprintln!("ERR {owner} state: {error}");
        }
    });
    with(name, |held| held.tasks.push_back(task))
}

/// Notes that this text is about to be sent.
pub fn sends(name: &str, text: &str) -> Result<(), Fault> {
    with(name, |held| held.own.push(text.to_owned()))
}

fn is_echo(name: &str, update: &tl::enums::Update) -> bool {
    let tl::enums::Update::NewMessage(tl::types::UpdateNewMessage { message: tl::enums::Message::Message(it), .. }) =
        update
    else {
        return false;
    };
    let heard =
        |held: &mut Held| held.own.iter().position(|text| *text == it.message).map(|at| held.own.swap_remove(at));
    it.out && with(name, heard).is_ok_and(|heard| heard.is_some())
}

fn tell(name: &str, update: &grammers_client::update::Update, self_id: Option<i64>) {
    if is_echo(name, update.raw()) {
        return;
    }
    if let Some(event) = views::event(update.raw(), self_id) {
        emit(&json!({ "client": name, "event": event }));
    }
}

/// Keeps people for later calls that name them, as the library's own helpers do.
pub async fn remember(name: &str, users: &[tl::enums::User]) -> Result<(), Fault> {
    let session = with(name, |held| Arc::clone(&held.session))?;
    for user in users {
        session.cache_peer(user.clone().into()).await.map_err(Fault::new)?;
    }
    Ok(())
}

/// Somebody by id, as the session knows them.
pub async fn peer(name: &str, id: i64) -> Result<PeerRef, Fault> {
    let session = with(name, |held| Arc::clone(&held.session))?;
    let id = PeerId::user(id).ok_or_else(|| Fault::new("no id of a person"))?;
    let known = session.peer_ref(id).await.map_err(Fault::new)?;
    known.ok_or_else(|| Fault::new(format!("the session does not know {id:?}")))
}

/// Who is signed in, by id: of messages fetched by `inputPeerSelf` the library believes that they belong elsewhere.
pub async fn myself(name: &str) -> Result<PeerRef, Fault> {
    let id = with(name, |held| held.self_id)?;
    peer(name, id.ok_or_else(|| Fault::new("nobody is signed in"))?).await
}
