//! Mail over SMTP, to the server that the operator named: the codes that confirm an address, recover a password, or open the
//! door. One connection a mail; they are few.
//!
//! Neither addresses nor codes are logged, nor what a mail server says, which may hold both: its code is enough. Mails that
//! nobody waits for go through a bounded queue, in their order.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::future::BoxFuture;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use platform::settings::{DeliveryError, MailDelivery, NoMail};
use platform::words::{Language, Words};
use tokio::sync::mpsc;

use crate::config::{Mail, MailTls};

/// Longest conversation with the mail server, in seconds.
const MAIL_SECONDS: u64 = 30;
/// Mails waiting to be sent that nobody waits for, in mails; past it they are dropped.
const QUEUE_MAILS: usize = 1_000;

/// The road that is configured: none without a host.
pub fn open(config: &Mail) -> Result<Arc<dyn MailDelivery>> {
    if config.host.is_empty() {
        return Ok(Arc::new(NoMail));
    }
    Ok(Arc::new(Post::start(Road::new(config, Duration::from_secs(MAIL_SECONDS))?)))
}

/// How a mail reaches the mail server.
struct Road {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
}

impl Road {
    fn new(config: &Mail, patience: Duration) -> Result<Self> {
        let from: Mailbox =
            config.from.parse().context("mail.from is no address such as `Kentong <kentong@example.org>`")?;
        let tls = match config.tls {
            MailTls::Starttls => Tls::Required(tls_parameters(config)?),
            MailTls::Tls => Tls::Wrapper(tls_parameters(config)?),
            MailTls::None => Tls::None,
        };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(port(config))
            .tls(tls)
            .hello_name(hello)
            .timeout(Some(patience));
        if !config.user.is_empty() {
            if config.tls == MailTls::None && !is_this_machine(&config.host) {
                bail!("mail.user would be sent readable by everybody: set mail.tls to \"starttls\" or \"tls\"");
            }
            builder = builder.credentials(Credentials::new(config.user.clone(), password(config)?));
        }
        Ok(Self { transport: builder.build(), from, patience })
    }

    async fn send(&self, address: &str, code: &str, language: Language) -> Result<(), DeliveryError> {
        let letter = letter(&self.from, address, code, language)?;
        match tokio::time::timeout(self.patience, self.transport.send(letter)).await {
            Ok(Ok(_)) => {
                metrics::MAILS.inc("sent");
                Ok(())
            }
            Ok(Err(error)) => {
                metrics::MAILS.inc("failed");
                Err(DeliveryError(said(&error)))
            }
            Err(_) => {
                metrics::MAILS.inc("failed");
                Err(DeliveryError("the mail server took too long".to_owned()))
            }
        }
    }
}

/// The port that is set, or the usual one.
fn port(config: &Mail) -> u16 {
    match (config.port, config.tls) {
        (0, MailTls::Starttls) => 587,
        (0, MailTls::Tls) => 465,
        (0, MailTls::None) => 25,
        (port, _) => port,
    }
}

fn tls_parameters(config: &Mail) -> Result<TlsParameters> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if !config.ca_file.as_os_str().is_empty() {
        let pem = std::fs::read(&config.ca_file)
            .with_context(|| format!("cannot read mail.ca_file {}", config.ca_file.display()))?;
        builder =
            builder.add_root_certificate(Certificate::from_pem(&pem).context("mail.ca_file is no PEM certificate")?);
    }
    builder.build_rustls().context("cannot prepare TLS for mail")
}

fn is_this_machine(host: &str) -> bool {
    let is_loopback = |ip: std::net::IpAddr| ip.is_loopback();
    host == "localhost" || host.parse().is_ok_and(is_loopback)
}

