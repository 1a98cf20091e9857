//! An ACME server for one test: as much of RFC 8555 and RFC 8737 as a client needs, and strict about it. Nonces serve once,
//! signatures are checked, and a name is proved by really dialling it.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part, and a test may panic")]

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use rcgen::CertificateSigningRequestParams;
use rustls::ServerConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs as provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateSigningRequestDer, PrivateKeyDer, ServerName, UnixTime};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::authority::Authority;

const DAY: Duration = Duration::from_secs(86_400);
/// id-pe-acmeIdentifier (RFC 8737, section 3).
const ACME_IDENTIFIER: &str = "1.3.6.1.5.5.7.1.31";
const ACME_PROTOCOL: &[u8] = b"acme-tls/1";

/// The server. Everything it tells about stands in fields.
pub struct Acme {
    pub authority: Authority,
    pub directory: String,
    /// Where every name leads: as if it were port 443 of each.
    dialled: Mutex<Option<SocketAddr>>,
    /// Orders answered with a problem, for as long as it is set.
    pub refuses: AtomicBool,
    /// Requests accepted and never answered, for as long as it is set.
    pub is_mute: AtomicBool,
    /// What is issued next ends so soon that it is due for renewal.
    pub issues_old: AtomicBool,
    pub unanswered: AtomicUsize,
    pub orders: AtomicUsize,
    pub issued: AtomicUsize,
    /// What it found wrong.
    pub complaints: Mutex<Vec<String>>,
    nonces: Mutex<HashSet<String>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    account: Option<Value>,
    contact: Value,
    names: Vec<String>,
    proved: Vec<Option<bool>>,
    certificate: Option<String>,
}

struct Answer {
    status: u16,
    location: Option<String>,
    body: String,
}

