//! What the suite may ask of a client. Library helpers where grammers has one, the raw method where it has none.

use grammers_client::message::InputMessage;
use grammers_client::{Client, tl};
use grammers_session::types::PeerRef;
use serde_json::{Value, json};
use tl::enums::{InputPeer, InputUser, Message, MessagesFilter, Update, Updates};
use tl::functions::{account, auth, contacts, messages, updates, users};

use crate::clients::{self, the};
use crate::fault::Fault;
use crate::{media, secrets, views};

/// What an operation came to.
pub type Outcome = Result<Value, Fault>;

/// What was asked, with its arguments by name.
#[derive(Clone, Copy)]
pub struct Asked<'a>(&'a Value);

impl<'a> Asked<'a> {
    pub fn text(self, name: &str) -> &'a str {
        self.0[name].as_str().unwrap_or_default()
    }

    pub fn owned(self, name: &str) -> String {
        self.text(name).to_owned()
    }

    pub fn long(self, name: &str) -> i64 {
        self.0[name].as_i64().unwrap_or_default()
    }

    pub fn int(self, name: &str) -> i32 {
        self.long(name) as i32
    }

    pub fn flag(self, name: &str) -> bool {
        self.0[name].as_bool().unwrap_or_default()
    }

    pub fn texts(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0[name].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    fn ids(self) -> Vec<i32> {
        self.0["ids"].as_array().into_iter().flatten().filter_map(Value::as_i64).map(|id| id as i32).collect()
    }

    pub fn name(self) -> &'a str {
        self.text("client")
    }

    pub fn client(self) -> Result<Client, Fault> {
        the(self.name())
    }

    /// Who is meant: `me`, or somebody by id.
    pub async fn peer(self, argument: &str) -> Result<PeerRef, Fault> {
        match self.0[argument].as_i64() {
            Some(id) => clients::peer(self.name(), id).await,
            None => clients::myself(self.name()).await,
        }
    }

    pub async fn input_user(self) -> Result<InputUser, Fault> {
        Ok(self.peer("user").await?.into())
    }

    pub async fn input_peer(self, argument: &str) -> Result<InputPeer, Fault> {
        Ok(self.peer(argument).await?.into())
    }

    pub fn view(self, message: &Message) -> Outcome {
        Ok(views::message(message, clients::with(self.name(), |held| held.self_id)?))
    }
}

/// Does what was asked.
pub async fn perform(operation: &str, asked: &Value) -> Outcome {
    let asked = Asked(asked);
    match operation {
        "open" => {
            let port = u16::try_from(asked.long("port")).map_err(Fault::new)?;
            done(clients::open(asked.name(), asked.text("host"), port, asked.text("key")).await)
        }
        "pause" => done(clients::pause(asked.name()).await),
        "resume" => done(clients::resume(asked.name()).await),
        "send_code" | "sign_in" | "sign_up" | "log_out" | "authorizations" | "reset_authorization" => {
            sessions(operation, asked).await
        }
        "me" | "add_phone" | "find_username" | "user" | "contacts" | "delete_contact" | "block" | "unblock"
        | "blocked" | "set_name" | "set_bio" | "bio" | "set_username" | "set_online" => people(operation, asked).await,
        "history" | "whole_history" | "messages" | "search" | "pinned" | "dialogs" | "drafts" | "state" => {
            reading(operation, asked).await
        }
        "send_photo"
        | "send_file"
        | "send_voice"
        | "send_album"
        | "edit_photo"
        | "download"
        | "chunk"
        | "set_profile_photo"
        | "profile_photo"
        | "delete_profile_photos" => media::perform(operation, asked).await,
        "set_password" | "remove_password" | "password_hint" | "check_password" | "show_qr" | "await_qr"
        | "accept_qr" => secrets::perform(operation, asked).await,
        _ => writing(operation, asked).await,
    }
}

pub fn done<T>(result: Result<T, impl Into<Fault>>) -> Outcome {
    result.map(|_| Value::Null).map_err(Into::into)
}

