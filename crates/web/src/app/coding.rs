//! Which compressed form a browser takes (RFC 9110, section 12.5.3).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

/// How the bytes of an answer are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// As `Content-Encoding` says it; nothing for bytes as they are.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// The smallest form among those there are that the request takes. Whoever takes none gets the bytes as they are.
pub(super) fn choose(headers: &HeaderMap, has_brotli: bool, has_gzip: bool) -> Coding {
    let offers = [(Coding::Brotli, has_brotli), (Coding::Gzip, has_gzip)];
    let taken = offers.into_iter().find(|(coding, is_there)| *is_there && takes(headers, coding.name().unwrap_or("")));
    taken.map_or(Coding::Identity, |(coding, _)| coding)
}

fn takes(headers: &HeaderMap, name: &str) -> bool {
    let mut by_star = None;
    for item in
        headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','))
    {
        let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
        match coding.trim() {
            coding if coding.eq_ignore_ascii_case(name) => return !is_refused(parameters),
            "*" => by_star = Some(!is_refused(parameters)),
            _ => {}
        }
    }
    by_star.unwrap_or(false)
}

/// `q=0` in any of its spellings means "not this one".
fn is_refused(parameters: &str) -> bool {
    let weights = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let mut weights = weights.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weights.any(|(_, weight)| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &str) -> Coding {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, accept.parse().unwrap())]);
        choose(&headers, true, true)
    }

    #[test]
    fn the_smallest_form_that_is_taken() {
        assert_eq!(chosen("gzip, deflate, br, zstd"), Coding::Brotli);
        assert_eq!(chosen("gzip;q=1.0, BR;q=0.1"), Coding::Brotli);
        assert_eq!(chosen("gzip, deflate"), Coding::Gzip);
        assert_eq!(chosen("*"), Coding::Brotli);
        assert_eq!(choose(&HeaderMap::new(), true, true), Coding::Identity);
    }

    #[test]
    fn what_is_refused_is_not_sent() {
        assert_eq!(chosen("br;q=0, gzip"), Coding::Gzip);
        assert_eq!(chosen("br; q=0.000, *"), Coding::Gzip);
        assert_eq!(chosen("*;q=0"), Coding::Identity);
        assert_eq!(chosen("identity, brotli, x-gzip"), Coding::Identity);
        assert_eq!(chosen(",;=,q"), Coding::Identity);
    }

    #[test]
    fn what_is_not_there_is_not_promised() {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, "br, gzip".parse().unwrap())]);
        assert_eq!(choose(&headers, false, true), Coding::Gzip);
        assert_eq!(choose(&headers, false, false), Coding::Identity);
    }
}
