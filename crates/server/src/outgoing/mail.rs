//! Mail, handed over to the server of the operator.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::AddressError,
    message::{Attachment as Part, Mailbox, MultiPart, SinglePart, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};

use super::MAIL_MAX;
use crate::config::{MailConfig, MailSecurity};

/// Hands mails over to one server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail in two forms.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attachments: Vec<Attachment>,
}

/// A file that comes with a mail.
#[derive(Clone, Debug)]
pub struct Attachment {
    pub name: String,
    /// Like `text/csv`.
    pub kind: &'static str,
    pub bytes: Vec<u8>,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("no mail server is set up; see the section `mail` of the settings")]
    NotSetUp,
    #[error("`{0}` is no address")]
    Address(String),
    #[error("mail could not be written")]
    Compose(#[from] lettre::error::Error),
    #[error("mail server cannot be reached or does not let us in")]
    Connect(lettre::transport::smtp::Error),
    #[error("mail server refused the mail")]
    Refused(lettre::transport::smtp::Error),
    #[error("mail server broke off while it was taking the mail")]
    Broken(lettre::transport::smtp::Error),
}

impl MailError {
    /// False when the server cannot have taken the mail, so that it may be sent again.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Self::Broken(_))
    }

    /// True when another try would fail as well.
    pub fn is_final(&self) -> bool {
        match self {
            Self::NotSetUp | Self::Address(_) | Self::Compose(_) => true,
            Self::Connect(error) | Self::Refused(error) => error.is_permanent(),
            Self::Broken(_) => false,
        }
    }
}

/// Why mail cannot be set up like this.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    #[error("`mail.from` is no address like Throughline <reports@example.com>")]
    From(#[from] AddressError),
    #[error("could not read the certificates in {0}")]
    Certificates(String),
    #[error("could not set up mail")]
    Tls(#[from] lettre::transport::smtp::Error),
}

impl Mailer {
    /// Prepares to send; none when no server is set.
    pub fn new(config: &MailConfig, ca_file: &str) -> Result<Option<Self>, MailerError> {
        if config.host.is_empty() {
            return Ok(None);
        }
        let mut tls = TlsParameters::builder(config.host.clone());
        if !ca_file.is_empty() {
            let unreadable = || MailerError::Certificates(ca_file.to_owned());
            let pem = std::fs::read(ca_file).map_err(|_| unreadable())?;
            let certificate = Certificate::from_pem(&pem).map_err(|_| unreadable())?;
            tls = tls.add_root_certificate(certificate);
        }
        let tls = match config.security {
            MailSecurity::None => Tls::None,
            MailSecurity::Starttls => Tls::Required(tls.build()?),
            MailSecurity::Tls => Tls::Wrapper(tls.build()?),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host);
        let mut builder = builder.port(config.port).tls(tls).timeout(Some(MAIL_MAX));
        if !config.user.is_empty() {
            let password = config.password.reveal().to_owned();
            builder = builder.credentials(Credentials::new(config.user.clone(), password));
        }
        Ok(Some(Self {
            transport: builder.build(),
            from: config.from.parse()?,
        }))
    }

    /// Hands a mail over; on `Ok` the server has it.
    pub async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.compose(mail)?;
        // What fails here has left nothing behind, unlike what fails below.
        let is_there = self.transport.test_connection().await;
        match is_there {
            Ok(true) => {}
            Ok(false) => return Err(MailError::NotSetUp),
            Err(error) => return Err(MailError::Connect(error)),
        }
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() || error.is_transient() => {
                Err(MailError::Refused(error))
            }
            Err(error) => Err(MailError::Broken(error)),
        }
    }

    fn compose(&self, mail: Mail) -> Result<Message, MailError> {
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(mail.subject);
        for address in &mail.to {
            let to: Result<Mailbox, _> = address.parse();
            builder = builder.to(to.map_err(|_| MailError::Address(address.clone()))?);
        }
        let forms = MultiPart::alternative()
            .singlepart(SinglePart::plain(mail.text))
            .singlepart(SinglePart::html(mail.html));
        let mut parts = MultiPart::mixed().multipart(forms);
        for file in mail.attachments {
            let kind = ContentType::parse(file.kind).expect("a type that we write ourselves");
            parts = parts.singlepart(Part::new(file.name).body(file.bytes, kind));
        }
        Ok(builder.multipart(parts)?)
    }
}
