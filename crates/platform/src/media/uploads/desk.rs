//! What each person has under way, in memory: which uploads, their parts, and how much room they take.
//!
//! A desk is read from records and folders when it is first needed, and forgotten when nobody uses it; what it says is
//! then read anew. It decides under a short lock and never waits under one.

use std::collections::HashMap;
use std::sync::Arc;

use blobs::{Folder, Listed};
use parking_lot::Mutex;
use tokio::sync::OnceCell;

use super::shape::{Shape, charge_bytes};
use super::{Checked, Stage, UploadRecord, Whole};
use crate::codec;
use crate::keys::{self, user_suffix};
use crate::limits::media::{DESKS_MAX, SMALL_MAX_BYTES, UPLOADS_MAX};
use crate::media::{MediumId, UploadedFile};
use crate::{Platform, PlatformError, Refusal, UserId};

/// The desks in use, and some that were.
#[derive(Default)]
pub(crate) struct Desks(Mutex<HashMap<UserId, Arc<OnceCell<Arc<Desk>>>>>);

impl Desks {
    fn slot(&self, user: UserId) -> Arc<OnceCell<Arc<Desk>>> {
        let mut desks = self.0.lock();
        if desks.len() >= DESKS_MAX && !desks.contains_key(&user) {
            // Those that nobody holds: what they know is on the disk.
            desks.retain(|_, slot| Arc::strong_count(slot) > 1 || slot.get().is_some_and(|desk| desk.is_in_use()));
        }
        desks.entry(user).or_default().clone()
    }

    /// What was thought of a person's uploads may be wrong: it is read anew.
    pub fn forget(&self, user: UserId) {
        self.0.lock().remove(&user);
    }

    /// A part that was asked for on this desk is on the disk. If another desk has taken its place meanwhile, which was read
    /// before the part came, it is told, or read anew: whoever was told that a part is kept is not asked for it again.
    pub(super) fn kept(&self, user: UserId, desk: &Arc<Desk>, part: &Checked, place: &Place) {
        let mut desks = self.0.lock();
        let Some(slot) = desks.get(&user) else { return };
        let knows = match slot.get() {
            Some(current) => Arc::ptr_eq(current, desk) || current.learn(part, place),
            None => false,
        };
        if !knows {
            desks.remove(&user);
        }
    }

    /// Takes an upload off its desk, unless parts of it are being written.
    pub fn let_go(&self, user: UserId, file_id: i64) -> bool {
        let slot = self.0.lock().get(&user).cloned();
        slot.and_then(|slot| slot.get().cloned()).is_none_or(|desk| desk.let_go(file_id))
    }
}

/// One person's uploads.
#[derive(Default)]
pub(in crate::media) struct Desk(Mutex<State>);

#[derive(Default)]
struct State {
    uploads: HashMap<i64, Entry>,
    /// What they take together, parts under way included, in bytes.
    charged: u64,
}

struct Entry {
    record: UploadRecord,
    version: u64,
    is_recorded: bool,
    /// Record and folder are durable, in this process's knowledge.
    ready: Arc<OnceCell<()>>,
    shape: Shape,
    /// Parts being written: their numbers and sizes in bytes.
    in_flight: Vec<(u32, u32)>,
    /// What the parts of this upload count, those being written included, in bytes.
    charged: u64,
}

/// A part's hold on its place: settled when dropped, also by a call that is given up half-way.
pub(super) struct Hold<'a> {
    pub desk: &'a Desk,
    pub part: &'a Checked,
    pub place: Place,
    pub is_kept: bool,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.desk.settle(self.part, &self.place, self.is_kept);
    }
}

/// Where a part goes.
pub(super) struct Place {
    pub folder: Folder,
    pub version: u64,
    /// The version of the record that stood for the same number before.
    pub replaces: Option<u64>,
    pub is_recorded: bool,
    pub is_sealed: bool,
    pub ready: Arc<OnceCell<()>>,
}

