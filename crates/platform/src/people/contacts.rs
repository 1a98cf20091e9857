//! Address books: whom a person knows, and the mirror of it: who knows them.

use std::sync::Arc;

use store::{Batch, Class};

use super::flood::Act;
use super::names::{Phone, clean_name, scan_all};
use super::privacy::PrivacyKey;
use super::relation::{Contact, Mirror, relation_key};
use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::mailbox::Change;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, SERVICE_USER_ID, UserId, limits};

/// One entry of an address book that a client uploads.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The number as the client has it.
    pub phone: String,
    /// The name in the address book.
    pub first_name: String,
    /// The last name in the address book.
    pub last_name: String,
}

impl Platform {
    /// The address book of a person, by user id.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn contacts(&self, owner: UserId) -> Result<Vec<(UserId, Contact)>, PlatformError> {
        self.scan_ids(owner, user_suffix::CONTACT, limits::CONTACTS_MAX).await
    }

    /// Who has `user_id` in their contacts, at most `limit` people.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn who_has(&self, user_id: UserId, limit: usize) -> Result<Vec<UserId>, PlatformError> {
        let found: Vec<(UserId, Mirror)> = self.scan_ids(user_id, user_suffix::REVERSE_CONTACT, limit).await?;
        Ok(found.into_iter().map(|(other, _)| other).collect())
    }

    /// Records under a first suffix byte and a person's id, at most `limit`.
    pub(crate) async fn scan_ids<T: Stored>(
        &self,
        owner: UserId,
        first: u8,
        limit: usize,
    ) -> Result<Vec<(UserId, T)>, PlatformError> {
        let mut found = Vec::new();
        let mut scan = scan_all(keys::user(owner), vec![first], limit);
        loop {
            let page = self.store().scan(&scan).await?;
            for (suffix, record) in &page.items {
                if let Some(id) = keys::id_of_suffix(suffix) {
                    found.push((UserId(id), codec::decode(&record.value)?));
                }
            }
            if page.next.is_none() || found.len() >= limit {
                return Ok(found);
            }
            scan.from = page.next;
            scan.limit = limit - found.len();
        }
    }

    /// Adds a person to the address book, or changes what they are called there.
    ///
    /// # Errors
    /// [`Refusal::ContactNameEmpty`], [`Refusal::ContactIdInvalid`], [`Refusal::LimitInvalid`] when the book is full.
    pub async fn add_contact(
        &self,
        owner: UserId,
        other: UserId,
        mut contact: Contact,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        contact.first_name = clean_name(&contact.first_name);
        contact.last_name = clean_name(&contact.last_name);
        if contact.first_name.is_empty() {
            return Err(Refusal::ContactNameEmpty.into());
        }
        if other == owner || other == SERVICE_USER_ID {
            return Err(Refusal::ContactIdInvalid.into());
        }
        self.living_person(other).await?;
        let old = self.relation(owner, other).await?;
        contact = merged(contact, old.contact.as_ref(), self.now());
        if old.contact.as_ref() == Some(&contact) {
            return Ok(());
        }
        self.write_contacts(owner, &[(other, contact)]).await?;
        self.log_change(owner, Change::Contact { user: other }, origin).await?;
        self.log_change(owner, Change::PeerSettings { peer: other.into() }, origin).await
    }

    async fn write_contacts(&self, owner: UserId, contacts: &[(UserId, Contact)]) -> Result<(), PlatformError> {
        for chunk in contacts.chunks(limits::CONTACTS_PER_BATCH) {
            let mut batch = Batch::new(Class::C1);
            for (other, contact) in chunk {
                let mirror = Mirror { close_friend: contact.close_friend };
                batch.put(relation_key(user_suffix::CONTACT, owner, *other), codec::encode(contact));
                batch.put(relation_key(user_suffix::REVERSE_CONTACT, *other, owner), codec::encode(&mirror));
            }
            let written = self.commit(batch).await;
            // Also after an error: it may be written nevertheless.
            for (other, _) in chunk {
                self.forget_relation(owner, *other);
            }
            written?;
        }
        Ok(())
    }

    /// Adds those of an uploaded address book who are here and may be found by number. Answers, in the order of the
    /// upload, who they are.
    ///
    /// # Errors
    /// [`Refusal::LimitInvalid`] past the bound of an upload or of the book, or trouble of the store.
    pub async fn import_contacts(
        &self,
        owner: UserId,
        uploads: &[Upload],
        origin: Option<AuthKeyId>,
    ) -> Result<Vec<Option<UserId>>, PlatformError> {
        if uploads.len() > limits::CONTACTS_PER_IMPORT {
            return Err(Refusal::LimitInvalid.into());
        }
        self.count_own(Act::LookUpPhone, owner, uploads.len(), limits::LOOK_UPS_PER_PERSON)?;
        let found = self.find_uploads(owner, uploads).await?;
        let known = self.contacts(owner).await?.len();
        if known + found.iter().flatten().count() > limits::CONTACTS_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        let changed = self.changed_contacts(owner, uploads, &found).await?;
        if !changed.is_empty() {
            self.write_contacts(owner, &changed).await?;
            self.log_imported(owner, &changed, origin).await?;
        }
        Ok(found)
    }

    async fn changed_contacts(
        &self,
        owner: UserId,
        uploads: &[Upload],
        found: &[Option<UserId>],
    ) -> Result<Vec<(UserId, Contact)>, PlatformError> {
        let ids: Vec<UserId> = found.iter().flatten().copied().collect();
        let mut relations = self.relations(owner, &ids).await?.into_iter();
        let mut changed: Vec<(UserId, Contact)> = Vec::new();
        for (upload, found) in uploads.iter().zip(found) {
            let Some(other) = *found else { continue };
            let old = relations.next().unwrap_or_default();
            let contact = merged(contact_of_upload(upload), old.contact.as_ref(), self.now());
            if old.contact.as_ref() != Some(&contact) && changed.iter().all(|(known, _)| *known != other) {
                changed.push((other, contact));
            }
        }
        Ok(changed)
    }

    async fn log_imported(
        &self,
        owner: UserId,
        changed: &[(UserId, Contact)],
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        if changed.len() > limits::CONTACT_NEWS_MAX {
            return self.log_change(owner, Change::ContactsReset, origin).await;
        }
        for (other, _) in changed {
            self.log_change(owner, Change::Contact { user: *other }, origin).await?;
        }
        Ok(())
    }

    /// Who the numbers of an upload belong to, as far as those people let themselves be found by number.
    async fn find_uploads(&self, owner: UserId, uploads: &[Upload]) -> Result<Vec<Option<UserId>>, PlatformError> {
        let phones: Vec<Option<Phone>> = uploads.iter().map(|upload| Phone::parse(&upload.phone).ok()).collect();
        let known: Vec<Phone> = phones.iter().flatten().cloned().collect();
        let mut holders = self.users_by_phones(&known).await?.into_iter();
        let mut found = Vec::with_capacity(uploads.len());
        for phone in &phones {
            let holder = phone.as_ref().and_then(|_| holders.next().flatten());
            found.push(holder.filter(|holder| *holder != owner));
        }
        self.keep_findable(owner, found).await
    }

    async fn keep_findable(
        &self,
        viewer: UserId,
        mut found: Vec<Option<UserId>>,
    ) -> Result<Vec<Option<UserId>>, PlatformError> {
        for place in &mut found {
            if let Some(other) = *place
                && !self.may_find_by_phone(viewer, other).await?
            {
                *place = None;
            }
        }
        Ok(found)
    }

    /// Who has this number, if they let `viewer` find them by it. Whoever asks for very many has to wait.
    ///
    /// # Errors
    /// [`Refusal::FloodWait`], or trouble of the store.
    pub async fn find_by_phone(&self, viewer: UserId, phone: &Phone) -> Result<Option<UserId>, PlatformError> {
        self.count_own(Act::LookUpPhone, viewer, 1, limits::LOOK_UPS_PER_PERSON)?;
        let Some(holder) = self.user_by_phone(phone).await? else { return Ok(None) };
        Ok(self.may_find_by_phone(viewer, holder).await?.then_some(holder))
    }

    /// Whether `other` lets `viewer` find them by number. Whoever is a contact already stays one.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn may_find_by_phone(&self, viewer: UserId, other: UserId) -> Result<bool, PlatformError> {
        let Some(person) = self.person(other).await? else { return Ok(false) };
        let relation = self.relation(viewer, other).await?;
        let known = viewer == other || relation.contact.is_some();
        Ok(!person.is_deleted() && (known || person.privacy.allows(PrivacyKey::AddedByPhone, viewer, &relation)))
    }

    /// Removes people from the address book; those who are not in it are no error.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn delete_contacts(
        &self,
        owner: UserId,
        others: &[UserId],
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        for chunk in others.chunks(limits::CONTACTS_PER_BATCH) {
            let mut batch = Batch::new(Class::C1);
            for other in chunk {
                batch.deletes.push(relation_key(user_suffix::CONTACT, owner, *other));
                batch.deletes.push(relation_key(user_suffix::REVERSE_CONTACT, *other, owner));
            }
            let written = self.commit(batch).await;
            for other in chunk {
                self.forget_relation(owner, *other);
            }
            written?;
            for other in chunk {
                self.log_change(owner, Change::Contact { user: *other }, origin).await?;
            }
        }
        Ok(())
    }

    /// Changes the entry of somebody who is in the address book.
    ///
    /// # Errors
    /// [`Refusal::ContactIdInvalid`] when they are not, or trouble of the store.
    pub async fn edit_contact(
        &self,
        owner: UserId,
        other: UserId,
        edit: impl FnOnce(&mut Contact),
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        let relation = self.relation(owner, other).await?;
        let mut contact = relation.contact.clone().ok_or(Refusal::ContactIdInvalid)?;
        edit(&mut contact);
        self.write_contacts(owner, &[(other, contact)]).await?;
        self.log_change(owner, Change::User { user: other }, origin).await
    }

    /// Makes exactly these contacts the close friends.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn set_close_friends(
        &self,
        owner: UserId,
        friends: &[UserId],
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        for (other, contact) in self.contacts(owner).await? {
            let close_friend = friends.contains(&other);
            if contact.close_friend != close_friend {
                self.edit_contact(owner, other, |contact| contact.close_friend = close_friend, origin).await?;
            }
        }
        Ok(())
    }

    /// Contacts whose names (own or in the address book) or username have a word that begins with `query`.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn search_contacts(
        &self,
        owner: UserId,
        query: &str,
        limit: usize,
    ) -> Result<Vec<UserId>, PlatformError> {
        let query = query.trim().trim_start_matches('@').to_lowercase();
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let book = self.contacts(owner).await?;
        let ids: Vec<UserId> = book.iter().map(|(id, _)| *id).collect();
        let people = self.people(&ids).await?;
        let matching =
            book.iter().zip(people).filter(|((_, contact), person)| matches(&query, contact, person.as_ref()));
        Ok(matching.map(|((id, _), _)| *id).take(limit).collect())
    }
}

