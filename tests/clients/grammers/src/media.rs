//! Pictures and files: what the suite may ask of a client about them.

use std::time::Duration;

use grammers_client::Client;
use grammers_client::media::{Attribute, ChatPhoto, Downloadable, InputMedia, Media, Uploaded};
use grammers_client::message::{InputMessage, Message};
use grammers_client::tl;
use serde_json::{Value, json};
use tl::enums::{InputPeer, InputUser, Photo, User};
use tl::functions::{photos, upload, users};

use crate::clients;
use crate::fault::Fault;
use crate::operations::{Asked, Outcome, done};

/// Does what was asked.
pub async fn perform(operation: &str, asked: Asked<'_>) -> Outcome {
    match operation {
        "send_photo" => send(asked, InputMessage::photo).await,
        "send_file" => send(asked, InputMessage::document).await,
        "send_voice" => {
            let duration = Duration::from_secs(asked.long("duration").unsigned_abs());
            let voice = Attribute::Voice { duration, waveform: None };
            send(asked, |message, file| message.document(file).mime_type("audio/ogg").attribute(voice)).await
        }
        "send_album" => send_album(asked).await,
        "edit_photo" => edit_photo(asked).await,
        "download" => download(asked).await,
        "chunk" => chunk(asked).await,
        "set_profile_photo" => {
            let file = Some(uploaded(&asked.client()?, asked.text("path")).await?.raw);
            let request = photos::UploadProfilePhoto {
                fallback: false,
                bot: None,
                file,
                video: None,
                video_start_ts: None,
                video_emoji_markup: None,
            };
            done(asked.client()?.invoke(&request).await)
        }
        "profile_photo" => profile_photo(asked).await,
        _ => delete_profile_photos(asked).await,
    }
}

async fn uploaded(client: &Client, path: &str) -> Result<Uploaded, Fault> {
    client.upload_file(path).await.map_err(Fault::new)
}

async fn send(asked: Asked<'_>, dress: impl FnOnce(InputMessage, Uploaded) -> InputMessage) -> Outcome {
    let client = asked.client()?;
    let file = uploaded(&client, asked.text("path")).await?;
    clients::sends(asked.name(), asked.text("caption"))?;
    let message = dress(InputMessage::new().text(asked.text("caption")), file);
    asked.view(&client.send_message(asked.peer("chat").await?, message).await?.raw)
}

async fn send_album(asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    let mut media = Vec::new();
    for path in asked.texts("paths") {
        media.push(InputMedia::new().photo(uploaded(&client, path).await?));
        // Each is shown as news once, and without this one's own words nothing tells them from what others send.
        clients::sends(asked.name(), "")?;
    }
    let sent = client.send_album(asked.peer("chat").await?, media).await?;
    sent.iter().flatten().map(|it| asked.view(&it.raw)).collect()
}

async fn edit_photo(asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    let file = uploaded(&client, asked.text("path")).await?;
    let message = InputMessage::new().text(asked.text("caption")).photo(file);
    client.edit_message(asked.peer("chat").await?, asked.int("id"), message).await?;
    asked.view(&message_of(asked).await?.raw)
}

async fn message_of(asked: Asked<'_>) -> Result<Message, Fault> {
    let found = asked.client()?.get_messages_by_id(asked.peer("chat").await?, &[asked.int("id")]).await?;
    found.into_iter().flatten().next().ok_or_else(|| Fault::new("no such message"))
}

async fn media_of(asked: Asked<'_>) -> Result<Media, Fault> {
    message_of(asked).await?.media().ok_or_else(|| Fault::new("a message without media"))
}

/// The whole file, or one size of a photo by its letter.
async fn download(asked: Asked<'_>) -> Outcome {
    let media = media_of(asked).await?;
    let sizes = match (&media, asked.text("size")) {
        (Media::Photo(photo), letter) if !letter.is_empty() => photo.thumbs(),
        _ => return save(asked, &media).await,
    };
    let size = sizes.into_iter().find(|size| size.photo_type() == asked.text("size"));
    save(asked, &size.ok_or_else(|| Fault::new("the photo has no such size"))?).await
}

/// Into memory first: the library's own way to a file says that it is done before the file is whole.
async fn save(asked: Asked<'_>, what: &impl Downloadable) -> Outcome {
    let mut chunks = asked.client()?.iter_download(what);
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await? {
        bytes.extend(chunk);
    }
    done(std::fs::write(asked.text("path"), bytes).map_err(Fault::new))
}