/// Whether there is room for a part.
pub(super) enum Room {
    Found(Place),
    /// Once this upload, which was used and is off the desk now, is removed.
    AfterRemovalOf(i64),
    /// No, because of this bound.
    None(&'static str),
}

impl Entry {
    fn new(folder: Folder, part: &Checked, version: u64) -> Self {
        let record = UploadRecord {
            folder: folder.0,
            big: part.big,
            total: part.total,
            touched: 0,
            stage: Stage::Open,
            medium: None,
            is_sealed: true,
        };
        Self {
            record,
            version,
            is_recorded: false,
            ready: Arc::default(),
            shape: Shape::default(),
            in_flight: Vec::new(),
            charged: 0,
        }
    }

    fn admit(&mut self, part: &Checked) -> Result<(), Refusal> {
        let is_other_total = matches!((self.record.total, part.total), (Some(old), Some(new)) if old != new);
        if self.record.big != part.big || is_other_total {
            return Err(Refusal::FilePartsInvalid);
        }
        // Of two that are written at once nobody knows which stays: that may be only if they are of one size.
        let (number, size) = part.written();
        if self.in_flight.iter().any(|(other, other_size)| *other == number && *other_size != size) {
            return Err(Refusal::FloodWait(1));
        }
        let total = part.total.or(self.record.total);
        if total.is_some_and(|total| part.part >= total) {
            return Err(Refusal::FilePartInvalid);
        }
        let mut shape = self.shape.clone();
        shape.admit(number, size, total)?;
        if !part.big && shape.span_bytes() > SMALL_MAX_BYTES {
            return Err(Refusal::FilePartInvalid);
        }
        (self.shape, self.record.total) = (shape, total);
        Ok(())
    }

    fn is_spent(&self) -> bool {
        self.in_flight.is_empty() && matches!(self.record.stage, Stage::Used | Stage::Adopted)
    }

    fn place(&self, replaces: Option<u64>) -> Place {
        Place {
            folder: Folder(self.record.folder),
            version: self.version,
            replaces,
            is_recorded: self.is_recorded,
            is_sealed: self.record.is_sealed,
            ready: self.ready.clone(),
        }
    }
}

impl Checked {
    /// Its number and its size in bytes.
    fn written(&self) -> (u32, u32) {
        (self.part, self.bytes.len() as u32)
    }
}

impl State {
    fn drop_entry(&mut self, file_id: i64) {
        if let Some(entry) = self.uploads.remove(&file_id) {
            self.charged = self.charged.saturating_sub(entry.charged);
        }
    }

    /// The upload that was used longest ago.
    fn spent(&self, except: i64) -> Option<i64> {
        let spent = self.uploads.iter().filter(|(id, entry)| **id != except && entry.is_spent());
        spent.min_by_key(|(_, entry)| entry.record.touched).map(|(id, _)| *id)
    }

    /// Lets a used upload go, or says that there is no room.
    fn make_room(&mut self, except: i64, bound: &'static str) -> Room {
        match self.spent(except) {
            Some(spent) => {
                self.drop_entry(spent);
                Room::AfterRemovalOf(spent)
            }
            None => Room::None(bound),
        }
    }
}

impl Desk {
    fn is_in_use(&self) -> bool {
        self.0.lock().uploads.values().any(|entry| !entry.in_flight.is_empty())
    }

    /// What everything under way takes, in bytes.
    pub fn charged_bytes(&self) -> u64 {
        self.0.lock().charged
    }

