//! `/NAME`: what everybody may know of a person. Nobody, somebody deleted or banned, and a reserved name are one answer.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use platform::people::public::PublicPerson;
use platform::{PlatformError, Refusal};

use super::visit::Visit;
use super::{Pages, Site, not_found, trouble};

/// Colours for people without a photo, as in the client's tokens.
const TONES: u32 = 7;
/// Letters shown in place of a photo.
const INITIALS: usize = 2;
/// For robots: people are no search results.
const NO_INDEX: (&str, &str) = ("x-robots-tag", "noindex, nofollow");

/// The page.
pub(super) async fn page(State(pages): Site, Path(name): Path<String>, visit: Visit) -> Response {
    let person = match pages.platform.public_person(&name, visit.address()).await {
        Ok(Some(person)) => person,
        Ok(None) => return not_found(&pages, &visit),
        Err(error) => return trouble(&pages, &visit, &error),
    };
    let full_name = format!("{} {}", person.first_name, person.last_name).trim().to_owned();
    let words = [("person", full_name.as_str()), ("name", pages.facts.name)];
    let description = person.about.clone().unwrap_or_else(|| visit.language.fill("person_description", &words));
    let values = context! {
        full_name,
        description,
        initials => initials(&person),
        tone => tone(&person.username),
        has_photo => person.photo.is_some(),
        person => context! { username => person.username, about => person.about },
    };
    let mut response = pages.renderer.page(&visit, StatusCode::OK, "person.html", values);
    response.headers_mut().insert(NO_INDEX.0, HeaderValue::from_static(NO_INDEX.1));
    response
}

/// The photo: a copy that this server made, never what was uploaded.
pub(super) async fn photo(State(pages): Site, Path(name): Path<String>, visit: Visit) -> Response {
    match bytes(&pages, &name, &visit).await {
        Ok(Some(bytes)) => {
            let headers = [
                (CONTENT_TYPE, "image/jpeg"),
                (CACHE_CONTROL, "private, no-cache"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ];
            (headers, [NO_INDEX], bytes).into_response()
        }
        Ok(None) | Err(PlatformError::Refused(Refusal::LocationInvalid)) => not_found(&pages, &visit),
        Err(error) => trouble(&pages, &visit, &error),
    }
}

async fn bytes(pages: &Pages, name: &str, visit: &Visit) -> Result<Option<Bytes>, PlatformError> {
    let person = pages.platform.public_person(name, visit.address()).await?;
    match person.and_then(|person| person.photo) {
        Some(photo) => pages.platform.public_photo(&photo).await.map(Some),
        None => Ok(None),
    }
}

fn initials(person: &PublicPerson) -> String {
    let first = [&person.first_name, &person.last_name].into_iter().filter_map(|name| name.chars().next());
    first.take(INITIALS).flat_map(char::to_uppercase).collect()
}

fn tone(username: &str) -> u32 {
    let letters = username.bytes().map(|byte| u32::from(byte.to_ascii_lowercase()));
    letters.fold(0_u32, |sum, letter| sum.wrapping_mul(31).wrapping_add(letter)) % TONES + 1
}
