//! Encrypted connections: the server's certificate is verified, by its authority and by its name.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair};
use testing_postgres::Instance;

use crate::support::{open, put, refusal};

/// An authority with its certificate in a file.
struct Authority {
    certificate: Certificate,
    key: KeyPair,
    file: PathBuf,
}

impl Authority {
    fn new(folder: &Path, name: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let file = folder.join(format!("{name}.pem"));
        std::fs::write(&file, certificate.pem()).expect("writes");
        Self { certificate, key, file }
    }

    /// A certificate for this name and its key, both PEM.
    fn certify(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        (params.signed_by(&key, &self.certificate, &self.key).expect("signs").pem(), key.serialize_pem())
    }

    fn ask(&self, url: &str) -> String {
        let file = self.file.display().to_string().replace('/', "%2F");
        format!("{url}?sslmode=verify-full&sslrootcert={file}")
    }
}

#[tokio::test]
async fn the_certificate_of_the_database_is_verified() {
    let folder = tempfile::tempdir().expect("a folder");
    let (own, strange) = (Authority::new(folder.path(), "own"), Authority::new(folder.path(), "strange"));
    let mut instance = Instance::start();
    let url = instance.url();
    let plain = refusal(&own.ask(&url)).await;
    assert!(plain.contains("server does not support TLS"), "{plain}");
    instance.encrypt(&own.certify("127.0.0.1"));
    let store = open(&own.ask(&url)).await.expect("it is known, and who it should be");
    store.commit(put("a", b"1")).await.expect("commits");
    let encrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE application_name = 'kentong' AND NOT ssl";
    assert_eq!(instance.sql(encrypted), "0");
    store.close();
    let unknown = refusal(&strange.ask(&url)).await;
    assert!(unknown.contains("certificate") && unknown.contains("UnknownIssuer"), "{unknown}");
    instance.encrypt(&own.certify("elsewhere.example"));
    let misnamed = refusal(&own.ask(&url)).await;
    assert!(misnamed.contains("certificate") && misnamed.contains("not valid for name"), "{misnamed}");
    let public = refusal(&format!("{url}?sslmode=require")).await;
    assert!(public.contains("certificate"), "{public}");
}
