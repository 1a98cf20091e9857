//! `account.updateBirthday`: sets or clears the day of birth.

use platform::people::person::Birthday;
use tl::{enums, functions};

use crate::{Context, RpcError};

/// Without one it is cleared.
pub async fn handle(cx: &Context<'_>, request: functions::account::UpdateBirthday) -> Result<bool, RpcError> {
    let birthday = request.birthday.map(birthday_of).transpose()?;
    cx.platform().update_birthday(cx.user()?, birthday, Some(cx.caller.key.id)).await?;
    Ok(true)
}

fn birthday_of(birthday: enums::Birthday) -> Result<Birthday, RpcError> {
    let enums::Birthday::Birthday(birthday) = birthday;
    let year_is_possible = birthday.year.is_none_or(|year| (1800..=2200).contains(&year));
    if !(1..=31).contains(&birthday.day) || !(1..=12).contains(&birthday.month) || !year_is_possible {
        return Err(RpcError::new(400, "BIRTHDAY_INVALID"));
    }
    Ok(Birthday { day: birthday.day, month: birthday.month, year: birthday.year })
}
