//! Carrying out an order on the platform. The only place where administration meets it.

use platform::people::authorizations::Device;
use platform::people::invites::{Invite, NewInvite};
use platform::people::person::{AccountState, Person};
use platform::{Platform, PlatformError, Refusal, UserId};

use super::limits::ROWS_MAX;
use super::order::{InviteOrder, Order, UserOrder};
use super::outcome::{CodeRow, DeviceRow, InviteRow, Outcome, ReportRow, UserRow, WaitingRow};
use crate::config::SignUp;

const SECONDS_PER_HOUR: i32 = 3_600;

/// Carries the order out; an error is a sentence for the administrator.
pub(super) async fn execute(platform: &Platform, order: Order) -> Result<Outcome, String> {
    let outcome = match order {
        Order::User(order) => user(platform, order).await,
        Order::Invite(order) => invite(platform, order).await,
        Order::Mode { mode } => set_mode(platform, mode).await,
    };
    outcome.map_err(sentence)
}

fn sentence(error: PlatformError) -> String {
    match error {
        PlatformError::Refused(Refusal::UserIdInvalid) => "there is no such person".to_owned(),
        PlatformError::Refused(Refusal::PhoneNumberInvalid) => "that is no phone number".to_owned(),
        PlatformError::Refused(Refusal::HashInvalid) => "there is no such invite".to_owned(),
        other => other.to_string(),
    }
}

async fn user(platform: &Platform, order: UserOrder) -> Result<Outcome, PlatformError> {
    match order {
        UserOrder::List { after, limit } => list(platform, after, limit).await,
        UserOrder::Waiting => waiting(platform).await,
        UserOrder::Approve { phone } => decide(platform, &phone, true).await,
        UserOrder::Refuse { phone } => decide(platform, &phone, false).await,
        UserOrder::Show { who } => show(platform, &who).await,
        UserOrder::Code { who } => code(platform, who).await,
        UserOrder::Reset { who } => {
            let person = platform.find_person(&who).await?;
            platform.admin_reset(person.id).await?;
            Ok(done(&person, "was signed out everywhere"))
        }
        UserOrder::RemovePassword { who } => {
            let person = platform.find_person(&who).await?;
            let had_one = platform.admin_remove_password(person.id).await?;
            Ok(done(&person, if had_one { "needs no second password any more" } else { "had no second password" }))
        }
        UserOrder::Reports => reports(platform).await,
        UserOrder::DismissReports { who } => {
            let person = platform.find_person(&who).await?;
            let were_any = platform.dismiss_reports(person.id).await?;
            Ok(done(&person, if were_any { "has no reports any more" } else { "had no reports" }))
        }
        UserOrder::Ban { who } => ban(platform, &who, true).await,
        UserOrder::Unban { who } => ban(platform, &who, false).await,
        UserOrder::Delete { who } => {
            let person = platform.find_person(&who).await?;
            platform.admin_delete(person.id).await?;
            Ok(done(&person, "was deleted"))
        }
    }
}

async fn invite(platform: &Platform, order: InviteOrder) -> Result<Outcome, PlatformError> {
    match order {
        InviteOrder::Create { uses, hours, administrator, phone } => {
            let seconds = i32::try_from(hours).unwrap_or(i32::MAX).saturating_mul(SECONDS_PER_HOUR);
            let seconds = (seconds > 0).then_some(seconds);
            let invite = platform.create_invite(NewInvite { uses, seconds, is_admin: administrator, phone }).await?;
            Ok(Outcome::Invites(vec![invite_row(invite)]))
        }
        InviteOrder::List => Ok(Outcome::Invites(platform.invites().await?.into_iter().map(invite_row).collect())),
        InviteOrder::Revoke { code } => {
            platform.revoke_invite(&code).await?;
            Ok(Outcome::Done(format!("invite {code} was revoked")))
        }
    }
}

async fn set_mode(platform: &Platform, mode: Option<SignUp>) -> Result<Outcome, PlatformError> {
    if let Some(mode) = mode {
        platform.set_sign_up_mode(mode.into()).await?;
    }
    let mode = match SignUp::from(platform.sign_up_mode()) {
        SignUp::Open => "open: anyone may sign up",
        SignUp::Invite => "invite: whoever has an invite may sign up",
        SignUp::Approval => "approval: whoever the operator approves may sign up",
        SignUp::Closed => "closed: nobody may sign up",
    };
    Ok(Outcome::Done(mode.to_owned()))
}

