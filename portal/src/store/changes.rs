//! One step of the portal: everything that is done in it is done, or nothing.

use sqlx::{Any, AnyConnection, Error, Transaction};
use tokio::sync::SemaphorePermit;

use super::{Kind, Signed, Store, column};

/// Changes that become true together with [`Self::commit`], and are forgotten without it.
///
/// SQLite has one writer, so nothing else changes meanwhile. PostgreSQL has many: whoever reads first and writes because of what
/// it read calls [`Self::take_turns`] before it reads.
pub struct Changes<'a> {
    transaction: Transaction<'static, Any>,
    kind: Kind,
    _writer: SemaphorePermit<'a>,
}

impl Store {
    /// Begins a step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn begin(&self) -> Result<Changes<'_>, Error> {
        let writer = self.writer().await?;
        let transaction = match self.kind {
            // IMMEDIATE waits for the lock here, with a fresh view, and cannot be refused later on.
            Kind::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Kind::Postgres => self.pool.begin().await?,
        };
        Ok(Changes { transaction, kind: self.kind, _writer: writer })
    }
}

impl Changes<'_> {
    /// Waits until nobody else is in the middle of a step about the same thing (an account, a holder's code, a login name), in
    /// this process or another, until this step ends. Always in the same order when there are several.
    ///
    /// # Errors
    /// The database's own.
    pub async fn take_turns(&mut self, about: &str) -> Result<(), Error> {
        if self.kind == Kind::Postgres {
            sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 4205270))")
                .bind(about)
                .execute(&mut *self.transaction)
                .await?;
        }
        Ok(())
    }

    /// The same about an account and everything that belongs to it.
    ///
    /// # Errors
    /// The database's own.
    pub async fn take_turns_about(&mut self, account: &str) -> Result<(), Error> {
        self.take_turns(&format!("account:{account}")).await
    }

    /// Spends the nonce of an accepted statement and keeps the evidence, for an account if it is about one. `false` says that
    /// the nonce was spent in the meantime, by this process or another: then nothing may come of this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn spend(&mut self, signed: &Signed, account: Option<&str>) -> Result<bool, Error> {
        if !self.spend_nonce(&signed.nonce, signed.at).await? {
            return Ok(false);
        }
        self.keep(signed, account).await?;
        Ok(true)
    }

    /// The same for a statement that leads to nothing, of which nothing is kept.
    ///
    /// # Errors
    /// The database's own.
    pub async fn spend_nonce(&mut self, nonce: &str, now: u64) -> Result<bool, Error> {
        let spent =
            sqlx::query("UPDATE nonces SET used_at = $1 WHERE nonce = $2 AND used_at IS NULL AND expires_at > $1")
                .bind(column(now))
                .bind(nonce)
                .execute(&mut *self.transaction)
                .await?;
        Ok(spent.rows_affected() == 1)
    }

    /// Makes it all true.
    ///
    /// # Errors
    /// The database's own; then none of it is.
    pub async fn commit(self) -> Result<(), Error> {
        self.transaction.commit().await
    }

    /// For the queries of a step.
    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}
