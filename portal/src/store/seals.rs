//! Sealed documents that were taken in: the receipts. The files are attachments under the receipt's name.

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its name, and its file's: that of the upload.
    pub seal: String,
    /// Whose.
    pub account: String,
    /// The file's name.
    pub name: String,
    /// SM3 of the file, hexadecimal.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// `ofd` or `pdf`.
    pub kind: String,
    /// The signatures as pages see them, JSON.
    pub signatures: String,
    /// The statement that it was posted by.
    pub evidence: String,
    /// Unix seconds.
    pub at: u64,
}

const COLUMNS: &str = "seal, account, name, digest, size, kind, signatures, evidence, at";

impl Changes<'_> {
    /// Keeps a receipt.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_receipt(&mut self, receipt: &Receipt) -> Result<(), Error> {
        let sql = format!("INSERT INTO seals ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(&receipt.seal)
            .bind(&receipt.account)
            .bind(&receipt.name)
            .bind(&receipt.digest)
            .bind(column(receipt.size))
            .bind(&receipt.kind)
            .bind(&receipt.signatures)
            .bind(&receipt.evidence)
            .bind(column(receipt.at))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

impl Store {
    /// The newest receipts of an account.
    ///
    /// # Errors
    /// The database's own.
    pub async fn receipts_of(&self, account: &str, most: u32) -> Result<Vec<Receipt>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM seals WHERE account = $1 ORDER BY at DESC, seal LIMIT $2");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account).bind(i64::from(most));
        query.fetch_all(&self.pool).await?.iter().map(read).collect()
    }

    /// One receipt of an account.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_receipt(&self, account: &str, seal: &str) -> Result<Option<Receipt>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM seals WHERE account = $1 AND seal = $2");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account).bind(seal);
        query.fetch_optional(&self.pool).await?.as_ref().map(read).transpose()
    }
}

fn read(row: &AnyRow) -> Result<Receipt, Error> {
    Ok(Receipt {
        seal: row.try_get("seal")?,
        account: row.try_get("account")?,
        name: row.try_get("name")?,
        digest: row.try_get("digest")?,
        size: seconds(row.try_get("size")?),
        kind: row.try_get("kind")?,
        signatures: row.try_get("signatures")?,
        evidence: row.try_get("evidence")?,
        at: seconds(row.try_get("at")?),
    })
}
