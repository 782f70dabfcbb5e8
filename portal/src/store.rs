//! What the portal remembers: nonces, sessions, accounts and their locks, and the evidence of everything that was signed.
//!
//! One SQL text for both databases: `$1` placeholders, `BIGINT` for unix seconds, binary values as base64 `TEXT`.
//! A killed server loses nothing that was answered: every answer is given after its commit, and SQLite runs in WAL mode
//! with `synchronous=FULL`.
//!
//! Whatever belongs together is done in one [`Changes`]: the nonce is spent, the evidence kept, the thing itself done and the
//! audit written, or none of it.

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Error};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::Database;

mod accounts;
mod attachments;
mod audit;
mod bindings;
mod buckets;
mod changes;
mod evidence;
mod letters;
mod migrations;
mod nonces;
mod orders;
mod passwords;
mod requests;
mod seals;
mod search;
mod sessions;
mod staff;
mod submissions;
mod uploads;

pub use accounts::{Account, AccountKind, AccountState, Saved};
pub use attachments::{Attachment, PART};
pub use audit::{Audit, Entry};
pub use bindings::Binding;
pub use changes::Changes;
pub use evidence::{Evidence, Signed};
pub use letters::Letter;
pub use nonces::Nonce;
pub use orders::{Claim, Order};
pub use requests::Request;
pub use seals::Receipt;
pub use search::{Found, Wanted};
pub use sessions::{NewSession, Session, Strength};
pub use staff::Person;
pub use submissions::Submission;
pub use uploads::{Held, Upload, Warrant};

/// Connections kept open at once.
const CONNECTIONS: u32 = 8;

/// The opened database.
pub struct Store {
    pool: AnyPool,
    /// SQLite has one writer at a time. Queueing here is fair and quick; SQLite's own busy handler polls.
    writers: Semaphore,
    kind: Kind,
}

/// What differs between the databases: how a transaction takes turns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Store {
    /// Connects, makes a missing SQLite file, and brings the tables to this version. Several processes may do it at once.
    ///
    /// # Errors
    /// The database's own.
    pub async fn open(database: &Database) -> Result<Self, Error> {
        install_default_drivers();
        let options: AnyConnectOptions = database.url().parse()?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(move |connection, _| Box::pin(async move { migrations::settle(connection).await }))
            .connect_with(options)
            .await?;
        migrations::run(&pool, database).await?;
        let (kind, writers) = match database {
            Database::Sqlite(_) => (Kind::Sqlite, 1),
            Database::Postgres(_) => (Kind::Postgres, CONNECTIONS as usize),
        };
        Ok(Self { pool, writers: Semaphore::new(writers), kind })
    }

    /// Forgets what can no longer mean anything. Evidence, accounts and the audit stay.
    ///
    /// # Errors
    /// The database's own.
    pub async fn purge(&self, now: u64) -> Result<(), Error> {
        self.purge_nonces(now).await?;
        self.purge_sessions(now).await?;
        self.purge_buckets(now).await?;
        self.purge_tries(now).await?;
        self.purge_drafts(now).await?;
        self.purge_uploads(now).await?;
        self.purge_parts(now).await
    }

    /// Closes the connections; what is under way is finished first.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn writer(&self) -> Result<SemaphorePermit<'_>, Error> {
        self.writers.acquire().await.map_err(|_| Error::PoolClosed)
    }
}

/// Unix seconds as the databases keep them.
fn column(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// Unix seconds from a database.
fn seconds(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}
