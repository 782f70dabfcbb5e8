//! Logins: the evidence of each, and the one transaction in which a login happens.

use sqlx::{Error, Row};

use super::sessions::digest;
use super::{NewSession, Store, column, seconds};

/// What is kept of a login, complete enough to be judged again by any tool years later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The statement that was signed, byte for byte (ASCII).
    pub statement: String,
    /// `SM2-SM3`, `RS256` or `ES256`.
    pub algorithm: String,
    /// The signature, base64.
    pub signature: String,
    /// The certificate's DER, base64.
    pub certificate: String,
    /// Hex digest of the certificate, as the statement names it.
    pub fingerprint: String,
    /// The holder that the verdict found, as JSON.
    pub holder: String,
    /// What the client called itself.
    pub software: String,
}

/// A login that the verdict accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The record's own name: 43 random characters.
    pub login: String,
    /// The nonce that it spends.
    pub nonce: String,
    /// The purpose, as the statement writes it.
    pub purpose: String,
    /// Unix seconds.
    pub at: u64,
    /// The evidence.
    pub evidence: Evidence,
}

impl Store {
    /// Spends the nonce, keeps the evidence and opens the session: all of it, or nothing. `false` says that the nonce was
    /// spent in the meantime, by this process or another.
    ///
    /// # Errors
    /// The database's own.
    pub async fn log_in(&self, login: &Login, session: &NewSession) -> Result<bool, Error> {
        let _writer = self.writer().await?;
        let mut transaction = self.pool.begin().await?;
        // First a write: SQLite then waits for the lock here, with a fresh view, and cannot be refused later on.
        let spent =
            sqlx::query("UPDATE nonces SET used_at = $1 WHERE nonce = $2 AND used_at IS NULL AND expires_at > $1")
                .bind(column(login.at))
                .bind(&login.nonce)
                .execute(&mut *transaction)
                .await?;
        if spent.rows_affected() != 1 {
            transaction.rollback().await?;
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO logins
                (login, nonce, purpose, at, statement, algorithm, signature, certificate, fingerprint, holder, software)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&login.login)
        .bind(&login.nonce)
        .bind(&login.purpose)
        .bind(column(login.at))
        .bind(&login.evidence.statement)
        .bind(&login.evidence.algorithm)
        .bind(&login.evidence.signature)
        .bind(&login.evidence.certificate)
        .bind(&login.evidence.fingerprint)
        .bind(&login.evidence.holder)
        .bind(&login.evidence.software)
        .execute(&mut *transaction)
        .await?;
        if let Some(replaced) = &session.replaces {
            sqlx::query("DELETE FROM sessions WHERE token_sha256 = $1")
                .bind(digest(replaced))
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query(
            "INSERT INTO sessions (token_sha256, login, holder, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $4, $5)",
        )
        .bind(digest(&session.token))
        .bind(&login.login)
        .bind(&login.evidence.holder)
        .bind(column(login.at))
        .bind(column(session.expires_at))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The login that spent a nonce.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_login(&self, nonce: &str) -> Result<Option<Login>, Error> {
        let row = sqlx::query(
            "SELECT login, nonce, purpose, at, statement, algorithm, signature, certificate, fingerprint, holder, software
             FROM logins WHERE nonce = $1",
        )
        .bind(nonce)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Login {
            login: row.try_get("login")?,
            nonce: row.try_get("nonce")?,
            purpose: row.try_get("purpose")?,
            at: seconds(row.try_get("at")?),
            evidence: Evidence {
                statement: row.try_get("statement")?,
                algorithm: row.try_get("algorithm")?,
                signature: row.try_get("signature")?,
                certificate: row.try_get("certificate")?,
                fingerprint: row.try_get("fingerprint")?,
                holder: row.try_get("holder")?,
                software: row.try_get("software")?,
            },
        }))
    }
}
