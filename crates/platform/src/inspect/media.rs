//! Which media there are, where their bytes should lie, and who shows them.

use std::collections::{BTreeMap, HashSet};

use blobs::Folder;
use store::Record;

use super::{Finding, Trouble};
use crate::UserId;
use crate::keys::{self, kind, medium_suffix, user_suffix};
use crate::media::{self, MediumId, StoredObject, references};

/// Media, and what names them.
#[derive(Default)]
pub struct MediaBook {
    /// Every object that a medium's record names.
    pub objects: Vec<StoredObject>,
    /// Every folder that some record names, or may come to name.
    pub folders: HashSet<Folder>,
    /// Media that are not being removed.
    pub media: HashSet<MediumId>,
    /// Media that mailboxes show, with one of those who do.
    shown: BTreeMap<MediumId, UserId>,
}

impl MediaBook {
    /// Notes that somebody's mailbox shows a medium.
    pub(super) fn show(&mut self, medium: MediumId, user: UserId) {
        self.shown.insert(medium, user);
    }

    pub(super) fn take(&mut self, owner: &[u8], suffix: &[u8], record: &Record) -> Option<Finding> {
        match (owner.first(), suffix.first()) {
            (Some(&kind::MEDIUM), Some(&medium_suffix::RECORD)) => {
                self.medium(MediumId(keys::id_of_suffix(owner)?), record)
            }
            (Some(&kind::USER), Some(&user_suffix::UPLOAD)) => match media::upload_folder(&record.value) {
                Ok((folder, _)) => {
                    self.folders.insert(folder);
                    None
                }
                Err(error) => Some(trouble(format!("an upload: {error}"))),
            },
            (Some(&kind::SYSTEM), Some(_)) => {
                self.folders.extend(media::folder_of_timer(owner, suffix));
                None
            }
            _ => None,
        }
    }

    fn medium(&mut self, id: MediumId, record: &Record) -> Option<Finding> {
        self.folders.insert(media::own_folder(id));
        let objects = match media::objects(id, &record.value) {
            Ok(objects) => objects,
            Err(error) => return Some(trouble(format!("medium {id}: {error}"))),
        };
        self.folders.extend(objects.iter().map(|object| object.folder));
        if record.version == references::LIVE {
            self.media.insert(id);
            self.objects.extend(objects);
        }
        None
    }

    /// Media that are shown and are not there.
    pub(super) fn missing(&self) -> impl Iterator<Item = Finding> {
        self.shown.iter().filter(|(medium, _)| !self.media.contains(medium)).map(|(medium, user)| Finding {
            trouble: Trouble::Medium,
            text: format!("medium {medium}, shown in the mailbox of {user}, has no record"),
            repair: Vec::new(),
        })
    }
}

fn trouble(text: String) -> Finding {
    Finding { trouble: Trouble::Record, text, repair: Vec::new() }
}
