//! The audit: who did what, when, to what, and the evidence of it. Entries are only added, in the step that they tell of.

use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};
use crate::random;

/// Something that is about to be written down.
#[derive(Clone, Debug)]
pub struct Audit<'a> {
    /// Unix seconds.
    pub at: u64,
    /// Who: an account, or `-` for a holder without one, or `portal` for the portal itself.
    pub actor: &'a str,
    /// To whose account, if to any.
    pub account: Option<&'a str>,
    /// What: a word such as `register`, `bind`, `unbind`, `submit`, `approve`.
    pub action: &'a str,
    /// To what: a binding, a request, a record.
    pub object: Option<&'a str>,
    /// More, without secrets.
    pub detail: serde_json::Value,
    /// The evidence record that proves it.
    pub evidence: Option<&'a str>,
}

/// Something that was written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Orders entries; microseconds.
    pub id: u64,
    /// Unix seconds.
    pub at: u64,
    /// Who.
    pub actor: String,
    /// To whose account.
    pub account: Option<String>,
    /// What.
    pub action: String,
    /// To what.
    pub object: Option<String>,
    /// More, as JSON.
    pub detail: String,
    /// The evidence record.
    pub evidence: Option<String>,
}

impl Changes<'_> {
    /// Writes an entry.
    ///
    /// # Errors
    /// The database's own.
    pub async fn audit(&mut self, audit: &Audit<'_>) -> Result<(), Error> {
        let name = random::token().map_err(|error| Error::Configuration(error.to_string().into()))?;
        let within = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::from(since.subsec_micros()));
        // The portal's clock and the system's need not turn their seconds together: whatever is written later stands later.
        sqlx::query(
            "INSERT INTO audit (entry, id, at, actor, account, action, object, detail, evidence)
             VALUES ($1, (SELECT CASE WHEN MAX(id) >= $2 THEN MAX(id) + 1 ELSE $2 END FROM audit), $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(name)
        .bind(column(audit.at.saturating_mul(1_000_000).saturating_add(within)))
        .bind(column(audit.at))
        .bind(audit.actor)
        .bind(audit.account)
        .bind(audit.action)
        .bind(audit.object)
        .bind(audit.detail.to_string())
        .bind(audit.evidence)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Store {
    /// The newest entries about an account, before an `id` if one is given.
    ///
    /// # Errors
    /// The database's own.
    pub async fn audit_of(&self, account: &str, before: Option<u64>, most: u32) -> Result<Vec<Entry>, Error> {
        let rows = sqlx::query(
            "SELECT id, at, actor, account, action, object, detail, evidence FROM audit
             WHERE account = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(account)
        .bind(before.map_or(i64::MAX, column))
        .bind(i64::from(most))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }
}

impl Store {
    /// What was written down about one thing of an account, the newest first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn audit_about(&self, account: &str, object: &str) -> Result<Vec<Entry>, Error> {
        let rows = sqlx::query(
            "SELECT id, at, actor, account, action, object, detail, evidence FROM audit
             WHERE account = $1 AND object = $2 ORDER BY id DESC LIMIT 200",
        )
        .bind(account)
        .bind(object)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }
}

pub(super) fn read(row: &AnyRow) -> Result<Entry, Error> {
    Ok(Entry {
        id: seconds(row.try_get("id")?),
        at: seconds(row.try_get("at")?),
        actor: row.try_get("actor")?,
        account: row.try_get("account")?,
        action: row.try_get("action")?,
        object: row.try_get("object")?,
        detail: row.try_get("detail")?,
        evidence: row.try_get("evidence")?,
    })
}
