//! Requests to the portal's people.

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};
use crate::requests::{Kind, State};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number, as it is kept: capitals without hyphens.
    pub number: String,
    /// What is asked for.
    pub kind: Kind,
    /// Whose account it is about, once that is known.
    pub account: Option<String>,
    /// Where it stands.
    pub state: State,
    /// What was said, as JSON.
    pub data: String,
    /// The lock that asks, for a renewal: hex digest of its certificate.
    pub fingerprint: Option<String>,
    /// What that lock signed.
    pub evidence: Option<String>,
    /// Unix seconds.
    pub at: u64,
    /// Unix seconds.
    pub decided_at: Option<u64>,
    /// Who decided: an account.
    pub decided_by: Option<String>,
    /// What they said.
    pub reason: Option<String>,
}

const COLUMNS: &str = "request, kind, account, state, data, fingerprint, evidence, at, decided_at, decided_by, reason";

impl Store {
    /// A request, by its number.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_request(&self, number: &str) -> Result<Option<Request>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM requests WHERE request = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(number).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// Requests in a state, the oldest first; at most 200.
    ///
    /// # Errors
    /// The database's own.
    pub async fn requests_in(&self, state: State) -> Result<Vec<Request>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM requests WHERE state = $1 ORDER BY at, request LIMIT 200");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(state.as_str());
        query.fetch_all(&self.pool).await?.iter().map(read).collect()
    }

    /// Requests about an account, the newest first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn requests_of(&self, account: &str) -> Result<Vec<Request>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM requests WHERE account = $1 ORDER BY at DESC, request");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account);
        query.fetch_all(&self.pool).await?.iter().map(read).collect()
    }

    /// Whether a request of a kind waits about an account.
    ///
    /// # Errors
    /// The database's own.
    pub async fn waits(&self, kind: Kind, account: &str) -> Result<bool, Error> {
        let row =
            sqlx::query("SELECT request FROM requests WHERE kind = $1 AND account = $2 AND state = 'waiting' LIMIT 1")
                .bind(kind.as_str())
                .bind(account)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.is_some())
    }

    /// Forgets requests that were never handed in, and what was uploaded for them.
    pub(super) async fn purge_drafts(&self, now: u64) -> Result<(), Error> {
        const KEPT: u64 = 7 * 24 * 60 * 60;
        let old = column(now.saturating_sub(KEPT));
        let mut changes = self.begin().await?;
        sqlx::query(
            "DELETE FROM attachments WHERE owner IN (SELECT request FROM requests WHERE state = 'draft' AND at < $1)",
        )
        .bind(old)
        .execute(changes.connection())
        .await?;
        sqlx::query("DELETE FROM requests WHERE state = 'draft' AND at < $1")
            .bind(old)
            .execute(changes.connection())
            .await?;
        changes.commit().await
    }
}

impl Changes<'_> {
    /// A request, as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn request(&mut self, number: &str) -> Result<Option<Request>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM requests WHERE request = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(number).fetch_optional(self.connection()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The request of a kind that waits about an account, as it is in this step; of one lock if a fingerprint is given.
    ///
    /// # Errors
    /// The database's own.
    pub async fn waiting_request(
        &mut self,
        kind: Kind,
        account: &str,
        fingerprint: Option<&str>,
    ) -> Result<Option<Request>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM requests
             WHERE kind = $1 AND account = $2 AND state = 'waiting' AND ($3 = '' OR fingerprint = $3)
             ORDER BY at DESC"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(kind.as_str()).bind(account);
        let row = query.bind(fingerprint.unwrap_or_default()).fetch_optional(self.connection()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Keeps a new request.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_request(&mut self, request: &Request) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO requests (request, kind, account, state, data, fingerprint, evidence, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&request.number)
        .bind(request.kind.as_str())
        .bind(request.account.as_deref())
        .bind(request.state.as_str())
        .bind(&request.data)
        .bind(request.fingerprint.as_deref())
        .bind(request.evidence.as_deref())
        .bind(column(request.at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Brings a request from one state to the next, with whatever else was written into it. `false`: it has left that state.
    ///
    /// # Errors
    /// The database's own.
    pub async fn move_request(&mut self, from: State, request: &Request) -> Result<bool, Error> {
        let moved = sqlx::query(
            "UPDATE requests SET account = $1, state = $2, decided_at = $3, decided_by = $4, reason = $5
             WHERE request = $6 AND state = $7",
        )
        .bind(request.account.as_deref())
        .bind(request.state.as_str())
        .bind(request.decided_at.map(column))
        .bind(request.decided_by.as_deref())
        .bind(request.reason.as_deref())
        .bind(&request.number)
        .bind(from.as_str())
        .execute(self.connection())
        .await?;
        Ok(moved.rows_affected() == 1)
    }
}

fn read(row: &AnyRow) -> Result<Request, Error> {
    let word = |name: &str| row.try_get::<String, _>(name);
    let unknown = |text: &str| Error::Decode(format!("{text:?} is no word of a request").into());
    let (kind, state) = (word("kind")?, word("state")?);
    Ok(Request {
        number: word("request")?,
        kind: Kind::parse(&kind).ok_or_else(|| unknown(&kind))?,
        account: row.try_get("account")?,
        state: State::parse(&state).ok_or_else(|| unknown(&state))?,
        data: word("data")?,
        fingerprint: row.try_get("fingerprint")?,
        evidence: row.try_get("evidence")?,
        at: seconds(row.try_get("at")?),
        decided_at: row.try_get::<Option<i64>, _>("decided_at")?.map(seconds),
        decided_by: row.try_get("decided_by")?,
        reason: row.try_get("reason")?,
    })
}
