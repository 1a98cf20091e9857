//! `contacts.getBirthdays`: contacts whose birthday is about now.

use platform::UserId;
use platform::people::privacy::PrivacyKey;
use tl::{enums, functions, types};

use crate::views::user::users;
use crate::{Context, RpcError};

/// Yesterday's, today's and tomorrow's: clients know their own time zone.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::contacts::GetBirthdays,
) -> Result<enums::contacts::ContactBirthdays, RpcError> {
    let user = cx.user()?;
    let platform = cx.platform();
    let ids: Vec<UserId> = platform.contacts(user).await?.into_iter().map(|(id, _)| id).collect();
    let (people, relations) = (platform.people(&ids).await?, platform.relations(user, &ids).await?);
    let days: Vec<(i32, i32)> = [-1, 0, 1].map(|days| day_and_month(platform.now(), days)).to_vec();
    let mut found = Vec::new();
    for (person, relation) in people.iter().zip(&relations) {
        let Some(person) = person else { continue };
        let told = person.privacy.allows(PrivacyKey::Birthday, user, relation);
        if let Some(birthday) = person.profile.birthday.filter(|_| told)
            && days.contains(&(birthday.day, birthday.month))
        {
            let birthday = types::Birthday { day: birthday.day, month: birthday.month, year: birthday.year }.into();
            found.push((person.id, birthday));
        }
    }
    let ids: Vec<UserId> = found.iter().map(|(id, _)| *id).collect();
    let contacts = found.into_iter().map(|(id, birthday)| types::ContactBirthday { contact_id: id.0, birthday }.into());
    let contacts = contacts.collect();
    Ok(types::contacts::ContactBirthdays { contacts, users: users(platform, user, &ids).await? }.into())
}

/// Day and month of a time, so many days later, in UTC.
fn day_and_month(now: i32, days_later: i64) -> (i32, i32) {
    // Counted in years that begin in March, so that the leap day comes last: 400 of them have 146,097 days.
    let days = i64::from(now).div_euclid(86_400) + days_later + 719_468;
    let day_of_era = days.rem_euclid(146_097);
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (i32::try_from(day).unwrap_or(0), i32::try_from(month).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day_and_month(0, 0), (1, 1));
        assert_eq!(day_and_month(0, -1), (31, 12));
        assert_eq!(day_and_month(1_709_164_800, 0), (29, 2));
        assert_eq!(day_and_month(1_709_164_800, 1), (1, 3));
        assert_eq!(day_and_month(1_800_000_000, 0), (15, 1));
    }
}
