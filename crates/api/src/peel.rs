//! Takes the wrappers off a query: layer, client description, ordering, compression.
//!
//! `X` of `invokeWithLayer {X:Type} query:!X` is the rest of the bytes, so a wrapper is its own fields and then whatever
//! follows. Wrappers nest in any order, to a bounded depth. Nothing is decided here: the session waits for what
//! `invokeAfterMsg` names, the gateway stores layer and client description.

use std::borrow::Cow;

use tl::gzip::{self, GZIP_PACKED_ID};
use tl::{Cursor, Deserializable, Identifiable, enums, functions};

use crate::RpcError;
use crate::limits::{CLIENT_TEXT_MAX_CHARS, INVOKE_AFTER_MAX, QUERY_MAX_BYTES, WRAPPERS_MAX};

/// What a client says of itself in `initConnection`; shown in the list of authorisations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The application's id, as registered elsewhere; any is welcome.
    pub api_id: i32,
    /// "iPhone 15", "PC 64bit".
    pub device_model: String,
    /// "Linux 6.1".
    pub system_version: String,
    /// The application's version.
    pub app_version: String,
    /// The language of the device.
    pub system_lang_code: String,
    /// The language pack the application uses.
    pub lang_pack: String,
    /// The language of the application.
    pub lang_code: String,
}

/// A query without its wrappers, and what they said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peeled<'a> {
    /// The innermost query: borrowed, unless it was compressed.
    pub query: Cow<'a, [u8]>,
    /// From `invokeWithLayer`; the innermost wins.
    pub layer: Option<i32>,
    /// From `initConnection`.
    pub client: Option<Client>,
    /// From `invokeWithoutUpdates`: this session gets no pushes.
    pub without_updates: bool,
    /// From `invokeAfterMsg` and `invokeAfterMsgs`: run after these messages of the session.
    pub after: Vec<i64>,
    /// From `invokeWithTakeout`.
    pub takeout_id: Option<i64>,
}

/// Takes all wrappers off.
pub fn peel(body: &[u8]) -> Result<Peeled<'_>, RpcError> {
    let mut peeled = Peeled {
        query: Cow::Borrowed(body),
        layer: None,
        client: None,
        without_updates: false,
        after: Vec::new(),
        takeout_id: None,
    };
    for _ in 0..WRAPPERS_MAX {
        match peel_one(&mut peeled)? {
            Some(inner) => peeled.query = inner,
            None => return Ok(peeled),
        }
    }
    Err(RpcError::INPUT_REQUEST_INVALID)
}

/// The query inside the outermost wrapper, or `None` if there is no wrapper.
fn peel_one<'a>(peeled: &mut Peeled<'a>) -> Result<Option<Cow<'a, [u8]>>, RpcError> {
    let query = std::mem::take(&mut peeled.query);
    let id = constructor_of(&query)?;
    if id == GZIP_PACKED_ID {
        return inflate(&query).map(|inner| Some(Cow::Owned(inner)));
    }
    match skip_wrapper(id, &query[4..], peeled)? {
        Some(length) => Ok(Some(drop_front(query, 4 + length))),
        None => {
            peeled.query = query;
            Ok(None)
        }
    }
}

fn constructor_of(query: &[u8]) -> Result<u32, RpcError> {
    let (id, _) = query.split_first_chunk::<4>().ok_or(RpcError::INPUT_FETCH_ERROR)?;
    Ok(u32::from_le_bytes(*id))
}

fn drop_front(query: Cow<'_, [u8]>, count: usize) -> Cow<'_, [u8]> {
    match query {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[count..]),
        Cow::Owned(mut bytes) => {
            bytes.drain(..count);
            Cow::Owned(bytes)
        }
    }
}

fn inflate(query: &[u8]) -> Result<Vec<u8>, RpcError> {
    let packed: Vec<u8> = read(&mut Cursor::from_slice(&query[4..]))?;
    gzip::unpack(&packed, QUERY_MAX_BYTES).map_err(|_| RpcError::INPUT_FETCH_ERROR)
}