async fn sessions(operation: &str, asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    match operation {
        "send_code" => send_code(asked).await,
        "sign_in" => {
            let request = auth::SignIn {
                phone_number: asked.owned("phone"),
                phone_code_hash: asked.owned("hash"),
                phone_code: Some(asked.owned("code")),
                email_verification: None,
            };
            authorized(asked, client.invoke(&request).await?).await
        }
        "sign_up" => {
            let request = auth::SignUp {
                no_joined_notifications: false,
                phone_number: asked.owned("phone"),
                phone_code_hash: asked.owned("hash"),
                first_name: asked.owned("first_name"),
                last_name: asked.owned("last_name"),
            };
            authorized(asked, client.invoke(&request).await?).await
        }
        "log_out" => done(client.sign_out().await),
        "authorizations" => {
            let tl::enums::account::Authorizations::Authorizations(found) =
                client.invoke(&account::GetAuthorizations {}).await?;
            let view = |tl::enums::Authorization::Authorization(it): &tl::enums::Authorization| json!({ "hash": it.hash.to_string(), "current": it.current });
            Ok(found.authorizations.iter().map(view).collect())
        }
        _ => {
            let hash = asked.text("hash").parse().map_err(Fault::new)?;
            done(client.invoke(&account::ResetAuthorization { hash }).await)
        }
    }
}

async fn send_code(asked: Asked<'_>) -> Outcome {
    let settings = tl::types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    };
    let (phone_number, api_hash) = (asked.owned("phone"), "0".repeat(32));
    let request = auth::SendCode { phone_number, api_id: 1, api_hash, settings: settings.into() };
    let tl::enums::auth::SentCode::Code(sent) = asked.client()?.invoke(&request).await? else {
        return Err(Fault::new("no code was sent"));
    };
    let length = match sent.r#type {
        tl::enums::auth::SentCodeType::App(it) => it.length,
        tl::enums::auth::SentCodeType::Sms(it) => it.length,
        _ => return Err(Fault::new("a code of an unknown sort")),
    };
    Ok(json!({ "hash": sent.phone_code_hash, "length": length }))
}

pub async fn authorized(asked: Asked<'_>, answer: tl::enums::auth::Authorization) -> Outcome {
    match answer {
        tl::enums::auth::Authorization::SignUpRequired(_) => Ok(Value::Null),
        tl::enums::auth::Authorization::Authorization(it) => {
            clients::signed_in(asked.name(), &it.user).await?;
            Ok(views::user(&it.user))
        }
    }
}

async fn people(operation: &str, asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    match operation {
        "me" => Ok(views::user(&client.get_me().await?.raw)),
        "add_phone" => add_phone(asked).await,
        "find_username" => match client.resolve_username(asked.text("username")).await? {
            Some(grammers_client::peer::Peer::User(user)) => Ok(views::user(&user.raw)),
            _ => Ok(Value::Null),
        },
        "user" => {
            let found = client.invoke(&users::GetUsers { id: vec![asked.input_user().await?] }).await?;
            clients::remember(asked.name(), &found).await?;
            Ok(found.first().map_or(Value::Null, views::user))
        }
        "contacts" => {
            let tl::enums::contacts::Contacts::Contacts(found) =
                client.invoke(&contacts::GetContacts { hash: 0 }).await?
            else {
                return Err(Fault::new("nothing was asked to be compared"));
            };
            Ok(found.users.iter().map(views::user).collect())
        }
        "delete_contact" => {
            done(client.invoke(&contacts::DeleteContacts { id: vec![asked.input_user().await?] }).await)
        }
        "block" => {
            let id = asked.input_peer("user").await?;
            done(client.invoke(&contacts::Block { my_stories_from: false, id }).await)
        }
        "unblock" => {
            let id = asked.input_peer("user").await?;
            done(client.invoke(&contacts::Unblock { my_stories_from: false, id }).await)
        }
        "blocked" => {
            let request = contacts::GetBlocked { my_stories_from: false, offset: 0, limit: 100 };
            let blocked = match client.invoke(&request).await? {
                tl::enums::contacts::Blocked::Blocked(found) => found.blocked,
                tl::enums::contacts::Blocked::Slice(found) => found.blocked,
            };
            let id = |tl::enums::PeerBlocked::Blocked(it): &tl::enums::PeerBlocked| views::peer_id(&it.peer_id);
            Ok(blocked.iter().map(id).collect())
        }
        _ => profile(operation, asked, &client).await,
    }
}

async fn profile(operation: &str, asked: Asked<'_>, client: &Client) -> Outcome {
    let update = account::UpdateProfile { first_name: None, last_name: None, about: None };
    match operation {
        "set_name" => {
            let (first_name, last_name) = (Some(asked.owned("first_name")), Some(asked.owned("last_name")));
            Ok(views::user(&client.invoke(&account::UpdateProfile { first_name, last_name, ..update }).await?))
        }
        "set_bio" => done(client.invoke(&account::UpdateProfile { about: Some(asked.owned("bio")), ..update }).await),
        "bio" => {
            let tl::enums::users::UserFull::Full(found) =
                client.invoke(&users::GetFullUser { id: asked.input_user().await? }).await?;
            let tl::enums::UserFull::Full(full) = found.full_user;
            Ok(full.about.into())
        }
        "set_username" => {
            let request = account::UpdateUsername { username: asked.owned("username") };
            Ok(views::user(&client.invoke(&request).await?))
        }
        _ => done(client.invoke(&account::UpdateStatus { offline: !asked.flag("online") }).await),
    }
}

