//! What an operator decides. Everything has a safe default except where things lie.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use calock::trust::TrustList;

use crate::demo::DemoLocks;
use crate::rate::Rates;
use crate::revocation::RevocationFolder;
use crate::rules::Rules;

/// Everything a portal needs to open.
#[derive(Clone)]
pub struct Config {
    /// The portal's own origin, as a browser writes it: `scheme://host[:port]`, no slash at the end. It is what the
    /// statement must name and what an `Origin` header must equal.
    pub origin: String,
    /// What this portal demands.
    pub rules: Rules,
    /// Where everything is kept.
    pub database: Database,
    /// Folder of the site's own pages; `index.html` is the login page, `home.html` the page behind it.
    pub pages: PathBuf,
    /// Folder of the built browser module, served under `/calock/`.
    pub module: PathBuf,
    /// The CA certificates a login's chain must lead to.
    pub trust: TrustList,
    /// What is known of revoked certificates; `None`: nobody looks.
    pub revocations: Option<RevocationFolder>,
    /// Whether somebody of whom nothing is known is refused.
    pub require_status: bool,
    /// Sizes and times.
    pub limits: Limits,
    /// Whether a proxy of the operator's stands before the portal and writes `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Where "now" comes from; a test turns it.
    pub clock: Clock,
    /// A font file or folder for letters; `None`: the system's fonts.
    pub fonts: Option<PathBuf>,
    /// Virtual locks offered under `/demo/`; `None` outside of demonstrations.
    pub demo: Option<DemoLocks>,
}

/// Sizes and times, each with the default that the reference portal is judged with.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a nonce lives. The statement's rules allow at most five minutes; more is cut to that.
    pub nonce: Duration,
    /// How long a session lives without being used.
    pub session_idle: Duration,
    /// How long a session lives at all.
    pub session_total: Duration,
    /// The largest request body, in bytes.
    pub body: usize,
    /// How long a request's body may take to arrive.
    pub body_wait: Duration,
    /// The largest attachment, in bytes.
    pub attachment: u64,
    /// How long an attachment may take to arrive.
    pub attachment_wait: Duration,
    /// The largest document that is uploaded, in bytes.
    pub upload: u64,
    /// How many documents of one account may be under way at once.
    pub uploads: u64,
    /// How many bytes one account may have here, documents under way and posted ones together.
    pub account_bytes: u64,
    /// How long a document under way is kept after its last byte came.
    pub upload_kept: Duration,
    /// How often something may be asked.
    pub rates: Rates,
}

impl Limits {
    /// No nonce lives longer than this (statement version 1).
    pub const NONCE_MAX: Duration = Duration::from_secs(5 * 60);

    /// The nonce's life in seconds, within the statement's rule.
    #[must_use]
    pub fn nonce_seconds(&self) -> u64 {
        self.nonce.min(Self::NONCE_MAX).as_secs()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nonce: Duration::from_secs(3 * 60),
            session_idle: Duration::from_secs(30 * 60),
            session_total: Duration::from_secs(12 * 60 * 60),
            body: 64 * 1024,
            body_wait: Duration::from_secs(10),
            attachment: 10 * 1024 * 1024,
            attachment_wait: Duration::from_secs(5 * 60),
            upload: 2 << 30,
            uploads: 8,
            account_bytes: 32 << 30,
            upload_kept: Duration::from_secs(24 * 60 * 60),
            rates: Rates::default(),
        }
    }
}

/// Which database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// One file, made when it is missing.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by URL (`postgres://user@host/name`).
    Postgres(String),
}

impl Database {
    /// The URL that the driver takes.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}?mode=rwc", percent_encoded(&path.to_string_lossy())),
            Self::Postgres(url) => url.clone(),
        }
    }
}

/// `postgres://…` and `postgresql://…` are servers, anything else is a file; `sqlite://` before a file is dropped.
impl FromStr for Database {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.into()));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        Ok(Self::Sqlite(path.into()))
    }
}

/// A path as it may stand in a URL: letters, digits and `/._-` as they are, the rest as `%XX`.
fn percent_encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Where "now" comes from. Clones are one clock.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Seconds that it was put forward.
    ahead: Arc<AtomicU64>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        // A clock before 1970 is a broken clock: everything is then not yet valid, which fails safe.
        Self::from_fn(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }

    /// Any source of unix seconds.
    pub fn from_fn(now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(now), ahead: Arc::default() }
    }

    /// Unix seconds.
    #[must_use]
    pub fn now(&self) -> u64 {
        (self.source)() + self.ahead.load(Ordering::Relaxed)
    }

    /// Puts it forward, for a demonstration in which nobody wants to wait.
    pub(crate) fn put_forward(&self, by: Duration) {
        self.ahead.fetch_add(by.as_secs(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_told_by_its_text() {
        let of = |text: &str| text.parse::<Database>().unwrap();
        assert_eq!(of("postgres://u@h/d"), Database::Postgres("postgres://u@h/d".into()));
        assert_eq!(of("data/a.db"), Database::Sqlite("data/a.db".into()));
        assert_eq!(of("sqlite:///var/a.db"), Database::Sqlite("/var/a.db".into()));
        assert_eq!(of("/数据/a?b.db").url(), "sqlite:///%E6%95%B0%E6%8D%AE/a%3Fb.db?mode=rwc");
    }
}
