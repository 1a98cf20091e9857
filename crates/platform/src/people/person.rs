//! Who a person is: the profile, when they were last here, and what they let others see; cached together because every
//! view of a person needs all three.

use std::sync::Arc;

use futures::future::try_join_all;
use store::{Batch, Check, Class, Key, Record};

use super::cached;
use super::door::reservation::rest;
use super::flood::Act;
use super::names::{Holder, Phone};
use super::names::{Username, clean_name, free_name, is_reserved, take_name, username_index_key};
use super::privacy::Privacy;
use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, user_suffix};
use crate::mailbox::Change;
use crate::media::{MediumId, Photo};
use crate::{AuthKeyId, Platform, PlatformError, Refusal, SERVICE_USER_ID, UserId, limits, product};

/// What became of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum AccountState {
    /// In use.
    #[default]
    #[n(0)]
    Active,
    /// Deleted by its holder or the operator: a nameless husk for the sake of others' histories.
    #[n(1)]
    Deleted,
    /// Banned by the operator: cannot sign in, writes nothing.
    #[n(2)]
    Banned,
}

/// A day of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Birthday {
    /// 1 to 31.
    #[n(0)]
    pub day: i32,
    /// 1 to 12.
    #[n(1)]
    pub month: i32,
    /// If the person tells it.
    #[n(2)]
    pub year: Option<i32>,
}

/// What a person says of themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Profile {
    /// Never empty while the account is active.
    #[n(0)]
    pub first_name: String,
    /// May be empty.
    #[n(1)]
    pub last_name: String,
    /// Digits without a plus; `None` for deleted accounts.
    #[n(2)]
    pub phone: Option<String>,
    /// As its holder spells it.
    #[n(3)]
    pub username: Option<String>,
    /// The line under the name.
    #[n(4)]
    pub about: String,
    /// Unix seconds.
    #[n(5)]
    pub created_at: i32,
    /// In use, deleted, banned.
    #[n(6)]
    pub state: AccountState,
    /// Whether the operator trusts this person with the server.
    #[n(7)]
    pub is_admin: bool,
    /// If they tell it.
    #[n(8)]
    pub birthday: Option<Birthday>,
    /// The invite they came with, to know who brought whom.
    #[n(9)]
    pub invite: Option<String>,
    /// The photo that is shown.
    #[n(10)]
    pub photo: Option<Photo>,
    /// The photo that is shown to those who may not see the other.
    #[n(11)]
    pub fallback_photo: Option<Photo>,
    /// Every photo that is or was shown, the latest first.
    #[n(12)]
    pub photos: Option<Vec<MediumId>>,
}

impl Stored for Profile {
    const WHAT: &'static str = "profile";
}

/// When a person was last here.
#[derive(Clone, Copy, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub(crate) struct LastSeen {
    #[n(0)]
    pub(crate) at: i32,
}

impl Stored for LastSeen {
    const WHAT: &'static str = "last seen";
}

/// Everything views need to know of a person, whoever looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// What they say of themselves.
    pub profile: Profile,
    /// When they were last here according to the store; memory may know better.
    pub(crate) last_seen: i32,
    /// What they let others see.
    pub privacy: Privacy,
}

impl Person {
    /// Whether the account was deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.profile.state == AccountState::Deleted
    }
}

/// A change of one's own profile; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfileEdit {
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The line under the name.
    pub about: Option<String>,
}

pub(crate) fn profile_key(user_id: UserId) -> Key {
    keys::user_key(user_id, &[user_suffix::PROFILE])
}

pub(crate) fn last_seen_key(user_id: UserId) -> Key {
    keys::user_key(user_id, &[user_suffix::PROFILE, LAST_SEEN])
}

/// Second suffix byte of the record of when a person was last here.
const LAST_SEEN: u8 = 1;

