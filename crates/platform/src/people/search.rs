//! How the operator finds people: by what names them exactly, else by a part of a name, a username or the beginning of a
//! number, looked for among all of them page by page. There is no index of names to keep: few search, and seldom.

use std::sync::Arc;

use super::person::Person;
use crate::{Platform, PlatformError, UserId, limits};

/// Some of the people who were searched for.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Who fits.
    pub people: Vec<Arc<Person>>,
    /// Where to go on, if not all were looked at.
    pub next: Option<UserId>,
}

/// What is looked for, in the form it is compared in.
struct Wanted {
    text: String,
    digits: Option<String>,
}

impl Wanted {
    fn of(text: &str) -> Self {
        let text: String = text.trim().chars().take(limits::ADMIN_SEARCH_MAX_CHARS).collect();
        let is_number = text.chars().all(|letter| letter.is_ascii_digit() || "+ ()-.".contains(letter));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let digits = Some(digits).filter(|digits| is_number && !digits.is_empty());
        Self { text: text.trim_start_matches('@').to_lowercase(), digits }
    }

    fn fits(&self, person: &Person) -> bool {
        let profile = &person.profile;
        let has_number = |digits: &String| profile.phone.as_ref().is_some_and(|phone| phone.starts_with(digits));
        if self.digits.as_ref().is_some_and(has_number) {
            return true;
        }
        let name = format!("{} {}", profile.first_name, profile.last_name).to_lowercase();
        let username = profile.username.as_deref().unwrap_or_default().to_lowercase();
        name.contains(&self.text) || username.contains(&self.text)
    }
}

impl Platform {
    /// People whose name or username holds the text, or whose number begins with it; on the first page, whoever it names
    /// exactly comes first. Looks at no more than `limits::ADMIN_SEARCH_MAX` people.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn search_people(&self, text: &str, after: Option<UserId>, limit: usize) -> Result<Found, PlatformError> {
        let wanted = Wanted::of(text);
        let mut found = Found::default();
        let exact = if after.is_none() { self.find_person(text).await.ok() } else { None };
        found.people.extend(exact.clone());
        let mut cursor = after;
        for _ in 0..limits::ADMIN_SEARCH_MAX / limits::ADMIN_PAGE {
            let page = self.list_people(cursor, limits::ADMIN_PAGE).await?;
            for person in &page {
                let is_new = exact.as_ref().is_none_or(|exact| exact.id != person.id);
                if is_new && wanted.fits(person) {
                    found.people.push(person.clone());
                }
                cursor = Some(person.id);
                if found.people.len() >= limit {
                    found.next = cursor;
                    return Ok(found);
                }
            }
            if page.len() < limits::ADMIN_PAGE {
                return Ok(found);
            }
        }
        found.next = cursor;
        Ok(found)
    }
}
