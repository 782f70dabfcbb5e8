//! How often a name's password was guessed wrong in a row. Names that nobody has are counted like others: an answer then says
//! nothing about whether there is such a name.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};

/// How long tries at a name are remembered when nobody has it, in seconds.
const REMEMBERED: u64 = 86_400;

/// What people type as a name may be a password by mistake: it is not kept.
fn key(login_name: &str) -> String {
    Base64::encode_string(&Sha256::digest(login_name.as_bytes()))
}

impl Store {
    /// Counts a try before the password is looked at, so that tries at the same moment cannot be more than allowed. `None`: the
    /// name is locked; otherwise how many are left if this one is wrong.
    ///
    /// # Errors
    /// The database's own.
    pub async fn count_try(&self, login_name: &str, now: u64, attempts: u32) -> Result<Option<u32>, Error> {
        let mut changes = self.begin().await?;
        let counted = sqlx::query(
            "INSERT INTO password_tries (name_sha256, wrong, last_at) VALUES ($1, 1, $2)
             ON CONFLICT (name_sha256) DO UPDATE SET wrong = password_tries.wrong + 1, last_at = $2
             WHERE password_tries.wrong < $3",
        )
        .bind(key(login_name))
        .bind(column(now))
        .bind(i64::from(attempts))
        .execute(changes.connection())
        .await?;
        if counted.rows_affected() != 1 {
            return Ok(None);
        }
        let row = sqlx::query("SELECT wrong FROM password_tries WHERE name_sha256 = $1")
            .bind(key(login_name))
            .fetch_one(changes.connection())
            .await?;
        let wrong = u32::try_from(row.try_get::<i64, _>("wrong")?).unwrap_or(attempts);
        changes.commit().await?;
        Ok(Some(attempts.saturating_sub(wrong)))
    }

    /// Wrong passwords in a row for a name; as many as the profile's `attempts`: it is locked.
    ///
    /// # Errors
    /// The database's own.
    pub async fn wrong_passwords(&self, login_name: &str) -> Result<u32, Error> {
        let row = sqlx::query("SELECT wrong FROM password_tries WHERE name_sha256 = $1")
            .bind(key(login_name))
            .fetch_optional(&self.pool)
            .await?;
        let wrong = row.map(|row| row.try_get::<i64, _>("wrong")).transpose()?.map_or(0, seconds);
        Ok(u32::try_from(wrong).unwrap_or(u32::MAX))
    }

    /// Forgets tries at names that nobody has. An account stays locked until somebody unlocks it, so its tries are kept.
    pub(super) async fn purge_tries(&self, now: u64) -> Result<(), Error> {
        let _writer = self.writer().await?;
        let old = column(now.saturating_sub(REMEMBERED));
        let rows = sqlx::query("SELECT name_sha256 FROM password_tries WHERE last_at < $1")
            .bind(old)
            .fetch_all(&self.pool)
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let names = sqlx::query("SELECT login_name FROM accounts").fetch_all(&self.pool).await?;
        let names = names.iter().map(|row| row.try_get::<String, _>("login_name"));
        let kept =
            names.map(|name| name.map(|name| key(&name))).collect::<Result<std::collections::HashSet<_>, _>>()?;
        for row in rows {
            let name: String = row.try_get("name_sha256")?;
            if !kept.contains(&name) {
                sqlx::query("DELETE FROM password_tries WHERE name_sha256 = $1 AND last_at < $2")
                    .bind(name)
                    .bind(old)
                    .execute(&self.pool)
                    .await?;
            }
        }
        Ok(())
    }
}

impl Changes<'_> {
    /// A name's password was right, or somebody unlocks it: nothing is counted against it any more.
    ///
    /// # Errors
    /// The database's own.
    pub async fn forget_tries(&mut self, login_name: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM password_tries WHERE name_sha256 = $1")
            .bind(key(login_name))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
