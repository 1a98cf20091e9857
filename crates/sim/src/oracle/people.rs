//! Who is who: a number has one person for good, and a device is signed in as whoever signed in last.

use std::collections::{BTreeMap, BTreeSet};

use platform::people::sign_in::SignedIn;
use platform::{AuthKeyId, Platform, UserId};

use crate::broken::{Broken, broken};
use crate::history::{Book, Deed};
use crate::request::{Answer, Request};

/// Every rule of people.
pub async fn judge(platform: &Platform, book: &Book) -> Result<(), Broken> {
    let people = numbers(book)?;
    for (phone, user) in people.iter().filter(|(_, user)| !book.gone.contains(user)) {
        let person = platform.person(*user).await.map_err(|error| super::unreadable(*user, &error))?;
        let number = person.and_then(|person| person.profile.phone.clone());
        if number.as_ref() != Some(phone) {
            return broken("whoever signed up is here", format!("{user}: {number:?} in place of {phone}"));
        }
    }
    let is_of_gone = |deed: &&Deed| {
        let user = deed.user.or_else(|| came_in(deed).map(|(_, user)| user));
        user.is_some_and(|user| book.gone.contains(&user))
    };
    let left: BTreeSet<usize> = book.deeds.iter().filter(is_of_gone).map(|deed| deed.device).collect();
    let devices: BTreeSet<usize> =
        book.deeds.iter().map(|deed| deed.device).filter(|one| !left.contains(one)).collect();
    for device in devices {
        judge_device(platform, book, device).await?;
    }
    Ok(())
}

/// The person of each number.
fn numbers(book: &Book) -> Result<BTreeMap<String, UserId>, Broken> {
    let mut people: BTreeMap<String, UserId> = BTreeMap::new();
    for deed in &book.deeds {
        let Some((phone, user)) = came_in(deed) else { continue };
        if let Some(before) =
            people.insert(phone.clone(), user).filter(|before| *before != user && !book.gone.contains(before))
        {
            return broken("a number has one person", format!("{phone}: {before} and {user}"));
        }
    }
    Ok(people)
}

fn came_in(deed: &Deed) -> Option<(String, UserId)> {
    match (&deed.request, deed.answer()?) {
        (Request::SignUp { phone, .. }, Answer::SignedUp(user)) => Some((phone.clone(), *user)),
        (Request::SignIn { phone, .. }, Answer::SignedIn(SignedIn::Person(user))) => Some((phone.clone(), *user)),
        _ => None,
    }
}

/// A device is as its last deed at the door left it, or as one left it that nothing acknowledged came after.
async fn judge_device(platform: &Platform, book: &Book, device: usize) -> Result<(), Broken> {
    let id = key_of(device);
    let key = platform.auth_key(id).await.map_err(|error| super::unreadable(UserId(id.0), &error))?;
    let found = key.and_then(|key| key.user_id());
    let at_door = |deed: &&Deed| {
        let request = &deed.request;
        deed.device == device
            && deed.may_count()
            && matches!(request, Request::SignIn { .. } | Request::SignUp { .. } | Request::SignOut)
    };
    let deeds: Vec<&Deed> = book.deeds.iter().filter(at_door).collect();
    let leaves = |deed: &Deed, user: Option<UserId>| match (&deed.request, deed.answer()) {
        (Request::SignOut, _) => user.is_none(),
        (_, Some(_)) => came_in(deed).map(|(_, user)| user) == user,
        (_, None) => user.is_some(),
    };
    let is_sure =
        |deed: &Deed| deed.answer().is_some() && (matches!(deed.request, Request::SignOut) || came_in(deed).is_some());
    let is_last = |deed: &Deed| !deeds.iter().any(|other| is_sure(other) && other.begun > deed.ended);
    let is_possible = deeds.iter().any(|deed| is_last(deed) && leaves(deed, found));
    let is_untouched = found.is_none() && !deeds.iter().any(|deed| is_sure(deed));
    if is_possible || is_untouched {
        return Ok(());
    }
    broken("a device is signed in as it was told", format!("device {device}: {found:?}"))
}

/// The auth key of a device.
#[must_use]
pub fn key_of(device: usize) -> AuthKeyId {
    AuthKeyId(1_000 + i64::try_from(device).unwrap_or(0))
}
