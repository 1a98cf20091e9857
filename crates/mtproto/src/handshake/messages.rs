//! The messages of the key exchange and the values derived from its nonces. Page "mtproto/auth_key".

use crypto::{DH_PRIME, GENERATOR, Zeroizing, ige_decrypt, ige_encrypt, sha1};

use crate::limits::PLAIN_PADDING_MAX_BYTES;
use crate::wire::{Malformed, Reader, Writer};

/// The numbers of the constructors.
pub(crate) mod ids {
    pub(crate) const REQ_PQ: u32 = 0x6046_9778;
    pub(crate) const REQ_PQ_MULTI: u32 = 0xbe7e_8ef1;
    pub(crate) const RES_PQ: u32 = 0x0516_2463;
    pub(crate) const VECTOR: u32 = 0x1cb5_c415;
    pub(crate) const P_Q_INNER_DATA: u32 = 0x83c9_5aec;
    pub(crate) const P_Q_INNER_DATA_DC: u32 = 0xa9f5_5f95;
    pub(crate) const P_Q_INNER_DATA_TEMP: u32 = 0x3c6a_84d4;
    pub(crate) const P_Q_INNER_DATA_TEMP_DC: u32 = 0x56fd_df88;
    pub(crate) const REQ_DH_PARAMS: u32 = 0xd712_e4be;
    pub(crate) const SERVER_DH_PARAMS_OK: u32 = 0xd0e8_075c;
    pub(crate) const SERVER_DH_INNER_DATA: u32 = 0xb589_0dba;
    pub(crate) const CLIENT_DH_INNER_DATA: u32 = 0x6643_b654;
    pub(crate) const SET_CLIENT_DH_PARAMS: u32 = 0xf504_5f1f;
    pub(crate) const DH_GEN_OK: u32 = 0x3bcb_f734;
    pub(crate) const DH_GEN_RETRY: u32 = 0x46dc_1fb9;
    pub(crate) const DH_GEN_FAIL: u32 = 0xa69d_ae02;
    pub(crate) const MSGS_ACK: u32 = 0x62d6_b459;
}

/// What a client may say before it has a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request<'a> {
    ReqPq {
        nonce: [u8; 16],
    },
    ReqDhParams(ReqDhParams<'a>),
    SetClientDhParams {
        nonce: [u8; 16],
        server_nonce: [u8; 16],
        encrypted_data: &'a [u8],
    },
    /// Some clients acknowledge plain messages. It means nothing.
    MsgsAck,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReqDhParams<'a> {
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
    pub(super) p: &'a [u8],
    pub(super) q: &'a [u8],
    pub(super) fingerprint: i64,
    pub(super) encrypted_data: &'a [u8],
}

impl<'a> Request<'a> {
    /// Reads a request. Some clients put random bytes behind it, within the length of the plain message; no page says so.
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(body);
        let request = match reader.constructor()? {
            ids::REQ_PQ | ids::REQ_PQ_MULTI => Self::ReqPq { nonce: reader.array()? },
            ids::REQ_DH_PARAMS => Self::ReqDhParams(ReqDhParams {
                nonce: reader.array()?,
                server_nonce: reader.array()?,
                p: reader.string()?,
                q: reader.string()?,
                fingerprint: reader.long()?,
                encrypted_data: reader.string()?,
            }),
            ids::SET_CLIENT_DH_PARAMS => Self::SetClientDhParams {
                nonce: reader.array()?,
                server_nonce: reader.array()?,
                encrypted_data: reader.string()?,
            },
            ids::MSGS_ACK => return Ok(Self::MsgsAck),
            _ => return Err(Malformed),
        };
        if reader.rest().len() > PLAIN_PADDING_MAX_BYTES {
            return Err(Malformed);
        }
        Ok(request)
    }
}

