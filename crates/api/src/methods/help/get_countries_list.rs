//! `help.getCountriesList`: countries, their calling codes and how their numbers are written.

use std::sync::LazyLock;

use tl::{enums, functions, types};

use crate::data::{Versioned, rows};
use crate::{Context, RpcError};

static COUNTRIES: LazyLock<Versioned<Vec<enums::help::Country>>> = LazyLock::new(|| {
    Versioned::new(include_str!("../../../data/countries.tsv"), |text| rows(text).map(country).collect())
});

/// The list, unless the client has it. Names are English for every language: no translation is made up.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::help::GetCountriesList,
) -> Result<enums::help::CountriesList, RpcError> {
    if request.hash == COUNTRIES.hash {
        return Ok(enums::help::CountriesList::NotModified);
    }
    Ok(types::help::CountriesList { countries: COUNTRIES.value.clone(), hash: COUNTRIES.hash }.into())
}

fn country(columns: Vec<&str>) -> enums::help::Country {
    let column = |index: usize| columns.get(index).copied().unwrap_or_default();
    let list = |text: &str| Some(text.split(',').map(str::to_owned).collect()).filter(|_| !text.is_empty());
    let code = |country_code: &str| {
        let country_code = country_code.to_owned();
        types::help::CountryCode { country_code, prefixes: list(column(3)), patterns: list(column(4)) }.into()
    };
    types::help::Country {
        hidden: column(0) == "FT",
        iso2: column(0).to_owned(),
        default_name: column(1).to_owned(),
        name: None,
        country_codes: column(2).split(',').map(code).collect(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_code_and_a_name_of_its_own() {
        let mut seen = std::collections::HashSet::new();
        for enums::help::Country::Country(country) in &COUNTRIES.value {
            assert_eq!(country.iso2.len(), 2, "{}", country.default_name);
            assert!(seen.insert(country.iso2.clone()), "{} twice", country.iso2);
            for enums::help::CountryCode::Code(code) in &country.country_codes {
                let digits = code.country_code.chars().all(|digit| digit.is_ascii_digit());
                assert!(digits && !code.country_code.is_empty(), "{}", country.iso2);
            }
        }
        assert!(seen.len() > 220);
    }
}
