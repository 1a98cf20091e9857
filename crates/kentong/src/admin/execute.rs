//! Carrying out an order on the platform. The only place where administration meets it.

use std::path::Path;

use platform::people::authorizations::Device;
use platform::people::invites::{Invite, NewInvite};
use platform::people::pending::Pending;
use platform::people::person::{AccountState, Person};
use platform::people::stewards::Steward;
use platform::{Platform, PlatformError, Refusal, UserId};

use super::limits::ROWS_MAX;
use super::office::Office;
use super::order::{InviteOrder, Order, SettingOrder, UserOrder};
use super::outcome::{AuditRow, CodeRow, DeviceRow, InviteRow, Outcome, ReportRow, UserRow, WaitingRow};
use super::overview::overview;
use super::settings;
use crate::backup::Tell;
use crate::config::SignUp;

const SECONDS_PER_HOUR: i32 = 3_600;
/// Names are no names of one person: several may have the same.
const NOBODY: &str = "there is no such person: name them by id, +phone or @username";

/// Carries the order out; an error is a sentence for the administrator.
pub(super) async fn execute(office: &Office, by: Steward, order: Order, tell: Tell<'_>) -> Result<Outcome, String> {
    let desk = Desk { office, platform: office.platform(), by };
    let outcome = match order {
        Order::User(order) => desk.user(order).await,
        Order::Invite(order) => desk.invite(order).await,
        Order::Mode { mode } => desk.set_mode(mode).await,
        Order::Overview {} => overview(office).await.map(|row| Outcome::Overview(Box::new(row))),
        Order::Audit { before, limit } => desk.audit(before, limit).await,
        Order::Setting(order) => return setting(office, by, order).await,
        Order::Doctor {} => return examine(office, by, tell).await,
        Order::Backup { target } => return back_up(office, by, &target, tell).await,
    };
    outcome.map_err(sentence)
}

async fn setting(office: &Office, by: Steward, order: SettingOrder) -> Result<Outcome, String> {
    match order {
        SettingOrder::List => {}
        SettingOrder::Set { name, value } => settings::set(office, by, &name, Some(&value)).await?,
        SettingOrder::Reset { name } => settings::set(office, by, &name, None).await?,
    }
    Ok(Outcome::Settings(settings::list(office)))
}

/// Only whoever may read the data folder has backups written: they name places on this machine, and hold every key.
async fn back_up(office: &Office, by: Steward, target: &Path, tell: Tell<'_>) -> Result<Outcome, String> {
    if by != Steward::Local {
        return Err("backups are made on the server itself, by `kentong backup create`".to_owned());
    }
    // On a disk so full that nothing can be written down, a backup is needed all the more.
    if let Err(error) = office.platform().audit(by, "backup create", &target.display().to_string()).await {
        tracing::warn!(%error, "the backup is not in the audit log");
    }
    let report = office.back_up(target, tell).await.map_err(|error| format!("{error:#}"))?;
    Ok(Outcome::Backup(Box::new(report)))
}

/// It reads everything there is, so whoever asks has to be here.
async fn examine(office: &Office, by: Steward, tell: Tell<'_>) -> Result<Outcome, String> {
    if by != Steward::Local {
        return Err("the data are looked at on the server itself, by `kentong doctor`".to_owned());
    }
    office.examine(tell).await.map(Outcome::Checkup).map_err(|error| format!("{error:#}"))
}

fn sentence(error: PlatformError) -> String {
    match error {
        PlatformError::Refused(Refusal::UserIdInvalid) => NOBODY.to_owned(),
        PlatformError::Refused(Refusal::NotToOneself) => {
            "nobody does that to themselves: ask another administrator, or use the command line".to_owned()
        }
        PlatformError::Refused(Refusal::PhoneNumberInvalid) => "that is no phone number".to_owned(),
        PlatformError::Refused(Refusal::HashInvalid) => "there is no such invite".to_owned(),
        other => other.to_string(),
    }
}

/// The platform, and who orders.
#[derive(Clone, Copy)]
struct Desk<'a> {
    office: &'a Office,
    platform: &'a Platform,
    by: Steward,
}