fn password(config: &Mail) -> Result<String> {
    if config.password_file.as_os_str().is_empty() {
        return Ok(config.password.get().to_owned());
    }
    let text = std::fs::read_to_string(&config.password_file)
        .with_context(|| format!("cannot read mail.password_file {}", config.password_file.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// What went wrong, without a word of the mail server's.
fn said(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server took too long".to_owned(),
        None if error.is_tls() => "no trusted TLS connection to the mail server".to_owned(),
        None if error.is_client() => "the mail server does not offer what is configured".to_owned(),
        None => "no connection to the mail server".to_owned(),
    }
}

fn letter(from: &Mailbox, address: &str, code: &str, language: Language) -> Result<Message, DeliveryError> {
    let to = address.parse().map_err(|_| DeliveryError("not an address".to_owned()))?;
    let say = |words| language.say(words, &[("code", code)]);
    let letter = Message::builder().from(from.clone()).to(Mailbox::new(None, to));
    let letter = letter.subject(say(Words::MailSubject)).header(ContentType::TEXT_PLAIN);
    letter.body(say(Words::MailBody)).map_err(|_| DeliveryError("the mail could not be written".to_owned()))
}

/// An address, a code and the language to say it in.
type Waiting = (String, String, Language);

/// The road, and the queue of mails that nobody waits for.
struct Post {
    road: Arc<Road>,
    queue: mpsc::Sender<Waiting>,
}

impl Post {
    fn start(road: Road) -> Self {
        let road = Arc::new(road);
        let (queue, waiting) = mpsc::channel(QUEUE_MAILS);
        tokio::spawn(send_all(road.clone(), waiting));
        Self { road, queue }
    }
}

/// Sends what is queued until nobody can queue any more.
async fn send_all(road: Arc<Road>, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some((address, code, language)) = waiting.recv().await {
        if let Err(error) = road.send(&address, &code, language).await {
            tracing::warn!(%error, "a mail was not sent");
        }
    }
}

impl MailDelivery for Post {
    fn deliver<'a>(
        &'a self,
        address: &'a str,
        code: &'a str,
        language: Language,
    ) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(self.road.send(address, code, language))
    }

    fn post(&self, address: &str, code: &str, language: Language) {
        if self.queue.try_send((address.to_owned(), code.to_owned(), language)).is_err() {
            metrics::MAILS.inc("dropped");
            tracing::warn!("too many mails wait: one was dropped");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rcgen::{CertificateParams, KeyPair};
    use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

    use super::*;

    const ADDRESS: &str = "ayu@example.org";

    /// What a small mail server heard.
    type Heard = mpsc::UnboundedReceiver<String>;

    /// A mail server that takes everything, except that it refuses `refused` with a text that nobody may see in a log.
    struct Sink {
        port: u16,
        heard: Heard,
    }

    impl Sink {
        async fn start(tls: Option<(TlsAcceptor, MailTls)>, refused: &'static str) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let (tell, heard) = mpsc::unbounded_channel();
            tokio::spawn(async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let talk = Talk { tell: tell.clone(), refused, offer: "AUTH PLAIN LOGIN" };
                    match &tls {
                        None => {
                            let _ = talk.whole(socket).await;
                        }
                        Some((acceptor, MailTls::Tls)) => {
                            let Ok(socket) = acceptor.accept(socket).await else { continue };
                            let _ = talk.whole(socket).await;
                        }
                        Some((acceptor, _)) => {
                            let mut socket = BufReader::new(socket);
                            let before = Talk { offer: "STARTTLS", ..talk.clone() };
                            if before.until_tls(&mut socket).await.is_some() {
                                let Ok(socket) = acceptor.accept(socket.into_inner()).await else { continue };
                                talk.secured(socket).await;
                            }
                        }
                    }
                }
            });
            Self { port, heard }
        }

        async fn mail(&mut self) -> Vec<String> {
            let mut lines = Vec::new();
            loop {
                let line = self.heard.recv().await.unwrap();
                let is_end = line == "QUIT" || line == ".";
                lines.push(line);
                if is_end {
                    return lines;
                }
            }
        }
    }

    #[derive(Clone)]
    struct Talk {
        tell: mpsc::UnboundedSender<String>,
        refused: &'static str,
        offer: &'static str,
    }

    impl Talk {
        async fn whole<S: AsyncRead + AsyncWrite + Unpin>(&self, socket: S) -> Option<()> {
            let mut socket = BufReader::new(socket);
            say(&mut socket, "220 sink").await?;
            while self.answer(&mut socket).await?.is_some() {}
            Some(())
        }

        async fn secured<S: AsyncRead + AsyncWrite + Unpin>(&self, socket: S) {
            let mut socket = BufReader::new(socket);
            while let Some(Some(_)) = self.answer(&mut socket).await {}
        }

        /// Until the client asks for TLS.
        async fn until_tls<S: AsyncRead + AsyncWrite + Unpin>(&self, socket: &mut BufReader<S>) -> Option<()> {
            say(socket, "220 sink").await?;
            loop {
                if self.answer(socket).await?? == "STARTTLS" {
                    return Some(());
                }
            }
        }

        /// Answers one line; nothing inside when the client says goodbye.
        async fn answer<S: AsyncRead + AsyncWrite + Unpin>(&self, socket: &mut BufReader<S>) -> Option<Option<String>> {
            let line = read(socket).await?;
            let _ = self.tell.send(line.clone());
            let verb = line.split(' ').next().unwrap_or_default().to_owned();
            if !self.refused.is_empty() && verb == self.refused {
                say(socket, &format!("550 5.1.1 {ADDRESS} is unknown here")).await?;
                return Some(Some(verb));
            }
            match verb.as_str() {
                "EHLO" => say(socket, &format!("250-sink\r\n250 {}", self.offer)).await?,
                "AUTH" => say(socket, "235 welcome").await?,
                "STARTTLS" => say(socket, "220 go on").await?,
                "DATA" => {
                    say(socket, "354 go on").await?;
                    loop {
                        let line = read(socket).await?;
                        let is_end = line == ".";
                        let _ = self.tell.send(line);
                        if is_end {
                            break;
                        }
                    }
                    say(socket, "250 taken").await?;
                }
                "QUIT" => {
                    say(socket, "221 bye").await?;
                    return Some(None);
                }
                _ => say(socket, "250 ok").await?,
            }
            Some(Some(verb))
        }
    }

    async fn say<S: AsyncWrite + Unpin>(socket: &mut BufReader<S>, line: &str) -> Option<()>
    where
        BufReader<S>: AsyncWrite,
    {
        socket.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
        socket.flush().await.ok()
    }

    async fn read<S: AsyncRead + Unpin>(socket: &mut BufReader<S>) -> Option<String> {
        let mut line = String::new();
        let bytes = socket.read_line(&mut line).await.ok()?;
        (bytes > 0).then(|| line.trim_end().to_owned())
    }

    /// A certificate for 127.0.0.1, in a file, and who speaks with it.
    fn authority(folder: &Path) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
        std::fs::write(folder.join("ca.pem"), certificate.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    fn config(port: u16, tls: MailTls) -> Mail {
        let from = "Kentong <kentong@example.org>".to_owned();
        Mail { host: "127.0.0.1".to_owned(), port, from, tls, ..Mail::default() }
    }

    fn post(config: &Mail) -> Post {
        Post::start(Road::new(config, Duration::from_secs(5)).unwrap())
    }

    #[tokio::test]
    async fn a_code_arrives() {
        let mut sink = Sink::start(None, "").await;
        let post = post(&config(sink.port, MailTls::None));
        post.deliver(ADDRESS, "123456", Language::English).await.unwrap();
        let mail = sink.mail().await.join("\n");
        for part in ["EHLO example.org", "MAIL FROM:<kentong@example.org>", "RCPT TO:<ayu@example.org>", "123456"] {
            assert!(mail.contains(part), "{part}: {mail}");
        }
        assert!(!mail.contains("AUTH"));
    }

    #[tokio::test]
    async fn a_code_that_nobody_waits_for_arrives_too() {
        let mut sink = Sink::start(None, "").await;
        let post = post(&config(sink.port, MailTls::None));
        post.post(ADDRESS, "654321", Language::Indonesian);
        let mail = sink.mail().await.join("\n");
        assert!(mail.contains("Subject: Kode Kentong: 654321"), "in the language of whoever it is for: {mail}");
        assert!(mail.contains("Kode Kentong Anda adalah 654321"), "{mail}");
    }

    #[tokio::test]
    async fn tls_is_asked_for_before_the_password_is_told() {
        for tls in [MailTls::Starttls, MailTls::Tls] {
            let folder = tempfile::tempdir().unwrap();
            let mut sink = Sink::start(Some((authority(folder.path()), tls)), "").await;
            let secret = folder.path().join("password");
            std::fs::write(&secret, "drum\n").unwrap();
            let trusting = Mail {
                user: "kentong".to_owned(),
                password_file: secret,
                ca_file: folder.path().join("ca.pem"),
                ..config(sink.port, tls)
            };
            post(&trusting).deliver(ADDRESS, "123456", Language::English).await.unwrap();
            let mail = sink.mail().await;
            let auth = mail.iter().position(|line| line == "AUTH PLAIN AGtlbnRvbmcAZHJ1bQ==").expect("it signs in");
            let secured = mail.iter().position(|line| line == "STARTTLS");
            assert!(secured.is_none_or(|secured| secured < auth));
            assert_eq!(secured.is_some(), tls == MailTls::Starttls);
        }
    }

    #[tokio::test]
    async fn an_untrusted_server_and_one_without_tls_get_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut sink = Sink::start(Some((authority(folder.path()), MailTls::Starttls)), "").await;
        let error = post(&config(sink.port, MailTls::Starttls))
            .deliver(ADDRESS, "123456", Language::English)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("TLS") || error.to_string().contains("connection"), "{error}");
        let mut plain = Sink::start(None, "").await;
        let error = post(&config(plain.port, MailTls::Starttls))
            .deliver(ADDRESS, "123456", Language::English)
            .await
            .unwrap_err();
        assert!(!error.to_string().contains(ADDRESS));
        for sink in [&mut sink, &mut plain] {
            while let Ok(line) = sink.heard.try_recv() {
                assert!(!line.contains(ADDRESS) && !line.contains("123456"), "{line}");
            }
        }
    }

    #[tokio::test]
    async fn a_refusal_is_told_without_the_address() {
        let sink = Sink::start(None, "RCPT").await;
        let error =
            post(&config(sink.port, MailTls::None)).deliver(ADDRESS, "123456", Language::English).await.unwrap_err();
        assert_eq!(error.to_string(), "the code could not be delivered: the mail server answered 550");
    }

    #[tokio::test]
    async fn a_mail_server_that_says_nothing_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silent = config(listener.local_addr().unwrap().port(), MailTls::None);
        let road = Road::new(&silent, Duration::from_millis(100)).unwrap();
        let error = road.send(ADDRESS, "123456", Language::English).await.unwrap_err();
        assert!(error.to_string().contains("too long"), "{error}");
    }

    #[test]
    fn what_cannot_work_is_said_at_once() {
        let wrong = |change: fn(&mut Mail)| {
            let mut config = config(25, MailTls::Starttls);
            change(&mut config);
            Road::new(&config, Duration::from_secs(1)).map(drop).unwrap_err().to_string()
        };
        assert!(wrong(|mail| mail.from = "nobody".to_owned()).contains("mail.from"));
        assert!(wrong(|mail| mail.ca_file = "/nowhere".into()).contains("mail.ca_file"));
        assert!(
            wrong(|mail| {
                mail.user = "me".to_owned();
                mail.password_file = "/nowhere".into();
            })
            .contains("mail.password_file")
        );
        assert!(
            wrong(|mail| {
                mail.host = "mail.example.org".to_owned();
                mail.user = "me".to_owned();
                mail.tls = MailTls::None;
            })
            .contains("mail.tls")
        );
        assert!(!open(&Mail::default()).unwrap().is_road());
    }
}