    /// Finds room for a part and holds it until [`Desk::settle`]; a number whose upload became a medium begins anew.
    pub(super) fn place(
        &self,
        part: &Checked,
        max_bytes: u64,
        folder: impl FnOnce() -> Folder,
    ) -> Result<Room, Refusal> {
        let mut guard = self.0.lock();
        let state = &mut *guard;
        let charge = charge_bytes(part.bytes.len() as u32);
        let old = state.uploads.get(&part.file_id);
        let is_new = old.is_none_or(|entry| entry.record.stage == Stage::Adopted);
        if old.is_some_and(|entry| entry.record.stage == Stage::Going) {
            return Err(Refusal::FloodWait(1));
        }
        if is_new && old.is_none() && state.uploads.len() >= UPLOADS_MAX {
            return Ok(state.make_room(part.file_id, "uploads"));
        }
        if state.charged.saturating_add(charge) > max_bytes {
            return Ok(state.make_room(part.file_id, "bytes"));
        }
        let replaces = old.filter(|_| is_new).map(|entry| entry.version);
        let known = if is_new { None } else { state.uploads.get_mut(&part.file_id) };
        let place = match known {
            Some(entry) => {
                entry.admit(part)?;
                entry.in_flight.push(part.written());
                entry.charged += charge;
                entry.place(None)
            }
            None => {
                let mut entry = Entry::new(folder(), part, replaces.map_or(1, |version| version + 1));
                entry.admit(part)?;
                (entry.in_flight, entry.charged) = (vec![part.written()], charge);
                let place = entry.place(replaces);
                state.drop_entry(part.file_id);
                state.uploads.insert(part.file_id, entry);
                place
            }
        };
        state.charged += charge;
        Ok(Room::Found(place))
    }

    /// A part is on the disk, or is not.
    pub(super) fn settle(&self, part: &Checked, place: &Place, is_kept: bool) {
        let mut guard = self.0.lock();
        let state = &mut *guard;
        let Some(entry) = state.uploads.get_mut(&part.file_id).filter(|entry| entry.record.folder == place.folder.0)
        else {
            return;
        };
        if let Some(done) = entry.in_flight.iter().position(|written| *written == part.written()) {
            entry.in_flight.swap_remove(done);
        }
        if is_kept {
            entry.shape.arrived(part.part);
        }
        if entry.in_flight.is_empty() {
            let charge = entry.shape.charge_bytes();
            state.charged = (state.charged + charge).saturating_sub(entry.charged);
            entry.charged = charge;
        }
        let never_began = entry.in_flight.is_empty() && !entry.is_recorded;
        if never_began {
            state.drop_entry(part.file_id);
        }
    }

    /// Hears of a part that came by a desk before this one; false when it knows nothing of such an upload.
    fn learn(&self, part: &Checked, place: &Place) -> bool {
        let mut guard = self.0.lock();
        let state = &mut *guard;
        let Some(entry) = state.uploads.get_mut(&part.file_id).filter(|entry| entry.record.folder == place.folder.0)
        else {
            return false;
        };
        let (number, size) = part.written();
        if entry.shape.admit(number, size, part.total.or(entry.record.total)).is_err() {
            return false;
        }
        entry.shape.arrived(number);
        if entry.in_flight.is_empty() && entry.record.stage != Stage::Adopted {
            let charge = entry.shape.charge_bytes();
            state.charged = (state.charged + charge).saturating_sub(entry.charged);
            entry.charged = charge;
        }
        true
    }

    /// The record of a new upload is durable.
    pub fn recorded(&self, file_id: i64, touched: i64) {
        if let Some(entry) = self.0.lock().uploads.get_mut(&file_id) {
            (entry.is_recorded, entry.record.touched) = (true, touched);
        }
    }

    /// The record to write if the upload was last heard of longer ago than this; others that ask meanwhile need not.
    pub fn touch(&self, file_id: i64, now: i64, after_seconds: i64) -> Option<(UploadRecord, u64)> {
        let mut state = self.0.lock();
        let entry = state.uploads.get_mut(&file_id)?;
        let is_due = entry.is_recorded && now - entry.record.touched > after_seconds;
        is_due.then(|| entry.next(now, Stage::Open))
    }

