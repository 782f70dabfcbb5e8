//! Evidence: what was signed, by whom and what for.

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};

/// What is kept of a signature, complete enough to be judged again by any tool years later.
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

/// A statement that the verdict accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The record's own name: 43 random characters.
    pub record: String,
    /// The nonce that it spends.
    pub nonce: String,
    /// The purpose, as the statement writes it.
    pub purpose: String,
    /// Unix seconds.
    pub at: u64,
    /// The evidence.
    pub evidence: Evidence,
}

const COLUMNS: &str =
    "evidence, nonce, purpose, at, statement, algorithm, signature, certificate, fingerprint, holder, software";

impl Store {
    /// The statement that spent a nonce.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_signed(&self, nonce: &str) -> Result<Option<Signed>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM evidence WHERE nonce = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(nonce).fetch_optional(&self.pool).await?;
        row.map(read).transpose()
    }

    /// A statement by its record's name.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_evidence(&self, record: &str) -> Result<Option<Signed>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM evidence WHERE evidence = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(record).fetch_optional(&self.pool).await?;
        row.map(read).transpose()
    }
}

impl Changes<'_> {
    /// A statement by its record's name, as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn evidence(&mut self, record: &str) -> Result<Option<Signed>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM evidence WHERE evidence = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(record).fetch_optional(self.connection()).await?;
        row.map(read).transpose()
    }

    pub(super) async fn keep(&mut self, signed: &Signed, account: Option<&str>) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO evidence
                (evidence, nonce, purpose, at, statement, algorithm, signature, certificate, fingerprint, holder, software,
                 account)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(&signed.record)
        .bind(&signed.nonce)
        .bind(&signed.purpose)
        .bind(column(signed.at))
        .bind(&signed.evidence.statement)
        .bind(&signed.evidence.algorithm)
        .bind(&signed.evidence.signature)
        .bind(&signed.evidence.certificate)
        .bind(&signed.evidence.fingerprint)
        .bind(&signed.evidence.holder)
        .bind(&signed.evidence.software)
        .bind(account)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

fn read(row: AnyRow) -> Result<Signed, Error> {
    Ok(Signed {
        record: row.try_get("evidence")?,
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
    })
}
