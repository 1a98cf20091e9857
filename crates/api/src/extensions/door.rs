//! `door.*`: coming in without a phone: the waiting room, a number of this server's own, its login code.

use platform::people::door::proofs::DoorProof;
use platform::people::door::reservation::Knock;
use platform::people::waiting_room::Place;
use serde::{Deserialize, Serialize};

use super::{Done, Nothing, SrpAnswer, bytes, text};
use crate::methods::auth::{at_home, permanent_key};
use crate::{Context, RpcError};

/// Where a newcomer stands.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum Standing {
    Admitted { admitted: bool },
    Waiting { admitted: bool, place: u64, expected_seconds: u32, ask_again_in: u32 },
}

/// `door.place`: asked before anything else of a newcomer. Whoever is signed in is in.
pub(super) async fn place(cx: &Context<'_>, _: Nothing) -> Result<Standing, RpcError> {
    let key = permanent_key(cx)?;
    if cx.user.is_some() {
        return Ok(Standing::Admitted { admitted: true });
    }
    Ok(match cx.platform().place_at_door(key.id, cx.caller.ip)? {
        Place::Admitted => Standing::Admitted { admitted: true },
        Place::Waiting(waiting) => Standing::Waiting {
            admitted: false,
            place: waiting.place,
            expected_seconds: waiting.expected_seconds,
            ask_again_in: waiting.ask_again_in,
        },
    })
}

/// A proof of work to do.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Challenge {
    challenge: String,
    bits: u32,
    expires_in: i32,
}

/// `door.challenge`.
pub(super) async fn challenge(cx: &Context<'_>, _: Nothing) -> Result<Challenge, RpcError> {
    let challenge = cx.platform().door_challenge(permanent_key(cx)?.id, cx.caller.ip)?;
    Ok(Challenge { challenge: text(&challenge.bytes), bits: challenge.bits, expires_in: challenge.expires_in })
}

/// A challenge that was solved, and perhaps an invite.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Solved {
    challenge: String,
    answer: String,
    invite: Option<String>,
}

/// A number that was given.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Given {
    phone: String,
    expires_in: i32,
}

/// `door.number`.
pub(super) async fn number(cx: &Context<'_>, solved: Solved) -> Result<Given, RpcError> {
    at_home(cx)?;
    let key = permanent_key(cx)?;
    let challenge = bytes(&solved.challenge)?;
    let answer = solved.answer.parse().map_err(|_| RpcError::DATA_JSON_INVALID)?;
    let knock = Knock { challenge: &challenge, answer, invite: solved.invite.as_deref() };
    let given = cx.platform().reserve_number(key.id, knock, cx.caller.ip).await?;
    Ok(Given { phone: given.phone, expires_in: given.expires_in })
}

/// A number, and at most one proof that its account is the caller's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claim {
    phone: String,
    password: Option<SrpAnswer>,
    recovery: Option<String>,
    mail: Option<String>,
}

impl Claim {
    fn proof(self) -> Result<DoorProof, RpcError> {
        match (self.password, self.recovery, self.mail) {
            (None, None, None) => Ok(DoorProof::Reserved),
            (Some(answer), None, None) => {
                let (id, public, proof) = answer.parts()?;
                Ok(DoorProof::Password { id, public, proof })
            }
            (None, Some(code), None) => Ok(DoorProof::Recovery(code)),
            (None, None, Some(code)) => Ok(DoorProof::Mail(code)),
            _ => Err(RpcError::DATA_JSON_INVALID),
        }
    }
}

/// The login code.
#[derive(Serialize)]
pub(super) struct Code {
    code: String,
}

/// `door.code`.
pub(super) async fn code(cx: &Context<'_>, claim: Claim) -> Result<Code, RpcError> {
    at_home(cx)?;
    let (key, phone) = (permanent_key(cx)?, claim.phone.clone());
    let code = cx.platform().door_code(key, &phone, &claim.proof()?, cx.caller.ip).await?;
    Ok(Code { code })
}

/// A number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Number {
    phone: String,
}

/// What a password check needs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Check {
    srp_id: String,
    srp_b: String,
    g: u8,
    p: String,
    salt1: String,
    salt2: String,
    hint: String,
}

/// `door.password`.
pub(super) async fn password(cx: &Context<'_>, number: Number) -> Result<Check, RpcError> {
    at_home(cx)?;
    let challenge = cx.platform().door_password(permanent_key(cx)?.id, &number.phone, cx.caller.ip).await?;
    Ok(Check {
        srp_id: challenge.id.to_string(),
        srp_b: text(&challenge.public),
        g: crypto::GENERATOR,
        p: text(&crypto::DH_PRIME),
        salt1: text(&challenge.salts.first),
        salt2: text(&challenge.salts.second),
        hint: challenge.hint,
    })
}

/// `door.mail`.
pub(super) async fn mail(cx: &Context<'_>, number: Number) -> Result<Done, RpcError> {
    at_home(cx)?;
    cx.platform().door_mail(permanent_key(cx)?, &number.phone, cx.caller.ip).await?;
    Ok(Done {})
}