    /// The record to write if the upload was not known to be used.
    pub fn note_used(&self, file_id: i64, now: i64) -> Option<(UploadRecord, u64)> {
        let mut state = self.0.lock();
        let entry = state.uploads.get_mut(&file_id).filter(|entry| entry.record.stage == Stage::Open)?;
        Some(entry.next(now, Stage::Used))
    }

    /// Takes an upload off the desk, unless parts of it are being written.
    pub fn let_go(&self, file_id: i64) -> bool {
        let mut state = self.0.lock();
        let is_free = state.uploads.get(&file_id).is_none_or(|entry| entry.in_flight.is_empty());
        if is_free {
            state.drop_entry(file_id);
        }
        is_free
    }

    /// The whole of a complete upload.
    pub fn whole(&self, file: &UploadedFile) -> Result<Whole, Refusal> {
        let state = self.0.lock();
        let entry = state.uploads.get(&file.file_id).ok_or(Refusal::FilePartMissing(0))?;
        if entry.record.stage == Stage::Going {
            return Err(Refusal::FloodWait(1));
        }
        let announced = entry.record.total.is_none_or(|total| total == file.parts);
        if entry.record.big != file.big || !announced {
            return Err(Refusal::FilePartsInvalid);
        }
        let (part_size, size) = entry.shape.whole(file.parts)?;
        let is_adopted = entry.record.stage == Stage::Adopted;
        let (folder, is_sealed) = (Folder(entry.record.folder), entry.record.is_sealed);
        Ok(Whole { file_id: file.file_id, folder, part_size, count: file.parts, size, is_adopted, is_sealed })
    }

    /// Nobody may write into these uploads any more: they become a medium's. Gives the records to write; `None`, and
    /// nothing has happened, while parts are being written or when somebody else was first.
    pub fn seize(&self, taken: &[Whole], medium: MediumId, now: i64) -> Option<Vec<(UploadRecord, u64)>> {
        let mut state = self.0.lock();
        if !taken.iter().all(|whole| state.uploads.get(&whole.file_id).is_some_and(|entry| entry.is_free(whole))) {
            return None;
        }
        let mut records = Vec::with_capacity(taken.len());
        for whole in taken {
            let entry = state.uploads.get_mut(&whole.file_id)?;
            let (mut record, version) = entry.next(now, Stage::Going);
            (record.stage, record.medium) = (Stage::Adopted, Some(medium));
            records.push((record, version));
        }
        Some(records)
    }

    /// The upload belongs to a medium: it takes no room of the person's uploads any more.
    pub fn adopted(&self, whole: &Whole) {
        let mut guard = self.0.lock();
        let state = &mut *guard;
        if let Some(entry) = state.uploads.get_mut(&whole.file_id) {
            entry.record.stage = Stage::Adopted;
            state.charged = state.charged.saturating_sub(entry.charged);
            entry.charged = 0;
        }
    }
}

impl Entry {
    /// Whether this upload is as it was when `whole` was made of it, and nobody is writing to it.
    fn is_free(&self, whole: &Whole) -> bool {
        self.in_flight.is_empty()
            && self.record.folder == whole.folder.0
            && matches!(self.record.stage, Stage::Open | Stage::Used)
            && self.shape.whole(whole.count) == Ok((whole.part_size, whole.size))
    }

    /// Moves on to the next version of the record.
    fn next(&mut self, now: i64, stage: Stage) -> (UploadRecord, u64) {
        (self.record.touched, self.record.stage) = (now, stage);
        self.version += 1;
        (self.record.clone(), self.version)
    }
}

impl Platform {
    /// What a person has under way.
    pub(in crate::media) async fn desk(&self, user: UserId) -> Result<Arc<Desk>, PlatformError> {
        let slot = self.shelves().desks.slot(user);
        slot.get_or_try_init(|| self.read_desk(user)).await.cloned()
    }

