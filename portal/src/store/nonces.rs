//! Nonces: what was asked for, until when, and whether it was answered.

use sqlx::{Error, Row};

use super::{Store, column, seconds};

/// How long a nonce is remembered after its end, so that a late or repeated answer is told "expired" or "used" and not
/// "unknown". It can log nobody in any more.
const REMEMBERED: u64 = 60 * 60;

/// A challenge as it was given out. The statement is rebuilt from these values and from nothing the client says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce {
    /// base64url, no padding, 32 bytes.
    pub nonce: String,
    /// What it was asked for, as the statement writes it.
    pub purpose: String,
    /// The account it is bound to.
    pub account: Option<String>,
    /// Hex digest of what is submitted.
    pub payload: Option<String>,
    /// The time that the statement carries, RFC 3339.
    pub time: String,
    /// Unix seconds.
    pub issued_at: u64,
    /// Unix seconds; from this second on it is expired.
    pub expires_at: u64,
    /// Unix seconds of the login that spent it.
    pub used_at: Option<u64>,
}

impl Store {
    /// Keeps a nonce that is about to be given out.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_nonce(&self, nonce: &Nonce) -> Result<(), Error> {
        let _writer = self.writer().await?;
        sqlx::query(
            "INSERT INTO nonces (nonce, purpose, account, payload, time, issued_at, expires_at, used_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
        )
        .bind(&nonce.nonce)
        .bind(&nonce.purpose)
        .bind(nonce.account.as_deref())
        .bind(nonce.payload.as_deref())
        .bind(&nonce.time)
        .bind(column(nonce.issued_at))
        .bind(column(nonce.expires_at))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The nonce, if it was given out here and is still remembered.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_nonce(&self, nonce: &str) -> Result<Option<Nonce>, Error> {
        let row = sqlx::query(
            "SELECT nonce, purpose, account, payload, time, issued_at, expires_at, used_at
             FROM nonces WHERE nonce = $1",
        )
        .bind(nonce)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Nonce {
            nonce: row.try_get("nonce")?,
            purpose: row.try_get("purpose")?,
            account: row.try_get("account")?,
            payload: row.try_get("payload")?,
            time: row.try_get("time")?,
            issued_at: seconds(row.try_get("issued_at")?),
            expires_at: seconds(row.try_get("expires_at")?),
            used_at: row.try_get::<Option<i64>, _>("used_at")?.map(seconds),
        }))
    }

    pub(super) async fn purge_nonces(&self, now: u64) -> Result<(), Error> {
        let _writer = self.writer().await?;
        sqlx::query("DELETE FROM nonces WHERE expires_at < $1")
            .bind(column(now.saturating_sub(REMEMBERED)))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
