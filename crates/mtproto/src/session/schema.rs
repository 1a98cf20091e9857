//! The constructors of the service layer (MTProto schema page) and the bodies this side writes.

use super::salts::FutureSalt;
use crate::wire::{VECTOR, Writer};
use bytes::Bytes;

macro_rules! constructors {
    ($($name:ident = $id:literal;)*) => { $(#[doc = concat!("`", stringify!($name), "`")] pub const $name: u32 = $id;)* };
}

constructors! {
    MSG_CONTAINER = 0x73f1_f8dc;
    GZIP_PACKED = 0x3072_cfa1;
    RPC_RESULT = 0xf35c_6d01;
    RPC_ERROR = 0x2144_ca19;
    RPC_DROP_ANSWER = 0x58e4_a740;
    RPC_ANSWER_UNKNOWN = 0x5e2a_d36e;
    RPC_ANSWER_DROPPED_RUNNING = 0xcd78_e586;
    RPC_ANSWER_DROPPED = 0xa43a_d8b7;
    GET_FUTURE_SALTS = 0xb921_bd04;
    FUTURE_SALTS = 0xae50_0895;
    PING = 0x7abe_77ec;
    PING_DELAY_DISCONNECT = 0xf342_7b8c;
    PONG = 0x3477_73c5;
    DESTROY_SESSION = 0xe751_2126;
    DESTROY_SESSION_OK = 0xe220_45fc;
    DESTROY_SESSION_NONE = 0x62d3_50c9;
    DESTROY_AUTH_KEY = 0xd143_5160;
    DESTROY_AUTH_KEY_OK = 0xf660_e1d4;
    DESTROY_AUTH_KEY_NONE = 0x0a9f_2259;
    DESTROY_AUTH_KEY_FAIL = 0xea10_9b13;
    NEW_SESSION_CREATED = 0x9ec2_0908;
    MSGS_ACK = 0x62d6_b459;
    BAD_MSG_NOTIFICATION = 0xa7ef_f811;
    BAD_SERVER_SALT = 0xedab_447b;
    MSG_RESEND_REQ = 0x7d86_1a08;
    MSG_RESEND_ANS_REQ = 0x8610_baeb;
    MSGS_STATE_REQ = 0xda69_fb52;
    MSGS_STATE_INFO = 0x04de_b57d;
    MSGS_ALL_INFO = 0x8cc0_d131;
    MSG_DETAILED_INFO = 0x276d_3ec6;
    MSG_NEW_DETAILED_INFO = 0x809d_b6df;
    HTTP_WAIT = 0x9299_359f;
    UPDATES_TOO_LONG = 0xe317_af7e;
}

/// Codes of `bad_msg_notification` and `bad_server_salt` (service messages about messages page).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum BadMsg {
    /// msg_id too low: most likely the client's clock is behind.
    IdTooLow = 16,
    /// msg_id too high: most likely the client's clock is ahead.
    IdTooHigh = 17,
    /// msg_id not divisible by four, or without a fraction of a second.
    IdBits = 18,
    /// The id of a container is that of a message received before.
    ContainerIdReused = 19,
    /// Too old to know whether it was received.
    TooOld = 20,
    /// seq_no lower than that of a message with a lower msg_id.
    SeqTooLow = 32,
    /// seq_no higher than that of a message with a higher msg_id.
    SeqTooHigh = 33,
    /// An even seq_no was expected.
    SeqNotEven = 34,
    /// An odd seq_no was expected.
    SeqNotOdd = 35,
    /// Wrong server salt.
    Salt = 48,
    /// Invalid container.
    Container = 64,
}

impl BadMsg {
    /// The code as text, for counters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdTooLow => "16",
            Self::IdTooHigh => "17",
            Self::IdBits => "18",
            Self::ContainerIdReused => "19",
            Self::TooOld => "20",
            Self::SeqTooLow => "32",
            Self::SeqTooHigh => "33",
            Self::SeqNotEven => "34",
            Self::SeqNotOdd => "35",
            Self::Salt => "48",
            Self::Container => "64",
        }
    }
}

/// `bad_msg_notification`.
#[must_use]
pub fn bad_msg(msg_id: i64, seq_no: i32, code: BadMsg) -> Bytes {
    Writer::sized(BAD_MSG_NOTIFICATION, 20).long(msg_id).int(seq_no).int(code as i32).done().into()
}

/// `bad_server_salt`.
#[must_use]
pub fn bad_server_salt(msg_id: i64, seq_no: i32, salt: i64) -> Bytes {
    Writer::sized(BAD_SERVER_SALT, 28).long(msg_id).int(seq_no).int(BadMsg::Salt as i32).long(salt).done().into()
}

/// `new_session_created`.
#[must_use]
pub fn new_session_created(first_msg_id: i64, unique_id: i64, salt: i64) -> Bytes {
    Writer::sized(NEW_SESSION_CREATED, 28).long(first_msg_id).long(unique_id).long(salt).done().into()
}

