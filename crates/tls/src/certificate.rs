//! What a certificate says of itself: for which names, and until when.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

use crate::error::TlsError;
use crate::limits::{EXPIRY_WARNING_SECONDS, FILE_MAX_BYTES};

/// The part of a certificate that operators care for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Domain names, without wildcards.
    pub(crate) names: Vec<String>,
    /// First second of its validity, Unix time.
    pub(crate) from: i64,
    /// Last second of its validity, Unix time.
    pub(crate) until: i64,
}

impl Facts {
    /// What is to be said to the operator at this time, if anything.
    pub(crate) fn warning(&self, now: i64) -> Option<String> {
        let days = (self.until - now) / 86_400;
        match () {
            () if now < self.from => Some("the certificate is not valid yet: clients will refuse it".to_owned()),
            () if now > self.until => Some("the certificate has expired: clients will refuse it".to_owned()),
            () if self.until - now < EXPIRY_WARNING_SECONDS => Some(format!("the certificate ends in {days} days")),
            () => None,
        }
    }
}

/// A whole file, unless it is absurdly long.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let unreadable = |source| TlsError::Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > FILE_MAX_BYTES {
        return Err(TlsError::TooLong { path: path.to_owned(), bytes });
    }
    std::fs::read(path).map_err(unreadable)
}

/// The certificates of a PEM file, in its order; at least one.
pub(crate) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let refuse = |reason: String| TlsError::NoCertificate { path: path.to_owned(), reason };
    let chain = CertificateDer::pem_slice_iter(&read(path)?).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| refuse(error.to_string()))?;
    if chain.is_empty() { Err(refuse("nothing between BEGIN CERTIFICATE and END".to_owned())) } else { Ok(chain) }
}

/// What the first certificate of a file says.
pub(crate) fn facts_of_file(path: &Path) -> Result<Facts, TlsError> {
    let chain = chain(path)?;
    facts(&chain[0]).map_err(|reason| TlsError::NoCertificate { path: path.to_owned(), reason })
}

/// What the first certificate of a PEM text says, if it can be read.
pub(crate) fn facts_of_pem(pem: &[u8]) -> Option<Facts> {
    let first = CertificateDer::pem_slice_iter(pem).next()?.ok()?;
    facts(&first).ok()
}

/// What a certificate says.
pub(crate) fn facts(certificate: &CertificateDer<'_>) -> Result<Facts, String> {
    let (_, certificate) = X509Certificate::from_der(certificate).map_err(|error| error.to_string())?;
    let validity = certificate.validity();
    Ok(Facts {
        names: names(&certificate),
        from: validity.not_before.timestamp(),
        until: validity.not_after.timestamp(),
    })
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let names = alternatives.iter().flat_map(|extension| &extension.value.general_names);
    let domains = names.filter_map(|name| match name {
        GeneralName::DNSName(domain) if !domain.contains('*') => Some(domain.to_ascii_lowercase()),
        _ => None,
    });
    domains.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_times_are_read() {
        let mut params = rcgen::CertificateParams::new(vec!["Chat.example".into(), "*.b.example".into()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 4, 1);
        let certificate = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let facts = facts(certificate.der()).unwrap();
        assert_eq!(facts, Facts { names: vec!["chat.example".into()], from: 1_767_225_600, until: 1_775_001_600 });
        assert_eq!(facts_of_pem(certificate.pem().as_bytes()), Some(facts));
        assert_eq!(facts_of_pem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), None);
    }

    #[test]
    fn an_operator_is_warned_in_time() {
        let facts = Facts { names: Vec::new(), from: 1000, until: 1000 + 90 * 86_400 };
        assert!(facts.warning(999).unwrap().contains("not valid yet"));
        assert_eq!(facts.warning(1000), None);
        assert_eq!(facts.warning(facts.until - 13 * 86_400), Some("the certificate ends in 13 days".into()));
        assert!(facts.warning(facts.until + 1).unwrap().contains("expired"));
    }
}