impl Acme {
    /// Listens; to be called within a runtime.
    pub async fn start() -> Arc<Self> {
        let authority = Authority::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let directory = format!("https://localhost:{}/directory", listener.local_addr().unwrap().port());
        let acceptor = acceptor(&authority);
        let acme = Arc::new(Self {
            authority,
            directory,
            dialled: Mutex::default(),
            refuses: AtomicBool::new(false),
            is_mute: AtomicBool::new(false),
            issues_old: AtomicBool::new(false),
            unanswered: AtomicUsize::new(0),
            orders: AtomicUsize::new(0),
            issued: AtomicUsize::new(0),
            complaints: Mutex::default(),
            nonces: Mutex::default(),
            state: Mutex::default(),
        });
        let serving = acme.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acme, acceptor) = (serving.clone(), acceptor.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        acme.serve(stream).await;
                    }
                });
            }
        });
        acme
    }

    /// Every name leads here from now on.
    pub fn lead_to(&self, address: SocketAddr) {
        *self.dialled.lock().unwrap() = Some(address);
    }

    pub fn contact(&self) -> Value {
        self.state.lock().unwrap().contact.clone()
    }

    /// One request, one answer.
    async fn serve(self: Arc<Self>, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let Some((method, path, body)) = read_request(&mut stream).await else { return };
        if self.is_mute.load(Ordering::SeqCst) {
            self.unanswered.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        let answer = self.answer(&method, &path, &body).await.unwrap_or_else(|complaint| {
            self.complaints.lock().unwrap().push(format!("{method} {path}: {complaint}"));
            Answer {
                status: 400,
                location: None,
                body: json!({"type": "urn:ietf:params:acme:error:malformed", "detail": complaint}).to_string(),
            }
        });
        let nonce = format!("nonce{}", self.nonces.lock().unwrap().len());
        self.nonces.lock().unwrap().insert(nonce.clone());
        let location = answer.location.map(|url| format!("Location: {url}\r\n")).unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {} x\r\nReplay-Nonce: {nonce}\r\n{location}Content-Length: {}\r\nConnection: close\r\n\r\n",
            answer.status,
            answer.body.len()
        );
        let _ = stream.write_all((head + &answer.body).as_bytes()).await;
        let _ = stream.shutdown().await;
    }

    fn url(&self, path: &str) -> String {
        self.directory.replace("/directory", path)
    }

    async fn answer(&self, method: &str, path: &str, body: &str) -> Result<Answer, String> {
        let told = |status, body: Value| Ok(Answer { status, location: None, body: body.to_string() });
        match (method, path) {
            ("GET", "/directory") => {
                let url = |path| self.url(path);
                return told(
                    200,
                    json!({"newNonce": url("/nonce"), "newAccount": url("/account"), "newOrder": url("/order")}),
                );
            }
            ("HEAD", "/nonce") => return Ok(Answer { status: 200, location: None, body: String::new() }),
            ("POST", _) => {}
            _ => return Err("no such thing".to_owned()),
        }
        let payload = self.verified(path, body)?;
        if path == "/account" {
            self.state.lock().unwrap().contact = payload["contact"].clone();
            let agreed = payload["termsOfServiceAgreed"] == json!(true);
            return if agreed {
                self.located(201, "/account/1", json!({"status": "valid"}))
            } else {
                Err("no terms".into())
            };
        }
        if self.refuses.load(Ordering::SeqCst) {
            return Err("not today".to_owned());
        }
        match path.split('/').nth(1).unwrap_or_default() {
            "order" if path == "/order" => self.new_order(&payload),
            "order" => told(200, self.order()),
            "authorization" => told(200, self.authorization(number(path)?)?),
            "challenge" => {
                let outcome = self.prove(number(path)?).await;
                self.state.lock().unwrap().proved[number(path)?] = Some(outcome.is_ok());
                if let Err(complaint) = outcome {
                    self.complaints.lock().unwrap().push(complaint);
                }
                told(200, json!({"status": "processing"}))
            }
            "finalize" => self.finalize(&payload),
            "certificate" => {
                let certificate = self.state.lock().unwrap().certificate.clone().ok_or("none yet")?;
                Ok(Answer { status: 200, location: None, body: certificate })
            }
            _ => Err("no such thing".to_owned()),
        }
    }

    fn located(&self, status: u16, path: &str, body: Value) -> Result<Answer, String> {
        Ok(Answer { status, location: Some(self.url(path)), body: body.to_string() })
    }

    /// RFC 8555, section 6: the payload of a signed request for this very URL, with a nonce that was never used.
    fn verified(&self, path: &str, body: &str) -> Result<Value, String> {
        let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        let part = |name: &str| body[name].as_str().ok_or(format!("no {name}"));
        let protected: Value =
            serde_json::from_slice(&decoded(part("protected")?)?).map_err(|error| error.to_string())?;
        if protected["url"] != json!(self.url(path)) || protected["alg"] != json!("ES256") {
            return Err(format!("signed for something else: {protected}"));
        }
        if !self.nonces.lock().unwrap().remove(protected["nonce"].as_str().unwrap_or_default()) {
            return Err("badNonce".to_owned());
        }
        // So that the next nonce is another one.
        self.nonces.lock().unwrap().insert(format!("spent {}", protected["nonce"]));
        let key = self.key(path, &protected)?;
        let point =
            [vec![4], decoded(key["x"].as_str().unwrap_or_default())?, decoded(key["y"].as_str().unwrap_or_default())?];
        let signed = format!("{}.{}", part("protected")?, part("payload")?);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point.concat())
            .verify(signed.as_bytes(), &decoded(part("signature")?)?)
            .map_err(|_| "the signature is wrong".to_owned())?;
        let payload = decoded(part("payload")?)?;
        if payload.is_empty() {
            Ok(Value::Null)
        } else {
            serde_json::from_slice(&payload).map_err(|error| error.to_string())
        }
    }

    fn key(&self, path: &str, protected: &Value) -> Result<Value, String> {
        let mut state = self.state.lock().unwrap();
        if path == "/account" {
            state.account = Some(protected["jwk"].clone());
        } else if protected["kid"] != json!(self.url("/account/1")) {
            return Err("another account".to_owned());
        }
        state.account.clone().ok_or("no account".to_owned())
    }

    fn new_order(&self, payload: &Value) -> Result<Answer, String> {
        let identifiers = payload["identifiers"].as_array().ok_or("no identifiers")?;
        let names: Vec<String> = identifiers.iter().filter_map(|one| Some(one["value"].as_str()?.to_owned())).collect();
        {
            let mut state = self.state.lock().unwrap();
            *state = State { account: state.account.take(), contact: state.contact.take(), ..State::default() };
            state.proved = vec![None; names.len()];
            state.names = names;
        }
        self.orders.fetch_add(1, Ordering::SeqCst);
        self.located(201, "/order/1", self.order())
    }

    fn order(&self) -> Value {
        let state = self.state.lock().unwrap();
        let status = match () {
            () if state.certificate.is_some() => "valid",
            () if state.proved.iter().all(|proved| *proved == Some(true)) => "ready",
            () if state.proved.contains(&Some(false)) => "invalid",
            () => "pending",
        };
        let authorizations: Vec<_> = (0..state.names.len()).map(|n| self.url(&format!("/authorization/{n}"))).collect();
        let certificate = state.certificate.is_some().then(|| self.url("/certificate/1"));
        json!({"status": status, "authorizations": authorizations, "finalize": self.url("/finalize/1"), "certificate": certificate})
    }

    fn authorization(&self, number: usize) -> Result<Value, String> {
        let state = self.state.lock().unwrap();
        let name = state.names.get(number).ok_or("no such name")?;
        let status = match state.proved[number] {
            None => "pending",
            Some(true) => "valid",
            Some(false) => "invalid",
        };
        let challenges = json!([
            {"type": "dns-01", "url": self.url("/nothing"), "token": "x"},
            {"type": "tls-alpn-01", "url": self.url(&format!("/challenge/{number}")), "token": token(number)},
        ]);
        Ok(json!({"status": status, "identifier": {"type": "dns", "value": name}, "challenges": challenges}))
    }

    /// RFC 8737, section 3: the name is dialled, and shows a certificate for itself alone that carries the proof.
    async fn prove(&self, number: usize) -> Result<(), String> {
        let (name, proof) = {
            let state = self.state.lock().unwrap();
            let account = state.account.clone().unwrap();
            let thumb = json!({"crv": account["crv"], "kty": account["kty"], "x": account["x"], "y": account["y"]});
            let authorization =
                format!("{}.{}", token(number), BASE64.encode(digest(&SHA256, thumb.to_string().as_bytes())));
            (state.names[number].clone(), digest(&SHA256, authorization.as_bytes()))
        };
        let address = self.dialled.lock().unwrap().ok_or("the name leads nowhere")?;
        let connector = TlsConnector::from(Arc::new(curious()));
        let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        let server = ServerName::try_from(name.clone()).map_err(|error| error.to_string())?;
        let stream = connector.connect(server, stream).await.map_err(|error| format!("{name}: {error}"))?;
        let session = stream.get_ref().1;
        if session.alpn_protocol() != Some(ACME_PROTOCOL) {
            return Err("another protocol was agreed on".to_owned());
        }
        let shown = session.peer_certificates().and_then(|chain| chain.first()).ok_or("no certificate")?;
        check_proof(shown, &name, proof.as_ref())
    }

    #[allow(clippy::disallowed_methods, reason = "certificates of a test are judged by the wall clock, too")]
    fn finalize(&self, payload: &Value) -> Result<Answer, String> {
        let request = decoded(payload["csr"].as_str().unwrap_or_default())?;
        let request = CertificateSigningRequestDer::from(request);
        let mut request = CertificateSigningRequestParams::from_der(&request).map_err(|error| error.to_string())?;
        let asked: Vec<String> = request
            .params
            .subject_alt_names
            .iter()
            .map(|name| match name {
                rcgen::SanType::DnsName(name) => name.as_str().to_owned(),
                other => format!("{other:?}"),
            })
            .collect();
        if self.order()["status"] != json!("ready") || asked != self.state.lock().unwrap().names {
            return Err(format!("not proved: {asked:?}"));
        }
        let is_old = self.issues_old.load(Ordering::SeqCst);
        request.params.not_before = (SystemTime::now() - DAY * if is_old { 80 } else { 1 }).into();
        request.params.not_after = (SystemTime::now() + DAY * if is_old { 10 } else { 89 }).into();
        self.state.lock().unwrap().certificate = Some(self.authority.sign(request));
        self.issued.fetch_add(1, Ordering::SeqCst);
        Ok(Answer { status: 200, location: None, body: self.order().to_string() })
    }
}

