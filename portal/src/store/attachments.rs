//! Files that belong to accounts, people or requests. A file arrives in parts, each kept by itself, and becomes one when it is
//! attached: nobody waits for a slow upload, and no file is ever whole in memory.

use base64ct::{Base64, Encoding};
use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};

/// Bytes of a part in the database; a multiple of three has no padding.
pub const PART: usize = 192 * 1024;
/// How long parts that were never attached are kept, in seconds.
const FORGOTTEN: u64 = 60 * 60;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name in data: 43 random characters.
    pub attachment: String,
    /// To what it belongs: an account, a person of the staff, a request.
    pub owner: String,
    /// As what.
    pub key: String,
    /// The file's name.
    pub name: String,
    /// Its media type, as its bytes say.
    pub media: String,
    /// Bytes.
    pub size: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// Unix seconds.
    pub at: u64,
}

const READ_PART: &str = "SELECT bytes FROM attachment_parts WHERE attachment = $1 AND part = $2";
const COLUMNS: &str = "attachment, owner, key, name, media, size, sha256, at";

impl Store {
    /// Keeps a part of a file that is arriving.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_part(&self, attachment: &str, part: u64, bytes: &[u8], now: u64) -> Result<(), Error> {
        let text = Base64::encode_string(bytes);
        let _writer = self.writer().await?;
        sqlx::query("INSERT INTO attachment_parts (attachment, part, bytes, at) VALUES ($1, $2, $3, $4)")
            .bind(attachment)
            .bind(column(part))
            .bind(text)
            .bind(column(now))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// One part of a file; none after the last.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_part(&self, attachment: &str, part: u64) -> Result<Option<Vec<u8>>, Error> {
        let query = sqlx::query(READ_PART).bind(attachment).bind(column(part));
        query.fetch_optional(&self.pool).await?.as_ref().map(read_part).transpose()
    }

    /// What is attached to somebody or something, by key.
    ///
    /// # Errors
    /// The database's own.
    pub async fn attachments_of(&self, owner: &str) -> Result<Vec<Attachment>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM attachments WHERE owner = $1 ORDER BY key");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner);
        query.fetch_all(&self.pool).await?.iter().map(read).collect()
    }

    /// One file of somebody or something.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_attachment(&self, owner: &str, key: &str) -> Result<Option<Attachment>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM attachments WHERE owner = $1 AND key = $2");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner).bind(key).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// Sweeps parts of files that never became one and no longer can, or were replaced.
    pub(super) async fn purge_parts(&self, now: u64) -> Result<(), Error> {
        let _writer = self.writer().await?;
        sqlx::query(
            "DELETE FROM attachment_parts WHERE at < $1
             AND attachment NOT IN (SELECT attachment FROM attachments)
             AND attachment NOT IN (SELECT upload FROM uploads)",
        )
        .bind(column(now.saturating_sub(FORGOTTEN)))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

impl Changes<'_> {
    /// One part of a file that is arriving.
    pub(super) async fn part(&mut self, attachment: &str, part: u64) -> Result<Option<Vec<u8>>, Error> {
        let query = sqlx::query(READ_PART).bind(attachment).bind(column(part));
        query.fetch_optional(self.connection()).await?.as_ref().map(read_part).transpose()
    }

    /// Keeps a part, instead of one that was there.
    pub(super) async fn put_part(&mut self, attachment: &str, part: u64, bytes: &[u8], now: u64) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO attachment_parts (attachment, part, bytes, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (attachment, part) DO UPDATE SET bytes = excluded.bytes, at = excluded.at",
        )
        .bind(attachment)
        .bind(column(part))
        .bind(Base64::encode_string(bytes))
        .bind(column(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Attaches a file whose parts have arrived, instead of one that was there under the same key.
    ///
    /// # Errors
    /// The database's own.
    pub async fn attach(&mut self, file: &Attachment) -> Result<(), Error> {
        self.detach(&file.owner, &file.key).await?;
        sqlx::query(
            "INSERT INTO attachments (attachment, owner, key, name, media, size, sha256, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&file.attachment)
        .bind(&file.owner)
        .bind(&file.key)
        .bind(&file.name)
        .bind(&file.media)
        .bind(column(file.size))
        .bind(&file.sha256)
        .bind(column(file.at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Takes a file away; `false`: there was none.
    ///
    /// # Errors
    /// The database's own.
    pub async fn detach(&mut self, owner: &str, key: &str) -> Result<bool, Error> {
        let gone = sqlx::query("DELETE FROM attachments WHERE owner = $1 AND key = $2")
            .bind(owner)
            .bind(key)
            .execute(self.connection())
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}

fn read_part(row: &AnyRow) -> Result<Vec<u8>, Error> {
    let text: String = row.try_get("bytes")?;
    Base64::decode_vec(&text).map_err(|error| Error::Decode(error.to_string().into()))
}

fn read(row: &AnyRow) -> Result<Attachment, Error> {
    Ok(Attachment {
        attachment: row.try_get("attachment")?,
        owner: row.try_get("owner")?,
        key: row.try_get("key")?,
        name: row.try_get("name")?,
        media: row.try_get("media")?,
        size: seconds(row.try_get("size")?),
        sha256: row.try_get("sha256")?,
        at: seconds(row.try_get("at")?),
    })
}