    async fn read_desk(&self, user: UserId) -> Result<Arc<Desk>, PlatformError> {
        let scan = store::Scan {
            owner: keys::user(user),
            prefix: vec![user_suffix::UPLOAD],
            from: None,
            to: None,
            reverse: false,
            // Those being removed are beyond the bound of those under way.
            limit: 2 * UPLOADS_MAX,
            max_bytes: usize::MAX,
        };
        let mut state = State::default();
        for (suffix, stored) in self.store().scan(&scan).await?.items {
            let Some(file_id) = keys::id_of_suffix(&suffix) else { continue };
            let record: UploadRecord = codec::decode(&stored.value)?;
            let shape = self.shape_of(&record).await?;
            let charged = if record.stage == Stage::Adopted { 0 } else { shape.charge_bytes() };
            state.charged += charged;
            let ready = Arc::default();
            let entry = Entry {
                record,
                version: stored.version,
                is_recorded: true,
                ready,
                shape,
                in_flight: Vec::new(),
                charged,
            };
            state.uploads.insert(file_id, entry);
        }
        Ok(Arc::new(Desk(Mutex::new(state))))
    }

    /// Which parts are in an upload's folder.
    async fn shape_of(&self, record: &UploadRecord) -> Result<Shape, PlatformError> {
        if record.stage == Stage::Going {
            return Ok(Shape::default());
        }
        let listed = self.blobs().list(Folder(record.folder)).await?;
        // A sealed part of an impossible length was cut short: it counts as not there and is asked for again.
        let length = |stored| if record.is_sealed { blobs::data_len(stored) } else { Some(stored) };
        let part = |object: &Listed| Some((object.name.parse().ok()?, u32::try_from(length(object.size)?).ok()?));
        Ok(Shape::of_parts(listed.iter().filter_map(part).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: UserId = UserId(7);

    fn part(number: u32) -> Checked {
        Checked { file_id: 1, part: number, big: false, total: None, bytes: vec![0; 1024].into() }
    }

    fn place(desk: &Desk, number: u32) -> Place {
        let Ok(Room::Found(place)) = desk.place(&part(number), u64::MAX, || Folder(5)) else { panic!("no room") };
        desk.recorded(1, 0);
        place
    }

    /// A desk that is the person's from now on.
    fn installed(desks: &Desks) -> Arc<Desk> {
        let desk = Arc::new(Desk::default());
        desks.forget(USER);
        assert!(desks.slot(USER).set(desk.clone()).is_ok());
        desk
    }

    fn missing(desk: &Desk) -> Option<Refusal> {
        desk.0.lock().uploads[&1].shape.whole(2).err()
    }

    /// Two commits of one person may collide, after which the desk is read anew; parts are on their way meanwhile.
    #[test]
    fn a_part_that_came_by_an_earlier_desk_is_there() {
        let desks = Desks::default();
        let earlier = installed(&desks);
        let held = place(&earlier, 1);
        let current = installed(&desks);
        let own = place(&current, 0);
        current.settle(&part(0), &own, true);
        assert_eq!(missing(&current), Some(Refusal::FilePartMissing(1)));
        desks.kept(USER, &earlier, &part(1), &held);
        assert_eq!(missing(&current), None);
        assert!(Arc::ptr_eq(desks.slot(USER).get().unwrap(), &current), "it need not be read anew");
    }

    #[test]
    fn a_desk_that_cannot_be_told_of_a_part_is_read_anew() {
        let desks = Desks::default();
        let earlier = installed(&desks);
        let held = place(&earlier, 1);
        installed(&desks);
        desks.kept(USER, &earlier, &part(1), &held);
        assert!(desks.slot(USER).get().is_none(), "it knows no such upload");
        let half_read = desks.slot(USER);
        desks.kept(USER, &earlier, &part(1), &held);
        assert!(!Arc::ptr_eq(&desks.slot(USER), &half_read), "its folder may have been listed before");
    }
}