async fn add_phone(asked: Asked<'_>) -> Outcome {
    let contact = tl::types::InputPhoneContact {
        client_id: 1,
        phone: asked.owned("phone"),
        first_name: asked.owned("first_name"),
        last_name: String::new(),
        note: None,
    };
    let request = contacts::ImportContacts { contacts: vec![contact.into()] };
    let tl::enums::contacts::ImportedContacts::Contacts(found) = asked.client()?.invoke(&request).await?;
    clients::remember(asked.name(), &found.users).await?;
    Ok(found.users.first().map_or(Value::Null, views::user))
}

async fn reading(operation: &str, asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    match operation {
        "history" => history(asked, asked.int("offset_id"), asked.long("limit")).await,
        "whole_history" => whole_history(asked).await,
        "messages" => {
            let found = client.get_messages_by_id(asked.peer("chat").await?, &asked.ids()).await?;
            found.iter().map(|it| it.as_ref().map_or(Ok(Value::Null), |it| asked.view(&it.raw))).collect()
        }
        "search" | "pinned" => {
            let mut found = client.search_messages(asked.peer("chat").await?).query(asked.text("query"));
            if operation == "pinned" {
                found = found.filter(MessagesFilter::InputMessagesFilterPinned);
            }
            let mut list = Vec::new();
            while let Some(it) = found.next().await? {
                list.push(if operation == "pinned" { it.id().into() } else { asked.view(&it.raw)? });
            }
            Ok(list.into())
        }
        "dialogs" => dialogs(asked).await,
        "drafts" => match client.invoke(&messages::GetAllDrafts {}).await? {
            Updates::Updates(found) => Ok(views::drafts(&found.updates)),
            _ => Err(Fault::new("drafts come in a container")),
        },
        _ => {
            let tl::enums::updates::State::State(it) = client.invoke(&updates::GetState {}).await?;
            Ok(json!({ "pts": it.pts, "qts": it.qts, "seq": it.seq, "date": it.date }))
        }
    }
}

async fn history(asked: Asked<'_>, offset_id: i32, limit: i64) -> Outcome {
    let found = asked.client()?.iter_messages(asked.peer("chat").await?);
    let limit = usize::try_from(limit).map_err(Fault::new)?;
    let mut found = found.offset_id(offset_id).reverse(asked.flag("reverse")).limit(limit);
    let mut list = Vec::new();
    while let Some(it) = found.next().await? {
        list.push(asked.view(&it.raw)?);
    }
    Ok(list.into())
}

/// By pages of the size asked for, which the library's own iterator chooses itself.
async fn whole_history(asked: Asked<'_>) -> Outcome {
    let mut list: Vec<Value> = Vec::new();
    loop {
        let offset_id = list.last().and_then(|last| last["id"].as_i64()).unwrap_or(0);
        let Value::Array(page) = history(asked, offset_id as i32, asked.long("page")).await? else { unreachable!() };
        if page.is_empty() {
            return Ok(list.into());
        }
        list.extend(page);
    }
}

/// By pages of the size asked for; the library's own iterator always asks for a hundred.
async fn dialogs(asked: Asked<'_>) -> Outcome {
    let mut list = Vec::new();
    let (mut offset_date, mut offset_id, mut offset_peer) = (0, 0, InputPeer::Empty);
    loop {
        let limit = asked.int("page");
        let request = messages::GetDialogs {
            exclude_pinned: false,
            folder_id: None,
            offset_date,
            offset_id,
            offset_peer,
            limit,
            hash: 0,
        };
        let (dialogs, found, people, whole) = match asked.client()?.invoke(&request).await? {
            tl::enums::messages::Dialogs::Dialogs(it) => (it.dialogs, it.messages, it.users, true),
            tl::enums::messages::Dialogs::Slice(it) => (it.dialogs, it.messages, it.users, false),
            tl::enums::messages::Dialogs::NotModified(_) => return Err(Fault::new("nothing was asked to be compared")),
        };
        clients::remember(asked.name(), &people).await?;
        let views = found.iter().map(|message| asked.view(message)).collect::<Result<Vec<_>, _>>()?;
        let page: Vec<Value> = dialogs.iter().filter_map(|it| dialog(it, &views)).collect();
        let last = page.last().cloned();
        let count = page.len();
        list.extend(page);
        let Some(last) = last.filter(|_| !whole && count as i32 >= limit) else { return Ok(list.into()) };
        offset_date = last["date"].as_i64().unwrap_or(0) as i32;
        offset_id = last["top"].as_i64().unwrap_or(0) as i32;
        offset_peer = clients::peer(asked.name(), last["chat"].as_i64().unwrap_or(0)).await?.into();
    }
}