/// Reads the fields of a wrapper; how many bytes they take, or `None` if the constructor is no wrapper.
fn skip_wrapper(id: u32, fields: &[u8], peeled: &mut Peeled<'_>) -> Result<Option<usize>, RpcError> {
    let cursor = &mut Cursor::from_slice(fields);
    match id {
        functions::InvokeWithLayer::<()>::CONSTRUCTOR_ID => peeled.layer = Some(read(cursor)?),
        functions::InitConnection::<()>::CONSTRUCTOR_ID => peeled.client = Some(read_client(cursor)?),
        functions::InvokeWithoutUpdates::<()>::CONSTRUCTOR_ID => peeled.without_updates = true,
        functions::InvokeAfterMsg::<()>::CONSTRUCTOR_ID => peeled.after.push(read(cursor)?),
        functions::InvokeAfterMsgs::<()>::CONSTRUCTOR_ID => read_after(cursor, &mut peeled.after)?,
        functions::InvokeWithTakeout::<()>::CONSTRUCTOR_ID => peeled.takeout_id = Some(read(cursor)?),
        _ => return skip_ignored(id, cursor).map(|known| known.then(|| cursor.pos())),
    }
    Ok(Some(cursor.pos()))
}

/// Wrappers that change nothing here; their fields are skipped.
fn skip_ignored(id: u32, cursor: &mut Cursor<'_>) -> Result<bool, RpcError> {
    match id {
        functions::InvokeWithMessagesRange::<()>::CONSTRUCTOR_ID => {
            read::<enums::MessageRange>(cursor)?;
        }
        functions::InvokeWithBusinessConnection::<()>::CONSTRUCTOR_ID
        | functions::InvokeWithReCaptcha::<()>::CONSTRUCTOR_ID => {
            read::<String>(cursor)?;
        }
        functions::InvokeWithGooglePlayIntegrity::<()>::CONSTRUCTOR_ID
        | functions::InvokeWithApnsSecret::<()>::CONSTRUCTOR_ID => {
            read::<String>(cursor)?;
            read::<String>(cursor)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn read<T: Deserializable>(cursor: &mut Cursor<'_>) -> Result<T, RpcError> {
    T::deserialize(cursor).map_err(|_| RpcError::INPUT_FETCH_ERROR)
}

fn read_after(cursor: &mut Cursor<'_>, after: &mut Vec<i64>) -> Result<(), RpcError> {
    const VECTOR_ID: u32 = 0x1cb5_c415;
    if read::<u32>(cursor)? != VECTOR_ID {
        return Err(RpcError::INPUT_CONSTRUCTOR_INVALID);
    }
    let count = read::<u32>(cursor)?;
    for _ in 0..count {
        if after.len() >= INVOKE_AFTER_MAX {
            return Err(RpcError::INPUT_REQUEST_INVALID);
        }
        after.push(read(cursor)?);
    }
    Ok(())
}

fn read_client(cursor: &mut Cursor<'_>) -> Result<Client, RpcError> {
    let flags: u32 = read(cursor)?;
    let client = Client {
        api_id: read(cursor)?,
        device_model: read_text(cursor)?,
        system_version: read_text(cursor)?,
        app_version: read_text(cursor)?,
        system_lang_code: read_text(cursor)?,
        lang_pack: read_text(cursor)?,
        lang_code: read_text(cursor)?,
    };
    if flags & 1 != 0 {
        read::<enums::InputClientProxy>(cursor)?;
    }
    if flags & 2 != 0 {
        read::<enums::Jsonvalue>(cursor)?;
    }
    Ok(client)
}

fn read_text(cursor: &mut Cursor<'_>) -> Result<String, RpcError> {
    let text: String = read(cursor)?;
    Ok(text.chars().take(CLIENT_TEXT_MAX_CHARS).collect())
}
