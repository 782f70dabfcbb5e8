//! Files that arrive little by little (tus 1.0.0). Their bytes are parts like those of attachments, so that a file that was posted
//! is one without being copied, a killed server loses nothing that it acknowledged, and every process of a portal sees the same.
//!
//! `received` is the truth: it moves in the step that writes the bytes, and only from where the sender thinks it is. Of two that
//! send at once one moves it, and the other finds it elsewhere.

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::attachments::PART;
use super::{Changes, Store, column, seconds};

/// A file that is arriving, or has arrived and was not posted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name: 43 random characters; the attachment's, once it is one.
    pub upload: String,
    /// Whose.
    pub account: String,
    /// `Upload-Metadata`, as it came.
    pub metadata: String,
    /// Bytes that it will have.
    pub size: u64,
    /// Bytes that are here.
    pub received: u64,
    /// What it will be posted by, if that was said already.
    pub warrant: Option<Warrant>,
    /// Unix seconds.
    pub created_at: u64,
    /// Unix seconds; from this second on it is gone.
    pub expires_at: u64,
}

/// The statement that a file is posted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warrant {
    /// The evidence.
    pub evidence: String,
    /// Whose certificate signed it.
    pub fingerprint: String,
    /// The file's digest, by the hash that goes with that certificate.
    pub payload: String,
}

/// What an account has here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Files that are not posted.
    pub uploads: u64,
    /// Bytes of these, as announced, and of everything that was posted.
    pub bytes: u64,
}

const COLUMNS: &str =
    "upload, account, metadata, size, received, evidence, fingerprint, payload, created_at, expires_at";

impl Store {
    /// A file of this account, while it lives.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_upload(&self, account: &str, upload: &str, now: u64) -> Result<Option<Upload>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM uploads WHERE upload = $1 AND account = $2 AND expires_at > $3");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(upload).bind(account).bind(column(now));
        query.fetch_optional(&self.pool).await?.as_ref().map(read).transpose()
    }

    /// Forgets what expired; its parts are swept with those of nobody.
    pub(super) async fn purge_uploads(&self, now: u64) -> Result<(), Error> {
        let _writer = self.writer().await?;
        let query = sqlx::query("DELETE FROM uploads WHERE expires_at <= $1").bind(column(now));
        query.execute(&self.pool).await.map(drop)
    }
}

impl Changes<'_> {
    /// Announces a file.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_upload(&mut self, upload: &Upload) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO uploads (upload, account, metadata, size, received, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&upload.upload)
        .bind(&upload.account)
        .bind(&upload.metadata)
        .bind(column(upload.size))
        .bind(column(upload.received))
        .bind(column(upload.created_at))
        .bind(column(upload.expires_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// What an account has here.
    ///
    /// # Errors
    /// The database's own.
    pub async fn held_by(&mut self, account: &str, now: u64) -> Result<Held, Error> {
        // A sum of BIGINT is no BIGINT in PostgreSQL.
        let row = sqlx::query(
            "SELECT COUNT(*) AS uploads, CAST(COALESCE(SUM(size), 0) AS BIGINT)
             + (SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM seals WHERE account = $1) AS bytes
             FROM uploads WHERE account = $1 AND expires_at > $2",
        )
        .bind(account)
        .bind(column(now))
        .fetch_one(self.connection())
        .await?;
        Ok(Held { uploads: seconds(row.try_get("uploads")?), bytes: seconds(row.try_get("bytes")?) })
    }

    /// Keeps bytes that begin where the file ends so far; `false`: it ends elsewhere, is gone, or would be longer than announced.
    ///
    /// # Errors
    /// The database's own.
    pub async fn append(
        &mut self,
        upload: &str,
        offset: u64,
        bytes: &[u8],
        now: u64,
        until: u64,
    ) -> Result<bool, Error> {
        let length = bytes.len() as u64;
        let moved = sqlx::query(
            "UPDATE uploads SET received = received + $1, expires_at = $2
             WHERE upload = $3 AND received = $4 AND received + $1 <= size AND expires_at > $5",
        )
        .bind(column(length))
        .bind(column(until))
        .bind(upload)
        .bind(column(offset))
        .bind(column(now))
        .execute(self.connection())
        .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        let size = PART as u64;
        let (mut part, within) = (offset / size, usize::try_from(offset % size).unwrap_or(0));
        let mut bytes = bytes;
        if within > 0 {
            // The last part goes on.
            let mut begun = self.part(upload, part).await?.unwrap_or_default();
            begun.truncate(within);
            let (more, rest) = bytes.split_at(bytes.len().min(PART - within));
            begun.extend_from_slice(more);
            self.put_part(upload, part, &begun, now).await?;
            (bytes, part) = (rest, part + 1);
        }
        for whole in bytes.chunks(PART) {
            self.put_part(upload, part, whole, now).await?;
            part += 1;
        }
        Ok(true)
    }

    /// Notes what a file will be posted by; `false`: there is no such file.
    ///
    /// # Errors
    /// The database's own.
    pub async fn warrant_upload(&mut self, account: &str, upload: &str, warrant: &Warrant) -> Result<bool, Error> {
        let warranted = sqlx::query(
            "UPDATE uploads SET evidence = $1, fingerprint = $2, payload = $3 WHERE upload = $4 AND account = $5",
        )
        .bind(&warrant.evidence)
        .bind(&warrant.fingerprint)
        .bind(&warrant.payload)
        .bind(upload)
        .bind(account)
        .execute(self.connection())
        .await?;
        Ok(warranted.rows_affected() == 1)
    }

    /// Ends an upload, whose parts are swept unless it becomes an attachment in this step; `false`: it is not this account's.
    ///
    /// # Errors
    /// The database's own.
    pub async fn end_upload(&mut self, account: &str, upload: &str) -> Result<bool, Error> {
        let query = sqlx::query("DELETE FROM uploads WHERE upload = $1 AND account = $2").bind(upload).bind(account);
        Ok(query.execute(self.connection()).await?.rows_affected() == 1)
    }
}

fn read(row: &AnyRow) -> Result<Upload, Error> {
    let warrant = match row.try_get::<Option<String>, _>("evidence")? {
        Some(evidence) => {
            Some(Warrant { evidence, fingerprint: row.try_get("fingerprint")?, payload: row.try_get("payload")? })
        }
        None => None,
    };
    Ok(Upload {
        upload: row.try_get("upload")?,
        account: row.try_get("account")?,
        metadata: row.try_get("metadata")?,
        size: seconds(row.try_get("size")?),
        received: seconds(row.try_get("received")?),
        warrant,
        created_at: seconds(row.try_get("created_at")?),
        expires_at: seconds(row.try_get("expires_at")?),
    })
}