/// The first bytes of a file, asked for with the reference that just came, or with the one that came first.
async fn chunk(asked: Asked<'_>) -> Outcome {
    if asked.flag("fresh") {
        let Media::Document(document) = media_of(asked).await? else { return Err(Fault::new("no document")) };
        let tl::enums::InputDocument::Document(it) = document.to_raw_input_document() else {
            return Err(Fault::new("no document"));
        };
        let (id, access_hash, file_reference) = (it.id, it.access_hash, it.file_reference);
        let thumb_size = String::new();
        let location = tl::types::InputDocumentFileLocation { id, access_hash, file_reference, thumb_size };
        clients::with(asked.name(), |held| held.kept = Some(location.into()))?;
    }
    let location =
        clients::with(asked.name(), |held| held.kept.clone())?.ok_or_else(|| Fault::new("nothing is kept"))?;
    let limit = asked.int("bytes");
    let request = upload::GetFile { precise: false, cdn_supported: false, location, offset: 0, limit };
    let tl::enums::upload::File::File(file) = asked.client()?.invoke(&request).await? else {
        return Err(Fault::new("sent elsewhere"));
    };
    Ok(hex::encode(file.bytes).into())
}

async fn profile_photo(asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    let found = client.invoke(&users::GetUsers { id: vec![asked.input_user().await?] }).await?;
    let Some(User::User(user)) = found.first() else { return Err(Fault::new("nobody")) };
    let Some(tl::enums::UserProfilePhoto::Photo(photo)) = &user.photo else { return Ok(json!(false)) };
    let peer: InputPeer = asked.input_peer("user").await?;
    let raw = tl::types::InputPeerPhotoFileLocation { big: true, peer, photo_id: photo.photo_id }.into();
    save(asked, &ChatPhoto { raw }).await?;
    Ok(json!(true))
}

async fn delete_profile_photos(asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    let request = photos::GetUserPhotos { user_id: InputUser::UserSelf, offset: 0, max_id: 0, limit: 100 };
    let found = match client.invoke(&request).await? {
        tl::enums::photos::Photos::Photos(found) => found.photos,
        tl::enums::photos::Photos::Slice(found) => found.photos,
    };
    let input = |photo: &Photo| match photo {
        Photo::Photo(it) => {
            let (id, access_hash, file_reference) = (it.id, it.access_hash, it.file_reference.clone());
            Some(tl::types::InputPhoto { id, access_hash, file_reference }.into())
        }
        Photo::Empty(_) => None,
    };
    done(client.invoke(&photos::DeletePhotos { id: found.iter().filter_map(input).collect() }).await)
}

/// Media as the suite sees them.
pub fn view(media: Option<&tl::enums::MessageMedia>) -> Value {
    match media {
        Some(tl::enums::MessageMedia::Photo(it)) => match &it.photo {
            Some(Photo::Photo(photo)) => json!({ "kind": "photo", "sizes": sizes(&photo.sizes) }),
            _ => Value::Null,
        },
        Some(tl::enums::MessageMedia::Document(it)) => match &it.document {
            Some(tl::enums::Document::Document(document)) => view_document(document),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

fn sizes(sizes: &[tl::enums::PhotoSize]) -> Value {
    let drawn = sizes.iter().filter_map(|size| match size {
        tl::enums::PhotoSize::Size(it) => Some((it.r#type.clone(), json!([it.w, it.h, it.size]))),
        tl::enums::PhotoSize::Progressive(it) => Some((it.r#type.clone(), json!([it.w, it.h, it.sizes.last()]))),
        _ => None,
    });
    Value::Object(drawn.collect())
}

fn view_document(it: &tl::types::Document) -> Value {
    let name = it.attributes.iter().find_map(|attribute| match attribute {
        tl::enums::DocumentAttribute::Filename(it) => Some(&it.file_name),
        _ => None,
    });
    let audio = it.attributes.iter().find_map(|attribute| match attribute {
        tl::enums::DocumentAttribute::Audio(it) => Some(it),
        _ => None,
    });
    json!({
        "kind": "document",
        "mime": it.mime_type,
        "size": it.size,
        "name": name,
        "voice": audio.is_some_and(|audio| audio.voice),
        "duration": audio.map(|audio| audio.duration),
    })
}