impl Desk<'_> {
    async fn user(self, order: UserOrder) -> Result<Outcome, PlatformError> {
        match order {
            UserOrder::List { after, limit } => self.list(after, limit).await,
            UserOrder::Search { text, after, limit } => self.search(&text, after, limit).await,
            UserOrder::Latest { limit } => {
                let people = self.platform.latest_people(limit.min(ROWS_MAX) as usize).await?;
                Ok(Outcome::Users(people.iter().map(|person| user_row(person)).collect()))
            }
            UserOrder::Appoint { who } => self.appoint(&who, true).await,
            UserOrder::Demote { who } => self.appoint(&who, false).await,
            UserOrder::Waiting { after, limit } => self.waiting(&after, limit).await,
            UserOrder::Approve { phone } => self.decide(&phone, true).await,
            UserOrder::Refuse { phone } => self.decide(&phone, false).await,
            UserOrder::Show { who } => self.show(&who).await,
            UserOrder::Code { who } => self.code(who).await,
            UserOrder::Reset { who } => {
                let person = self.platform.find_person(&who).await?;
                self.platform.admin_reset(self.by, person.id).await?;
                Ok(done(&person, "was signed out everywhere"))
            }
            UserOrder::RemovePassword { who } => {
                let person = self.platform.find_person(&who).await?;
                let had_one = self.platform.admin_remove_password(self.by, person.id).await?;
                Ok(done(&person, if had_one { "needs no second password any more" } else { "had no second password" }))
            }
            UserOrder::Reports => self.reports().await,
            UserOrder::DismissReports { who } => {
                let person = self.platform.find_person(&who).await?;
                let were_any = self.platform.dismiss_reports(self.by, person.id).await?;
                Ok(done(&person, if were_any { "has no reports any more" } else { "had no reports" }))
            }
            UserOrder::Ban { who } => self.ban(&who, true).await,
            UserOrder::Unban { who } => self.ban(&who, false).await,
            UserOrder::Delete { who } => {
                let person = self.platform.find_person(&who).await?;
                self.platform.admin_delete(self.by, person.id).await?;
                Ok(done(&person, "was deleted"))
            }
        }
    }

    async fn invite(self, order: InviteOrder) -> Result<Outcome, PlatformError> {
        match order {
            InviteOrder::Create { uses, hours, administrator, phone } => {
                let seconds = i32::try_from(hours).unwrap_or(i32::MAX).saturating_mul(SECONDS_PER_HOUR);
                let seconds = (seconds > 0).then_some(seconds);
                let invite = self
                    .platform
                    .admin_create_invite(self.by, NewInvite { uses, seconds, is_admin: administrator, phone })
                    .await?;
                Ok(Outcome::Invites(vec![self.invite_row(invite, &self.office.base_url())]))
            }
            InviteOrder::List => {
                let base_url = self.office.base_url();
                let invites = self.platform.invites().await?.into_iter();
                Ok(Outcome::Invites(invites.map(|invite| self.invite_row(invite, &base_url)).collect()))
            }
            InviteOrder::Revoke { code } => {
                self.platform.admin_revoke_invite(self.by, &code).await?;
                Ok(Outcome::Done(format!("invite {code} was revoked")))
            }
        }
    }

    fn invite_row(self, invite: Invite, base_url: &str) -> InviteRow {
        let is_usable = invite.is_usable(self.platform.now());
        InviteRow {
            link: if is_usable { format!("{base_url}invite/{}", invite.code) } else { String::new() },
            code: invite.code,
            uses_left: invite.uses_left,
            used: invite.used,
            revoked: invite.revoked,
            phone: invite.phone.map(|phone| format!("+{phone}")).unwrap_or_default(),
            expires: invite.expires_at.unwrap_or(0).into(),
            administrator: invite.is_admin,
        }
    }

    async fn set_mode(self, mode: Option<SignUp>) -> Result<Outcome, PlatformError> {
        if let Some(mode) = mode {
            self.platform.set_sign_up_mode(self.by, mode.into()).await?;
        }
        let mode = match SignUp::from(self.platform.sign_up_mode()) {
            SignUp::Open => "open: anyone may sign up",
            SignUp::Invite => "invite: whoever has an invite may sign up",
            SignUp::Approval => "approval: whoever the operator approves may sign up",
            SignUp::Closed => "closed: nobody may sign up",
        };
        Ok(Outcome::Done(mode.to_owned()))
    }

    async fn list(self, after: i64, limit: u32) -> Result<Outcome, PlatformError> {
        let after = (after > 0).then_some(UserId(after));
        let limit = limit.min(ROWS_MAX) as usize;
        let people = self.platform.list_people(after, limit).await?;
        Ok(Outcome::Users(people.iter().map(|person| user_row(person)).collect()))
    }

    async fn search(self, text: &str, after: i64, limit: u32) -> Result<Outcome, PlatformError> {
        let after = (after > 0).then_some(UserId(after));
        let found = self.platform.search_people(text, after, limit.clamp(1, ROWS_MAX) as usize).await?;
        let rows = found.people.iter().map(|person| user_row(person)).collect();
        Ok(Outcome::Found(rows, found.next.map_or(0, |id| id.0)))
    }

    async fn appoint(self, who: &str, trusted: bool) -> Result<Outcome, PlatformError> {
        let person = self.platform.find_person(who).await?;
        self.platform.admin_appoint(self.by, person.id, trusted).await?;
        Ok(done(&person, if trusted { "is an administrator" } else { "is no administrator any more" }))
    }

    async fn audit(self, before: i64, limit: u32) -> Result<Outcome, PlatformError> {
        let before = (before > 0).then_some(before);
        let acts = self.platform.audit_log(before, limit.clamp(1, ROWS_MAX) as usize).await?;
        let mut rows = Vec::with_capacity(acts.len());
        for act in acts {
            let by_name = match act.by {
                Some(id) => self.name_of(id).await?,
                None => "local".to_owned(),
            };
            let by = act.by.map_or(0, |id| id.0);
            rows.push(AuditRow { at_ms: act.at_ms, act: act.act, target: act.target, by, by_name });
        }
        Ok(Outcome::Audit(rows))
    }

    async fn name_of(self, id: UserId) -> Result<String, PlatformError> {
        let profile = self.platform.person(id).await?.map(|person| person.profile.clone()).unwrap_or_default();
        Ok(full_name(&profile.first_name, &profile.last_name))
    }

    async fn waiting(self, after: &str, limit: u32) -> Result<Outcome, PlatformError> {
        let after = Some(after.trim().trim_start_matches('+')).filter(|after| !after.is_empty());
        let page = self.platform.pending_sign_ups(after, limit.clamp(1, ROWS_MAX) as usize).await?;
        let row = |(phone, pending): (String, Pending)| WaitingRow {
            phone: format!("+{phone}"),
            name: full_name(&pending.first_name, &pending.last_name),
            since: pending.asked_at.into(),
        };
        let next = page.next.map(|phone| format!("+{phone}")).unwrap_or_default();
        Ok(Outcome::Waiting(page.sign_ups.into_iter().map(row).collect(), next))
    }

    async fn reports(self) -> Result<Outcome, PlatformError> {
        let mut rows = Vec::new();
        for (id, reported) in self.platform.reports().await? {
            let profile = self.platform.person(id).await?.map(|person| person.profile.clone()).unwrap_or_default();
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

    async fn decide(self, phone: &str, allowed: bool) -> Result<Outcome, PlatformError> {
        self.platform.admin_decide(self.by, phone, allowed).await?;
        Ok(Outcome::Done(format!("{phone} may {}sign up", if allowed { "" } else { "not " })))
    }

    async fn show(self, who: &str) -> Result<Outcome, PlatformError> {
        let person = self.platform.find_person(who).await?;
        let devices = self.platform.admin_devices(person.id).await?;
        let mut row = user_row(&person);
        if self.platform.has_password(person.id).await? {
            row.marks.push("second password".to_owned());
        }
        row.stored_bytes = Some(self.platform.stored_bytes(person.id).await?);
        Ok(Outcome::User(row, devices.iter().map(device_row).collect()))
    }

    async fn code(self, who: String) -> Result<Outcome, PlatformError> {
        let phone = match self.platform.find_person(&who).await {
            Ok(person) => person.profile.phone.clone().unwrap_or(who),
            Err(_) => who,
        };
        let phone = phone.trim_start_matches('+').to_owned();
        Ok(match self.platform.admin_code(self.by, &phone).await? {
            Some(code) => Outcome::Code(CodeRow { phone: format!("+{phone}"), code }),
            None => Outcome::Done(format!("no login code is under way for +{phone}")),
        })
    }

    async fn ban(self, who: &str, banned: bool) -> Result<Outcome, PlatformError> {
        let person = self.platform.find_person(who).await?;
        self.platform.admin_ban(self.by, person.id, banned).await?;
        Ok(done(&person, if banned { "was signed out everywhere and is kept out" } else { "may come in again" }))
    }
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
        since: profile.created_at.into(),
        stored_bytes: None,
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