/// `pong`.
#[must_use]
pub fn pong(msg_id: i64, ping_id: i64) -> Bytes {
    Writer::sized(PONG, 20).long(msg_id).long(ping_id).done().into()
}

/// `msgs_ack`.
#[must_use]
pub fn msgs_ack(ids: &[i64]) -> Bytes {
    Writer::sized(MSGS_ACK, 12 + ids.len() * 8).longs(ids).done().into()
}

/// `msgs_state_info`.
#[must_use]
pub fn msgs_state_info(req_msg_id: i64, info: &[u8]) -> Bytes {
    Writer::sized(MSGS_STATE_INFO, 20 + info.len()).long(req_msg_id).string(info).done().into()
}

/// `future_salts`; its vector is bare.
#[must_use]
pub fn future_salts(req_msg_id: i64, now: i32, salts: impl ExactSizeIterator<Item = FutureSalt>) -> Bytes {
    let writer = Writer::sized(FUTURE_SALTS, 20 + salts.len() * 16).long(req_msg_id).int(now).size(salts.len());
    salts.fold(writer, |writer, one| writer.int(one.valid_since).int(one.valid_until).long(one.salt)).done().into()
}

/// `destroy_session_ok` or `destroy_session_none`.
#[must_use]
pub fn destroy_session(found: bool, session_id: i64) -> Bytes {
    let constructor = if found { DESTROY_SESSION_OK } else { DESTROY_SESSION_NONE };
    Writer::sized(constructor, 12).long(session_id).done().into()
}

/// `rpc_result` around a serialised result.
#[must_use]
pub fn rpc_result(req_msg_id: i64, result: &[u8]) -> Bytes {
    Writer::sized(RPC_RESULT, 12 + result.len()).long(req_msg_id).raw(result).done().into()
}

/// `rpc_result` around `gzip_packed`.
#[must_use]
pub fn rpc_result_packed(req_msg_id: i64, packed: &[u8]) -> Bytes {
    Writer::sized(RPC_RESULT, 24 + packed.len()).long(req_msg_id).constructor(GZIP_PACKED).string(packed).done().into()
}

/// `rpc_error`, to be put into an `rpc_result`.
#[must_use]
pub fn rpc_error(code: i32, name: &str) -> Bytes {
    Writer::sized(RPC_ERROR, 16 + name.len()).int(code).string(name.as_bytes()).done().into()
}

/// `rpc_answer_dropped`, to be put into an `rpc_result`.
#[must_use]
pub fn rpc_answer_dropped(msg_id: i64, seq_no: i32, bytes: i32) -> Bytes {
    Writer::sized(RPC_ANSWER_DROPPED, 20).long(msg_id).int(seq_no).int(bytes).done().into()
}

/// `msg_detailed_info` for the answer to a request, `msg_new_detailed_info` for anything else.
#[must_use]
pub fn detailed_info(req_msg_id: Option<i64>, answer_msg_id: i64, bytes: usize) -> Bytes {
    let writer = match req_msg_id {
        Some(id) => Writer::sized(MSG_DETAILED_INFO, 28).long(id),
        None => Writer::sized(MSG_NEW_DETAILED_INFO, 20),
    };
    writer.long(answer_msg_id).int(i32::try_from(bytes).unwrap_or(i32::MAX)).int(0).done().into()
}

/// A body that is nothing but its constructor.
#[must_use]
pub fn bare(constructor: u32) -> Bytes {
    Writer::sized(constructor, 4).done().into()
}

/// Whether a constructor belongs to this layer rather than to the API.
#[must_use]
pub const fn is_service(constructor: u32) -> bool {
    matches!(
        constructor,
        MSGS_ACK
            | PING
            | PING_DELAY_DISCONNECT
            | GET_FUTURE_SALTS
            | HTTP_WAIT
            | MSGS_STATE_REQ
            | MSGS_STATE_INFO
            | MSGS_ALL_INFO
            | MSG_DETAILED_INFO
            | MSG_NEW_DETAILED_INFO
            | MSG_RESEND_REQ
            | MSG_RESEND_ANS_REQ
            | DESTROY_SESSION
            | DESTROY_AUTH_KEY
            | RPC_DROP_ANSWER
    )
}

/// Whether what answers this service message also acknowledges it. mtcute complains of an acknowledgement that comes
/// before the answer to its `destroy_session`.
#[must_use]
pub const fn has_own_answer(constructor: u32) -> bool {
    matches!(
        constructor,
        PING | PING_DELAY_DISCONNECT
            | GET_FUTURE_SALTS
            | MSGS_STATE_REQ
            | DESTROY_SESSION
            | DESTROY_AUTH_KEY
            | RPC_DROP_ANSWER
    )
}

const _: () = assert!(VECTOR == 0x1cb5_c415, "the vector's constructor is part of the protocol");