impl Platform {
    /// The people with these ids, in their order; `None` where there is none.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn people(&self, ids: &[UserId]) -> Result<Vec<Option<Arc<Person>>>, PlatformError> {
        cached::get_many(&self.inner.people.persons, ids, |ids| self.read_people(ids)).await
    }

    /// The person with this id.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn person(&self, id: UserId) -> Result<Option<Arc<Person>>, PlatformError> {
        Ok(self.people(&[id]).await?.pop().flatten())
    }

    /// The person with this id, who must exist and not be deleted.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`], or trouble of the store.
    pub async fn living_person(&self, id: UserId) -> Result<Arc<Person>, PlatformError> {
        let person = self.person(id).await?.filter(|person| !person.is_deleted());
        person.ok_or_else(|| Refusal::UserIdInvalid.into())
    }

    async fn read_people(&self, ids: Vec<UserId>) -> Result<Vec<Option<Arc<Person>>>, PlatformError> {
        let places: Vec<Key> = ids.iter().flat_map(|id| person_keys(*id)).collect();
        let records = self.store().get_many(&places).await?;
        ids.iter().zip(records.chunks_exact(3)).map(|(id, records)| person_of_records(*id, records)).collect()
    }

    /// Reads the profile past the cache, lets `change` alter it, and writes it with whatever else `change` adds to the
    /// batch; again if somebody else was faster.
    pub(crate) async fn change_profile(
        &self,
        user_id: UserId,
        mut change: impl FnMut(&mut Profile, &mut Batch) -> Result<(), PlatformError>,
    ) -> Result<Profile, PlatformError> {
        let key = profile_key(user_id);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&key).await?.ok_or(Refusal::UserIdInvalid)?;
            let mut profile: Profile = codec::decode(&record.value)?;
            let mut batch = Batch::new(Class::C1);
            change(&mut profile, &mut batch)?;
            batch.checks.push(Check::Version(key.clone(), record.version));
            let written = Record { version: record.version + 1, value: codec::encode(&profile) };
            batch.puts.push((key.clone(), written));
            let written = self.commit(batch).await;
            // Also after an error: it may be written nevertheless.
            self.inner.people.persons.remove(&user_id);
            match written {
                Ok(()) => return Ok(profile),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(PlatformError::Store(store::StoreError::Conflict))
    }

    /// Changes one's names and the line under them.
    ///
    /// # Errors
    /// [`Refusal::FirstNameInvalid`], [`Refusal::AboutTooLong`], or trouble of the store.
    pub async fn update_profile(
        &self,
        user_id: UserId,
        edit: ProfileEdit,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        let first_name = edit.first_name.as_deref().map(clean_name);
        if first_name.as_deref() == Some("") {
            return Err(Refusal::FirstNameInvalid.into());
        }
        if edit.about.as_ref().is_some_and(|about| about.chars().count() > limits::ABOUT_MAX_CHARS) {
            return Err(Refusal::AboutTooLong.into());
        }
        let names_change = first_name.is_some() || edit.last_name.is_some();
        self.change_profile(user_id, |profile, _| {
            apply_edit(profile, first_name.as_ref(), &edit);
            Ok(())
        })
        .await?;
        let change = if names_change { Change::UserName { user: user_id } } else { Change::User { user: user_id } };
        self.tell_about(user_id, &change, origin).await
    }

    /// Sets or clears the day of birth.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn update_birthday(
        &self,
        user_id: UserId,
        birthday: Option<Birthday>,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        self.change_profile(user_id, |profile, _| {
            profile.birthday = birthday;
            Ok(())
        })
        .await?;
        self.tell_about(user_id, &Change::User { user: user_id }, origin).await
    }

    /// Whether `user_id` could take this username now.
    ///
    /// # Errors
    /// [`Refusal::UsernameInvalid`], or trouble of the store.
    pub async fn username_is_free(&self, user_id: UserId, username: &str) -> Result<bool, PlatformError> {
        let username = Username::parse(username)?;
        if is_reserved(&username) {
            return Ok(false);
        }
        Ok(self.user_by_username(username.as_str()).await?.is_none_or(|holder| holder == user_id))
    }

    /// Takes a username, or gives it back with an empty one.
    ///
    /// # Errors
    /// [`Refusal::UsernameInvalid`], [`Refusal::UsernameOccupied`], [`Refusal::UsernameNotModified`], trouble.
    pub async fn update_username(
        &self,
        user_id: UserId,
        username: &str,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        let wanted = if username.is_empty() { None } else { Some(Username::parse(username)?) };
        if let Some(wanted) = &wanted
            && !self.username_is_free(user_id, wanted.as_str()).await?
        {
            return Err(Refusal::UsernameOccupied.into());
        }
        let changed =
            self.change_profile(user_id, |profile, batch| exchange_username(user_id, profile, batch, wanted.as_ref()));
        match changed.await {
            Ok(_) => self.tell_about(user_id, &Change::UserName { user: user_id }, origin).await,
            Err(error) if error.is_conflict() => Err(Refusal::UsernameOccupied.into()),
            Err(error) => Err(error),
        }
    }

    /// Moves the account to another phone number, whose possession the caller proved.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberOccupied`], or trouble of the store.
    pub(crate) async fn move_phone(
        &self,
        user_id: UserId,
        phone: &Phone,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        let moved = self.change_profile(user_id, |profile, batch| {
            if let Some(old) = profile.phone.replace(phone.as_str().to_owned()) {
                free_name(batch, NameKind::Phone, &old);
                rest(batch, &old, self.now());
            }
            take_name(batch, NameKind::Phone, phone.as_str(), user_id);
            Ok(())
        });
        match moved.await {
            Ok(_) => self.tell_about(user_id, &Change::UserPhone { user: user_id }, origin).await,
            Err(error) if error.is_conflict() => Err(Refusal::PhoneNumberOccupied.into()),
            Err(error) => Err(error),
        }
    }

    /// Tells the person's other devices, and some of those who have them in their contacts, that they changed.
    ///
    /// A bounded number hears of it at once; others see it with the next thing that carries this person.
    pub(crate) async fn tell_about(
        &self,
        user_id: UserId,
        change: &Change,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        self.log_change(user_id, change.clone(), origin).await?;
        if self.count_own(Act::TellNews, user_id, 1, limits::PROFILE_NEWS_PER_PERSON).is_err() {
            return Ok(());
        }
        let others = self.who_has(user_id, limits::NEWS_FAN_OUT_MAX).await?;
        // Together: the commits of all share their waits for the disk.
        try_join_all(others.into_iter().map(|other| self.log_change(other, change.clone(), None))).await?;
        Ok(())
    }

    /// Counts acts of a person; refuses them past `most` in `limits::FLOOD_WINDOW_SECONDS`.
    pub(crate) fn count_own(&self, act: Act, user_id: UserId, times: usize, most: u32) -> Result<(), Refusal> {
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        self.inner.people.flood.count(act, &user_id.to_string(), times, most, self.now())
    }
}

