//! Sessions. The cookie's token is not in the database, only its SHA-256: who reads the database logs in as nobody.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};
use sqlx::{Error, Row};

use super::{Store, column, seconds};

/// A session to be opened together with its login.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The cookie's value.
    pub token: String,
    /// The end of the session, used or not, in unix seconds.
    pub expires_at: u64,
    /// The session that the same browser had before, which ends now.
    pub replaces: Option<String>,
}

/// A living session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The login it came from.
    pub login: String,
    /// The holder, as JSON.
    pub holder: String,
    /// Unix seconds.
    pub created_at: u64,
    /// When it was last used, give or take a minute.
    pub seen_at: u64,
}

/// How a token is kept.
pub(super) fn digest(token: &str) -> String {
    Base64::encode_string(&Sha256::digest(token.as_bytes()))
}

impl Store {
    /// The session of a token, unless it ended or was idle since before `idle_since`.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_session(&self, token: &str, now: u64, idle_since: u64) -> Result<Option<Session>, Error> {
        let row = sqlx::query(
            "SELECT login, holder, created_at, seen_at FROM sessions
             WHERE token_sha256 = $1 AND expires_at > $2 AND seen_at >= $3",
        )
        .bind(digest(token))
        .bind(column(now))
        .bind(column(idle_since))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Session {
            login: row.try_get("login")?,
            holder: row.try_get("holder")?,
            created_at: seconds(row.try_get("created_at")?),
            seen_at: seconds(row.try_get("seen_at")?),
        }))
    }

    /// Marks a session as used now.
    ///
    /// # Errors
    /// The database's own.
    pub async fn touch_session(&self, token: &str, now: u64) -> Result<(), Error> {
        let _writer = self.writer().await?;
        sqlx::query("UPDATE sessions SET seen_at = $1 WHERE token_sha256 = $2 AND seen_at < $1")
            .bind(column(now))
            .bind(digest(token))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends a session; one that is not there is ended already.
    ///
    /// # Errors
    /// The database's own.
    pub async fn end_session(&self, token: &str) -> Result<(), Error> {
        let _writer = self.writer().await?;
        sqlx::query("DELETE FROM sessions WHERE token_sha256 = $1").bind(digest(token)).execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn purge_sessions(&self, now: u64) -> Result<(), Error> {
        let _writer = self.writer().await?;
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(column(now)).execute(&self.pool).await?;
        Ok(())
    }
}
