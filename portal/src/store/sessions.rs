//! Sessions. The cookie's token is not in the database, only its SHA-256: who reads the database logs in as nobody.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};

/// How strongly somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// By a lock.
    Ca,
    /// By a password.
    Password,
}

impl Strength {
    /// The word in the database and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ca => "ca",
            Self::Password => "password",
        }
    }

    /// From that word; a word that is none is the weaker one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "ca" { Self::Ca } else { Self::Password }
    }
}

/// A session to be opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The cookie's value.
    pub token: String,
    /// Unix seconds.
    pub at: u64,
    /// The end of the session, used or not, in unix seconds.
    pub expires_at: u64,
    /// The session that the same browser had before, which ends now.
    pub replaces: Option<String>,
    /// By what it was opened.
    pub strength: Strength,
    /// The evidence it came from; none for a password.
    pub evidence: Option<String>,
    /// The holder, as JSON; none for a password.
    pub holder: Option<String>,
    /// Whose it is; none for a holder without account.
    pub account: Option<String>,
    /// The binding of the lock it came from.
    pub binding: Option<String>,
    /// What kind of certificate it came from, by the profile's name for it.
    pub product: Option<String>,
}

/// A living session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// By what it was opened.
    pub strength: Strength,
    /// The evidence it came from.
    pub evidence: Option<String>,
    /// The holder, as JSON.
    pub holder: Option<String>,
    /// Whose it is.
    pub account: Option<String>,
    /// The binding of the lock it came from.
    pub binding: Option<String>,
    /// What kind of certificate it came from.
    pub product: Option<String>,
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
            "SELECT strength, evidence, holder, account, binding, product, created_at, seen_at FROM sessions
             WHERE token_sha256 = $1 AND expires_at > $2 AND seen_at >= $3",
        )
        .bind(digest(token))
        .bind(column(now))
        .bind(column(idle_since))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Session {
            strength: Strength::parse(&row.try_get::<String, _>("strength")?),
            evidence: row.try_get("evidence")?,
            holder: row.try_get("holder")?,
            account: row.try_get("account")?,
            binding: row.try_get("binding")?,
            product: row.try_get("product")?,
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

impl Changes<'_> {
    /// Opens a session, in the place of the one that the same browser had.
    ///
    /// # Errors
    /// The database's own.
    pub async fn open_session(&mut self, session: &NewSession) -> Result<(), Error> {
        if let Some(replaced) = &session.replaces {
            sqlx::query("DELETE FROM sessions WHERE token_sha256 = $1")
                .bind(digest(replaced))
                .execute(self.connection())
                .await?;
        }
        sqlx::query(
            "INSERT INTO sessions
                (token_sha256, strength, evidence, holder, account, binding, product, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        )
        .bind(digest(&session.token))
        .bind(session.strength.as_str())
        .bind(session.evidence.as_deref())
        .bind(session.holder.as_deref())
        .bind(session.account.as_deref())
        .bind(session.binding.as_deref())
        .bind(session.product.as_deref())
        .bind(column(session.at))
        .bind(column(session.expires_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Makes a session an account's, with the binding of the lock that it came from: a holder's session, once their lock is bound.
    ///
    /// # Errors
    /// The database's own.
    pub async fn give_session(&mut self, token: &str, account: &str, binding: Option<&str>) -> Result<(), Error> {
        sqlx::query("UPDATE sessions SET account = $1, binding = $2 WHERE token_sha256 = $3")
            .bind(account)
            .bind(binding)
            .bind(digest(token))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Ends the sessions that came from a lock.
    ///
    /// # Errors
    /// The database's own.
    pub async fn end_sessions_of_binding(&mut self, binding: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE binding = $1").bind(binding).execute(self.connection()).await?;
        Ok(())
    }

    /// Ends an account's sessions, but for the one of `kept`, a token.
    ///
    /// # Errors
    /// The database's own.
    pub async fn end_sessions_of_account(&mut self, account: &str, kept: Option<&str>) -> Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE account = $1 AND token_sha256 <> $2")
            .bind(account)
            .bind(kept.map(digest).unwrap_or_default())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