async fn list(platform: &Platform, after: i64, limit: u32) -> Result<Outcome, PlatformError> {
    let after = (after > 0).then_some(UserId(after));
    let limit = limit.min(ROWS_MAX) as usize;
    let people = platform.list_people(after, limit).await?;
    Ok(Outcome::Users(people.iter().map(|person| user_row(person)).collect()))
}

async fn waiting(platform: &Platform) -> Result<Outcome, PlatformError> {
    let waiting = platform.pending_sign_ups().await?.into_iter();
    let row = |(phone, pending): (String, platform::people::sign_in::Pending)| WaitingRow {
        phone: format!("+{phone}"),
        name: full_name(&pending.first_name, &pending.last_name),
        since: pending.asked_at.into(),
    };
    Ok(Outcome::Waiting(waiting.map(row).collect()))
}

async fn reports(platform: &Platform) -> Result<Outcome, PlatformError> {
    let mut rows = Vec::new();
    for (id, reported) in platform.reports().await? {
        let profile = platform.person(id).await?.map(|person| person.profile.clone()).unwrap_or_default();
        let name = full_name(&profile.first_name, &profile.last_name);
        rows.extend(reported.latest.iter().rev().map(|report| ReportRow {
            id: id.0,
            name: name.clone(),
            count: reported.count,
            reason: report.reason.clone(),
            comment: report.comment.clone(),
            by: report.by.0,
            at: report.at.into(),
        }));
    }
    Ok(Outcome::Reports(rows))
}

async fn decide(platform: &Platform, phone: &str, allowed: bool) -> Result<Outcome, PlatformError> {
    platform.admin_decide(phone, allowed).await?;
    Ok(Outcome::Done(format!("{phone} may {}sign up", if allowed { "" } else { "not " })))
}

async fn show(platform: &Platform, who: &str) -> Result<Outcome, PlatformError> {
    let person = platform.find_person(who).await?;
    let devices = platform.admin_devices(person.id).await?;
    let mut row = user_row(&person);
    if platform.has_password(person.id).await? {
        row.marks.push("second password".to_owned());
    }
    Ok(Outcome::User(row, devices.iter().map(device_row).collect()))
}

async fn code(platform: &Platform, who: String) -> Result<Outcome, PlatformError> {
    let phone = match platform.find_person(&who).await {
        Ok(person) => person.profile.phone.clone().unwrap_or(who),
        Err(_) => who,
    };
    let phone = phone.trim_start_matches('+').to_owned();
    Ok(match platform.admin_code(&phone).await? {
        Some(code) => Outcome::Code(CodeRow { phone: format!("+{phone}"), code }),
        None => Outcome::Done(format!("no login code is under way for +{phone}")),
    })
}

async fn ban(platform: &Platform, who: &str, banned: bool) -> Result<Outcome, PlatformError> {
    let person = platform.find_person(who).await?;
    platform.admin_ban(person.id, banned).await?;
    Ok(done(&person, if banned { "was signed out everywhere and is kept out" } else { "may come in again" }))
}

fn done(person: &Person, what: &str) -> Outcome {
    Outcome::Done(format!(
        "{} ({}) {what}",
        full_name(&person.profile.first_name, &person.profile.last_name),
        person.id
    ))
}

fn full_name(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}

fn user_row(person: &Person) -> UserRow {
    let profile = &person.profile;
    let state = match profile.state {
        AccountState::Active => None,
        AccountState::Banned => Some("banned"),
        AccountState::Deleted => Some("deleted"),
    };
    let marks = profile.is_admin.then_some("administrator").into_iter().chain(state);
    UserRow {
        id: person.id.0,
        phone: profile.phone.as_ref().map(|phone| format!("+{phone}")).unwrap_or_default(),
        name: full_name(&profile.first_name, &profile.last_name),
        username: profile.username.clone().unwrap_or_default(),
        marks: marks.map(str::to_owned).collect(),
    }
}

fn device_row(device: &Device) -> DeviceRow {
    let (client, record) = (&device.client, &device.record);
    let waits = if record.is_waiting() { ", owes the password" } else { "" };
    DeviceRow {
        client: format!("{} (layer {}{waits})", client.app_version, client.layer),
        device: format!("{} {}", client.device_model, client.system_version),
        ip: record.ip.clone(),
        since: record.created_at.into(),
        seen: record.active_at.unwrap_or(record.created_at).into(),
    }
}

fn invite_row(invite: Invite) -> InviteRow {
    InviteRow {
        code: invite.code,
        uses_left: invite.uses_left,
        used: invite.used,
        revoked: invite.revoked,
        phone: invite.phone.map(|phone| format!("+{phone}")).unwrap_or_default(),
        expires: invite.expires_at.unwrap_or(0).into(),
        administrator: invite.is_admin,
    }
}