fn dialog(it: &tl::enums::Dialog, messages: &[Value]) -> Option<Value> {
    let tl::enums::Dialog::Dialog(it) = it else { return None };
    let chat = views::peer_id(&it.peer);
    let top = messages.iter().find(|message| message["id"] == it.top_message && message["chat"] == chat);
    Some(json!({
        "chat": chat,
        "unread": it.unread_count,
        "read_inbox": it.read_inbox_max_id,
        "read_outbox": it.read_outbox_max_id,
        "top": it.top_message,
        "text": top.map_or(Value::from(""), |top| top["text"].clone()),
        "date": top.map_or(Value::Null, |top| top["date"].clone()),
        "pinned": it.pinned,
    }))
}

async fn writing(operation: &str, asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    match operation {
        "send" => send(asked).await,
        "send_with_id" => send_with_id(asked).await,
        "edit" => {
            let (chat, id) = (asked.peer("chat").await?, asked.int("id"));
            client.edit_message(chat, id, asked.text("text")).await?;
            let found = client.get_messages_by_id(chat, &[id]).await?;
            asked.view(&found.into_iter().flatten().next().ok_or_else(|| Fault::new("the edited message is gone"))?.raw)
        }
        "remove" => {
            let request = messages::DeleteMessages { revoke: asked.flag("revoke"), id: asked.ids() };
            done(client.invoke(&request).await)
        }
        "read" => {
            let (peer, max_id) = (asked.input_peer("chat").await?, asked.int("max_id"));
            done(client.invoke(&messages::ReadHistory { peer, max_id }).await)
        }
        "typing" => {
            let typing = tl::enums::SendMessageAction::SendMessageTypingAction;
            done(client.action(asked.peer("chat").await?).oneshot(typing).await)
        }
        "forward" => {
            let (to, from) = (asked.peer("to_chat").await?, asked.peer("from_chat").await?);
            let sent = client.forward_messages(to, &asked.ids(), from).await?;
            sent.iter().flatten().map(|it| asked.view(&it.raw)).collect()
        }
        "pin" => done(client.pin_message(asked.peer("chat").await?, asked.int("id")).await),
        "unpin" => done(client.unpin_message(asked.peer("chat").await?, asked.int("id")).await),
        "save_draft" => save_draft(asked).await,
        "pin_dialog" => {
            let peer = tl::types::InputDialogPeer { peer: asked.input_peer("chat").await? }.into();
            done(client.invoke(&messages::ToggleDialogPin { pinned: asked.flag("pinned"), peer }).await)
        }
        other => Err(Fault::new(format!("no such operation: {other}"))),
    }
}

async fn send(asked: Asked<'_>) -> Outcome {
    let entities = asked.0["entities"].as_array().into_iter().flatten().filter_map(views::entity_of);
    clients::sends(asked.name(), asked.text("text"))?;
    let reply_to = asked.0["reply_to"].as_i64().map(|id| id as i32);
    let message = InputMessage::new().text(asked.text("text")).fmt_entities(entities).reply_to(reply_to);
    let sent = asked.client()?.send_message(asked.peer("chat").await?, message).await?;
    asked.view(&sent.raw)
}

async fn send_with_id(asked: Asked<'_>) -> Outcome {
    clients::sends(asked.name(), asked.text("text"))?;
    let request = messages::SendMessage {
        no_webpage: false,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer: asked.input_peer("chat").await?,
        reply_to: None,
        message: asked.owned("text"),
        random_id: asked.text("random_id").parse().map_err(Fault::new)?,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
        rich_message: None,
    };
    let id = match asked.client()?.invoke(&request).await? {
        Updates::UpdateShortSentMessage(sent) => Some(sent.id),
        Updates::Updates(told) => told.updates.iter().find_map(|update| match update {
            Update::MessageId(it) => Some(it.id),
            _ => None,
        }),
        _ => None,
    };
    id.map(Value::from).ok_or_else(|| Fault::new("no id was told"))
}

async fn save_draft(asked: Asked<'_>) -> Outcome {
    let request = messages::SaveDraft {
        no_webpage: false,
        invert_media: false,
        reply_to: None,
        peer: asked.input_peer("chat").await?,
        message: asked.owned("text"),
        entities: None,
        media: None,
        effect: None,
        suggested_post: None,
        rich_message: None,
    };
    done(asked.client()?.invoke(&request).await)
}
