//! What was submitted: basic data and records, every version, with how strongly it was vouched for. Versions are only added.

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, Strength, column, seconds};

/// One version of one record. Basic data are the record that has the account's own name, of kind `basic`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The record's name.
    pub record: String,
    /// From 1.
    pub version: u64,
    /// Whose.
    pub account: String,
    /// `basic`, `commitment`, or a kind of the profile.
    pub kind: String,
    /// What was done: `submit`, `create`, `change`, `void`, `restore`.
    pub action: String,
    /// The content after it, as JSON.
    pub data: String,
    /// The text that was posted and, when there is evidence, signed.
    pub form_text: String,
    /// Hex digest of that text, as the statement has it; none without signature.
    pub digest: Option<String>,
    /// How strongly.
    pub strength: Strength,
    /// The evidence record.
    pub evidence: Option<String>,
    /// A word of its kind.
    pub state: String,
    /// Unix seconds.
    pub at: u64,
}

const COLUMNS: &str = "record, version, account, kind, action, data, form_text, digest, strength, evidence, state, at";

impl Changes<'_> {
    /// Adds a version. Of two that add the same one, the second is refused by the primary key.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_submission(&mut self, submission: &Submission) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO submissions
                (record, version, account, kind, action, data, form_text, digest, strength, evidence, state, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(&submission.record)
        .bind(column(submission.version))
        .bind(&submission.account)
        .bind(&submission.kind)
        .bind(&submission.action)
        .bind(&submission.data)
        .bind(&submission.form_text)
        .bind(submission.digest.as_deref())
        .bind(submission.strength.as_str())
        .bind(submission.evidence.as_deref())
        .bind(&submission.state)
        .bind(column(submission.at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The newest version of a record, as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn newest(&mut self, record: &str) -> Result<Option<Submission>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM submissions WHERE record = $1 ORDER BY version DESC LIMIT 1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(record).fetch_optional(self.connection()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The newest version of a record; 0 when there is none.
    ///
    /// # Errors
    /// The database's own.
    pub async fn newest_version(&mut self, record: &str) -> Result<u64, Error> {
        let row = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM submissions WHERE record = $1")
            .bind(record)
            .fetch_one(self.connection())
            .await?;
        row.try_get("version").map(seconds)
    }
}

impl Store {
    /// Every version of a record of an account, newest first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn versions(&self, account: &str, record: &str) -> Result<Vec<Submission>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM submissions WHERE account = $1 AND record = $2 ORDER BY version DESC");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account).bind(record);
        query.fetch_all(&self.pool).await?.iter().map(read).collect()
    }
}

pub(super) fn read(row: &AnyRow) -> Result<Submission, Error> {
    Ok(Submission {
        record: row.try_get("record")?,
        version: seconds(row.try_get("version")?),
        account: row.try_get("account")?,
        kind: row.try_get("kind")?,
        action: row.try_get("action")?,
        data: row.try_get("data")?,
        form_text: row.try_get("form_text")?,
        digest: row.try_get("digest")?,
        strength: Strength::parse(&row.try_get::<String, _>("strength")?),
        evidence: row.try_get("evidence")?,
        state: row.try_get("state")?,
        at: seconds(row.try_get("at")?),
    })
}