fn person_keys(id: UserId) -> [Key; 3] {
    [profile_key(id), last_seen_key(id), super::privacy::privacy_key(id)]
}

fn person_of_records(id: UserId, records: &[Option<Record>]) -> Result<Option<Arc<Person>>, PlatformError> {
    if id == SERVICE_USER_ID {
        return Ok(Some(Arc::new(service_person())));
    }
    let Some(profile) = codec::decode_record::<Profile>(records[0].as_ref())? else { return Ok(None) };
    let last_seen = codec::decode_record::<LastSeen>(records[1].as_ref())?.unwrap_or_default().at;
    let privacy = codec::decode_record::<Privacy>(records[2].as_ref())?.unwrap_or_default();
    Ok(Some(Arc::new(Person { id, profile, last_seen, privacy })))
}

/// The service account is in no store: it is the program that speaks.
fn service_person() -> Person {
    let profile = Profile {
        first_name: product::NAME.to_owned(),
        phone: Some(product::SERVICE_PHONE.to_owned()),
        ..Profile::default()
    };
    Person { id: SERVICE_USER_ID, profile, last_seen: 0, privacy: Privacy::default() }
}

fn apply_edit(profile: &mut Profile, first_name: Option<&String>, edit: &ProfileEdit) {
    if let Some(first_name) = first_name {
        profile.first_name.clone_from(first_name);
    }
    if let Some(last_name) = &edit.last_name {
        profile.last_name = clean_name(last_name);
    }
    if let Some(about) = &edit.about {
        profile.about = about.trim().to_owned();
    }
}

fn exchange_username(
    user_id: UserId,
    profile: &mut Profile,
    batch: &mut Batch,
    wanted: Option<&Username>,
) -> Result<(), PlatformError> {
    if profile.username.as_deref() == wanted.map(Username::as_str) {
        return Err(Refusal::UsernameNotModified.into());
    }
    let old = profile.username.take().map(|old| old.to_ascii_lowercase());
    let new = wanted.map(Username::folded);
    profile.username = wanted.map(|wanted| wanted.as_str().to_owned());
    if old == new {
        return Ok(());
    }
    if let Some(old) = old {
        free_name(batch, NameKind::Username, &old);
        batch.deletes.push(username_index_key(&old));
    }
    if let Some(new) = new {
        take_name(batch, NameKind::Username, &new, user_id);
        batch.put(username_index_key(&new), codec::encode(&Holder { user_id }));
    }
    Ok(())
}
