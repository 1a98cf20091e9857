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

/// `initConnection` as it was before it had `params`: the same fields otherwise. TDLib sent it until layer 158.
const INIT_CONNECTION_BEFORE_PARAMS_ID: u32 = 0x7851_88b8;

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
        functions::InvokeWithLayer::<()>::CONSTRUCTOR_ID => peeled.layer = Some(read_layer(cursor)?),
        functions::InitConnection::<()>::CONSTRUCTOR_ID | INIT_CONNECTION_BEFORE_PARAMS_ID => {
            return skip_client(fields, peeled).map(Some);
        }
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

fn read_layer(cursor: &mut Cursor<'_>) -> Result<i32, RpcError> {
    let layer: i32 = read(cursor)?;
    if layer > 0 { Ok(layer) } else { Err(RpcError::CONNECTION_LAYER_INVALID) }
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

/// Reads what `initConnection` says; how many bytes that takes.
fn skip_client(fields: &[u8], peeled: &mut Peeled<'_>) -> Result<usize, RpcError> {
    let cursor = &mut Cursor::from_slice(fields);
    let flags: u32 = read(cursor)?;
    peeled.client = Some(read_client(cursor)?);
    let after_proxy = skip_optional(fields, cursor.pos(), flags & 1 != 0, "InputClientProxy")?;
    skip_optional(fields, after_proxy, flags & 2 != 0, "JSONValue")
}

/// Skips by the schema's tables: a JSON value may nest, and building it would follow as deep as it goes.
fn skip_optional(fields: &[u8], at: usize, present: bool, type_name: &str) -> Result<usize, RpcError> {
    if !present {
        return Ok(at);
    }
    let kind = tl::schema::boxed(type_name).ok_or(RpcError::INPUT_CONSTRUCTOR_INVALID)?;
    tl::walk::skip(fields, kind, at).map_err(|_| RpcError::INPUT_FETCH_ERROR)
}

fn read_client(cursor: &mut Cursor<'_>) -> Result<Client, RpcError> {
    Ok(Client {
        api_id: read(cursor)?,
        device_model: read_text(cursor)?,
        system_version: read_text(cursor)?,
        app_version: read_text(cursor)?,
        system_lang_code: read_text(cursor)?,
        lang_pack: read_text(cursor)?,
        lang_code: read_text(cursor)?,
    })
}

fn read_text(cursor: &mut Cursor<'_>) -> Result<String, RpcError> {
    let text: String = read(cursor)?;
    Ok(text.chars().take(CLIENT_TEXT_MAX_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use tl::{Serializable, types};

    use super::*;

    fn get_config() -> Vec<u8> {
        functions::help::GetConfig {}.to_bytes()
    }

    fn with_layer(layer: i32, query: &[u8]) -> Vec<u8> {
        let mut bytes = functions::InvokeWithLayer::<()>::CONSTRUCTOR_ID.to_bytes();
        layer.serialize(&mut bytes);
        bytes.extend(query);
        bytes
    }

    fn with_client(params: Option<enums::Jsonvalue>, query: &[u8]) -> Vec<u8> {
        let mut bytes = functions::InitConnection::<()>::CONSTRUCTOR_ID.to_bytes();
        (u32::from(params.is_some()) << 1).serialize(&mut bytes);
        2040i32.serialize(&mut bytes);
        for text in ["Desktop", "Linux", "5.0", "en-us", "tdesktop", "en"] {
            text.to_owned().serialize(&mut bytes);
        }
        params.iter().for_each(|params| params.serialize(&mut bytes));
        bytes.extend(query);
        bytes
    }

    #[test]
    fn takes_nothing_off_a_bare_query() {
        let query = get_config();
        let peeled = peel(&query).expect("a query");
        assert!(matches!(peeled.query, Cow::Borrowed(bytes) if bytes == query));
        assert_eq!((peeled.layer, peeled.client, peeled.without_updates), (None, None, false));
    }

    #[test]
    fn reads_layer_and_client_in_any_order() {
        let params = || Some(types::JsonNumber { value: 1.5 }.into());
        let usual = with_layer(227, &with_client(params(), &get_config()));
        let reversed = with_client(None, &with_layer(227, &get_config()));
        for bytes in [usual, reversed] {
            let peeled = peel(&bytes).expect("wrappers of every client");
            assert_eq!(peeled.layer, Some(227));
            assert_eq!(peeled.client.map(|client| client.device_model), Some("Desktop".to_owned()));
            assert_eq!(peeled.query, get_config());
        }
    }

    /// TDLib packs with zlib, inside its wrappers; other wrappers may stand inside the packed bytes.
    #[test]
    fn opens_what_is_packed_wherever_it_stands() {
        let mut inner = functions::InvokeAfterMsg::<()>::CONSTRUCTOR_ID.to_bytes();
        77i64.serialize(&mut inner);
        inner.extend(get_config());
        let mut packed = GZIP_PACKED_ID.to_bytes();
        tl::gzip::pack(&inner).serialize(&mut packed);
        let bytes = with_layer(230, &packed);
        let peeled = peel(&bytes).expect("packed query");
        assert_eq!((peeled.query.as_ref(), peeled.after), (get_config().as_slice(), vec![77]));
    }

    #[test]
    fn reads_a_client_of_before_params() {
        let mut bytes = with_client(None, &get_config());
        bytes[..4].copy_from_slice(&INIT_CONNECTION_BEFORE_PARAMS_ID.to_le_bytes());
        let peeled = peel(&bytes).expect("what TDLib 1.8.14 sends");
        assert_eq!(peeled.client.map(|client| client.lang_pack), Some("tdesktop".to_owned()));
        assert_eq!(peeled.query, get_config());
    }

    #[test]
    fn refuses_layers_that_are_none() {
        assert_eq!(peel(&with_layer(0, &get_config())), Err(RpcError::CONNECTION_LAYER_INVALID));
        assert_eq!(peel(&with_layer(-3, &get_config())), Err(RpcError::CONNECTION_LAYER_INVALID));
    }

    #[test]
    fn refuses_endless_wrapping() {
        let mut bytes = get_config();
        for _ in 0..=WRAPPERS_MAX {
            bytes = with_layer(230, &bytes);
        }
        assert_eq!(peel(&bytes), Err(RpcError::INPUT_REQUEST_INVALID));
    }

    #[test]
    fn refuses_a_deep_json_value_before_following_it() {
        let mut deep = Vec::new();
        for _ in 0..100_000 {
            types::JsonArray::CONSTRUCTOR_ID.serialize(&mut deep);
            tl::schema::VECTOR_ID.serialize(&mut deep);
            1u32.serialize(&mut deep);
        }
        let mut bytes = with_client(None, &[]);
        bytes[4] = 2;
        bytes.extend(deep);
        assert_eq!(peel(&bytes), Err(RpcError::INPUT_FETCH_ERROR));
    }

    #[test]
    fn refuses_broken_bytes() {
        let whole = with_layer(227, &with_client(None, &get_config()));
        for length in 0..whole.len() - 4 {
            assert!(peel(&whole[..length]).is_err() || length >= 4, "{length} bytes");
        }
        assert_eq!(peel(&[]), Err(RpcError::INPUT_FETCH_ERROR));
    }
}