fn token(number: usize) -> String {
    format!("token-of-{number}")
}

fn number(path: &str) -> Result<usize, String> {
    path.rsplit('/').next().and_then(|number| number.parse().ok()).ok_or("no number".to_owned())
}

fn decoded(text: &str) -> Result<Vec<u8>, String> {
    BASE64.decode(text).map_err(|error| error.to_string())
}

fn check_proof(shown: &CertificateDer<'_>, name: &str, proof: &[u8]) -> Result<(), String> {
    use x509_parser::prelude::FromDer;
    let (_, shown) = x509_parser::certificate::X509Certificate::from_der(shown).map_err(|error| error.to_string())?;
    let names = shown.subject_alternative_name().map_err(|error| error.to_string())?.ok_or("no names")?;
    if names.value.general_names.len() != 1 || !format!("{:?}", names.value).contains(name) {
        return Err(format!("a proof for other names: {:?}", names.value));
    }
    let carried = shown.extensions().iter().find(|extension| extension.oid.to_id_string() == ACME_IDENTIFIER);
    let carried = carried.ok_or("no proof in the certificate")?;
    // An OCTET STRING of 32 bytes.
    let is_right = carried.critical && carried.value == [&[4, 32], proof].concat();
    if is_right { Ok(()) } else { Err("the proof is wrong".to_owned()) }
}

fn acceptor(authority: &Authority) -> TlsAcceptor {
    let (chain, key) = authority.issue(&["localhost"]);
    let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).map(Result::unwrap).collect();
    let builder = ServerConfig::builder_with_provider(Arc::new(provider::default_provider()));
    let config = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(
        config.with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap(),
    ))
}

/// A client that looks at whatever it is shown.
fn curious() -> rustls::ClientConfig {
    let provider = Arc::new(provider::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let verifier = builder.dangerous().with_custom_certificate_verifier(Arc::new(Curious));
    let mut config = verifier.with_no_client_auth();
    config.alpn_protocols = vec![ACME_PROTOCOL.to_vec()];
    config
}

#[derive(Debug)]
struct Curious;

impl ServerCertVerifier for Curious {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        provider::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// Method, path and body of one request.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<(String, String, String)> {
    let mut bytes = Vec::new();
    let (head, body_at) = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break (String::from_utf8_lossy(&bytes[..at]).into_owned(), at + 4);
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(str::to_owned));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    while bytes.len() < body_at + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let mut words = head.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some((method, path, String::from_utf8(bytes.split_off(body_at)).ok()?))
}