fn matches(query: &str, contact: &Contact, person: Option<&Arc<super::person::Person>>) -> bool {
    let own = person.map(|person| &person.profile);
    let texts = [
        format!("{} {}", contact.first_name, contact.last_name),
        own.map(|profile| format!("{} {}", profile.first_name, profile.last_name)).unwrap_or_default(),
        own.and_then(|profile| profile.username.clone()).unwrap_or_default(),
    ];
    texts.iter().any(|text| {
        let text = text.to_lowercase();
        text.starts_with(query) || text.split_whitespace().any(|word| word.starts_with(query))
    })
}

fn contact_of_upload(upload: &Upload) -> Contact {
    let first_name = clean_name(&upload.first_name);
    let last_name = clean_name(&upload.last_name);
    let phone = Phone::parse(&upload.phone).ok().map(|phone| phone.as_str().to_owned());
    let first_name = if first_name.is_empty() && last_name.is_empty() { upload.phone.clone() } else { first_name };
    Contact { first_name, last_name, phone, ..Contact::default() }
}

/// What an entry becomes when it is written again: the new names, and what the client did not send as it was.
fn merged(new: Contact, old: Option<&Contact>, now: i32) -> Contact {
    match old {
        Some(old) => Contact {
            phone: new.phone.or_else(|| old.phone.clone()),
            added_at: old.added_at,
            close_friend: old.close_friend,
            note: new.note.or_else(|| old.note.clone()),
            ..new
        },
        None => Contact { added_at: now, ..new },
    }
}