/// `resPQ`.
pub(super) fn res_pq(
    nonce: &[u8; 16],
    server_nonce: &[u8; 16],
    pq: u64,
    fingerprints: impl ExactSizeIterator<Item = i64>,
) -> Vec<u8> {
    let count = i32::try_from(fingerprints.len()).expect("keys are few");
    let head = Writer::object(ids::RES_PQ).raw(nonce).raw(server_nonce).string(&pq.to_be_bytes());
    let vector = head.raw(&ids::VECTOR.to_le_bytes()).int(count);
    fingerprints.fold(vector, Writer::long).done()
}

/// `server_DH_inner_data`, in clear.
pub(super) fn server_dh_inner_data(nonce: &[u8; 16], server_nonce: &[u8; 16], g_a: &[u8; 256], now: i32) -> Vec<u8> {
    Writer::object(ids::SERVER_DH_INNER_DATA)
        .raw(nonce)
        .raw(server_nonce)
        .int(i32::from(GENERATOR))
        .string(&DH_PRIME)
        .string(g_a)
        .int(now)
        .done()
}

/// `server_DH_params_ok`.
pub(super) fn server_dh_params_ok(nonce: &[u8; 16], server_nonce: &[u8; 16], encrypted_answer: &[u8]) -> Vec<u8> {
    Writer::object(ids::SERVER_DH_PARAMS_OK).raw(nonce).raw(server_nonce).string(encrypted_answer).done()
}

/// One of the three last answers.
pub(super) fn dh_gen(constructor: u32, nonce: &[u8; 16], server_nonce: &[u8; 16], hash: &[u8; 16]) -> Vec<u8> {
    Writer::object(constructor).raw(nonce).raw(server_nonce).raw(hash).done()
}

/// Which of the three hashes of `new_nonce` an answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NonceHash {
    Ok = 1,
    Retry = 2,
    Fail = 3,
}

/// K12: the lower 128 bits of `SHA1(new_nonce, number, auth_key_aux_hash)`.
pub(crate) fn new_nonce_hash(new_nonce: &[u8; 32], number: NonceHash, aux_hash: i64) -> [u8; 16] {
    let digest = sha1(&[new_nonce, &[number as u8], &aux_hash.to_le_bytes()]);
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[4..]);
    hash
}

/// The first salt of a key: the first eight bytes of both nonces, combined.
pub(crate) fn server_salt(new_nonce: &[u8; 32], server_nonce: &[u8; 16]) -> i64 {
    let mut salt = [0; 8];
    for (index, byte) in salt.iter_mut().enumerate() {
        *byte = new_nonce[index] ^ server_nonce[index];
    }
    i64::from_le_bytes(salt)
}

/// The AES key and IV of the last two messages, from the two nonces that only the ends know together.
pub(crate) struct TemporaryKeys {
    key: Zeroizing<[u8; 32]>,
    iv: Zeroizing<[u8; 32]>,
}

impl TemporaryKeys {
    pub(crate) fn new(new_nonce: &[u8; 32], server_nonce: &[u8; 16]) -> Self {
        let new_server = Zeroizing::new(sha1(&[new_nonce, server_nonce]));
        let server_new = Zeroizing::new(sha1(&[server_nonce, new_nonce]));
        let new_new = Zeroizing::new(sha1(&[new_nonce, new_nonce]));
        let (mut key, mut iv) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
        key[..20].copy_from_slice(new_server.as_slice());
        key[20..].copy_from_slice(&server_new[..12]);
        iv[..8].copy_from_slice(&server_new[12..]);
        iv[8..28].copy_from_slice(new_new.as_slice());
        iv[28..].copy_from_slice(&new_nonce[..4]);
        Self { key, iv }
    }

    pub(crate) fn encrypt(&self, data: &mut [u8]) {
        ige_encrypt(data, &self.key, &self.iv);
    }

    pub(crate) fn decrypt(&self, data: &mut [u8]) {
        ige_decrypt(data, &self.key, &self.iv);
    }
}
