//! How often something may be asked, shared by all processes: for each name the time from which on nothing is owed any more.
//!
//! That is a token bucket kept as one number (the generic cell rate algorithm): every request adds `interval` to what is owed, and
//! one that would owe more than `burst` intervals is refused and adds nothing. More than can be owed was written by a clock that
//! has been put right since, and is forgotten.

use sqlx::{Error, Row};

use super::{Store, column, seconds};

impl Store {
    /// Takes a token from a bucket. `Err(milliseconds)` inside says how long to wait for the next one. Both times in
    /// milliseconds.
    ///
    /// # Errors
    /// The database's own.
    pub async fn take(&self, bucket: &str, now: u64, interval: u64, burst: u64) -> Result<Result<(), u64>, Error> {
        let _writer = self.writer().await?;
        let full = interval.saturating_mul(burst.saturating_sub(1));
        let taken = sqlx::query(
            "INSERT INTO buckets (bucket, free_at) VALUES ($1, $2)
             ON CONFLICT (bucket) DO UPDATE
             SET free_at = CASE WHEN buckets.free_at BETWEEN $3 AND $6 THEN buckets.free_at ELSE $3 END + $4
             WHERE buckets.free_at <= $5 OR buckets.free_at > $6",
        )
        .bind(bucket)
        .bind(column(now.saturating_add(interval)))
        .bind(column(now))
        .bind(column(interval))
        .bind(column(now.saturating_add(full)))
        .bind(column(now.saturating_add(full).saturating_add(interval)))
        .execute(&self.pool)
        .await?;
        if taken.rows_affected() == 1 {
            return Ok(Ok(()));
        }
        let row = sqlx::query("SELECT free_at FROM buckets WHERE bucket = $1")
            .bind(bucket)
            .fetch_optional(&self.pool)
            .await?;
        let free_at = row.map(|row| row.try_get::<i64, _>("free_at")).transpose()?.map_or(now, seconds);
        Ok(Err(free_at.saturating_sub(full).saturating_sub(now)))
    }

    pub(super) async fn purge_buckets(&self, now: u64) -> Result<(), Error> {
        let _writer = self.writer().await?;
        sqlx::query("DELETE FROM buckets WHERE free_at <= $1")
            .bind(column(now.saturating_mul(1000)))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
