//! Letters of commitment: what the portal made, and what came back sealed. The files are attachments of the letter.

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its name in data: 43 random characters.
    pub letter: String,
    /// Whose.
    pub account: String,
    /// The version of the data that it binds: a digest, hexadecimal.
    pub data: String,
    /// SHA-256 of the file as it was made, hexadecimal.
    pub made_sha256: String,
    /// Bytes of that file.
    pub made_size: u64,
    /// How many pages it has.
    pub pages: u64,
    /// Where seals are suggested, JSON.
    pub places: String,
    /// Unix seconds.
    pub made_at: u64,
    /// The receipt of the sealed document that it came back as; none before.
    pub seal: Option<String>,
    /// Name of the evidence of who posted that.
    pub evidence: Option<String>,
    /// Unix seconds.
    pub sealed_at: Option<u64>,
}

const COLUMNS: &str =
    "letter, account, data, made_sha256, made_size, pages, places, made_at, seal, evidence, sealed_at";

impl Store {
    /// A letter by its name.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_letter(&self, letter: &str) -> Result<Option<Letter>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM letters WHERE letter = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(letter).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// The letter of an account that binds this version of its data: the sealed one, else the one that was made last.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_letter_of(&self, account: &str, data: &str) -> Result<Option<Letter>, Error> {
        let row =
            sqlx::query(sqlx::AssertSqlSafe(of_data())).bind(account).bind(data).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }
}

fn of_data() -> String {
    format!(
        "SELECT {COLUMNS} FROM letters WHERE account = $1 AND data = $2
         ORDER BY CASE WHEN sealed_at IS NULL THEN 1 ELSE 0 END, made_at DESC, letter LIMIT 1"
    )
}

impl Changes<'_> {
    /// As [`Store::find_letter_of`], as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn letter_of(&mut self, account: &str, data: &str) -> Result<Option<Letter>, Error> {
        let row = sqlx::query(sqlx::AssertSqlSafe(of_data()))
            .bind(account)
            .bind(data)
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Keeps a letter that was made.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_letter(&mut self, letter: &Letter) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO letters (letter, account, data, made_sha256, made_size, pages, places, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&letter.letter)
        .bind(&letter.account)
        .bind(&letter.data)
        .bind(&letter.made_sha256)
        .bind(column(letter.made_size))
        .bind(column(letter.pages))
        .bind(&letter.places)
        .bind(column(letter.made_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets letters of an account that were made and never sealed; their files are swept.
    ///
    /// # Errors
    /// The database's own.
    pub async fn forget_letters(&mut self, account: &str) -> Result<(), Error> {
        for sql in [
            "DELETE FROM attachments WHERE owner IN
                (SELECT letter FROM letters WHERE account = $1 AND sealed_at IS NULL)",
            "DELETE FROM letters WHERE account = $1 AND sealed_at IS NULL",
        ] {
            sqlx::query(sql).bind(account).execute(self.connection()).await?;
        }
        Ok(())
    }

    /// Keeps what came back sealed. `false`: it was before.
    ///
    /// # Errors
    /// The database's own.
    pub async fn seal_letter(&mut self, letter: &str, seal: &str, evidence: &str, now: u64) -> Result<bool, Error> {
        let done = sqlx::query(
            "UPDATE letters SET seal = $2, evidence = $3, sealed_at = $4
             WHERE letter = $1 AND sealed_at IS NULL",
        )
        .bind(letter)
        .bind(seal)
        .bind(evidence)
        .bind(column(now))
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

fn read(row: &AnyRow) -> Result<Letter, Error> {
    Ok(Letter {
        letter: row.try_get("letter")?,
        account: row.try_get("account")?,
        data: row.try_get("data")?,
        made_sha256: row.try_get("made_sha256")?,
        made_size: seconds(row.try_get("made_size")?),
        pages: seconds(row.try_get("pages")?),
        places: row.try_get("places")?,
        made_at: seconds(row.try_get("made_at")?),
        seal: row.try_get("seal")?,
        evidence: row.try_get("evidence")?,
        sealed_at: row.try_get::<Option<i64>, _>("sealed_at")?.map(seconds),
    })
}
