//! What administrators look through: accounts, reviews, the audit.

use sqlx::{Error, Row};

use super::{
    Account, AccountState, Binding, Entry, Store, Submission, accounts, audit, bindings, column, seconds, submissions,
};
use crate::names::{bare, fold};

/// An account in a list.
#[derive(Clone, Debug)]
pub struct Found {
    /// The account.
    pub account: Account,
    /// Its living locks.
    pub living: u64,
    /// When the first of them was bound.
    pub bound_at: Option<u64>,
    /// When somebody last logged in to it.
    pub last_login: Option<u64>,
}

/// What is looked for in the audit; everything when nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// About this account.
    pub account: Option<&'a str>,
    /// This word.
    pub action: Option<&'a str>,
    /// Before this `id`.
    pub before: Option<u64>,
}

impl Store {
    /// Accounts by a part of the name, the code's beginning or the whole login name, and by state; the newest first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn search_accounts(
        &self,
        query: &str,
        state: Option<AccountState>,
        skip: u32,
        most: u32,
    ) -> Result<Vec<Found>, Error> {
        let rows = sqlx::query(
            "SELECT accounts.*,
                (SELECT COUNT(*) FROM bindings WHERE bindings.account = accounts.account AND ended_at IS NULL) AS living,
                (SELECT MIN(bound_at) FROM bindings WHERE bindings.account = accounts.account AND ended_at IS NULL)
                    AS first_bound_at,
                (SELECT MAX(audit.at) FROM audit WHERE audit.account = accounts.account AND action = 'login')
                    AS last_login
             FROM accounts
             WHERE kind <> 'admin' AND ($1 = '' OR state = $1)
                AND (name_folded LIKE $2 ESCAPE '!' OR code LIKE $3 ESCAPE '!' OR login_name = $4)
             ORDER BY created_at DESC, account LIMIT $5 OFFSET $6",
        )
        .bind(state.map_or("", AccountState::as_str))
        .bind(format!("%{}%", literal(&fold(query))))
        .bind(format!("{}%", literal(&bare(query))))
        .bind(fold(query))
        .bind(i64::from(most))
        .bind(i64::from(skip))
        .fetch_all(&self.pool)
        .await?;
        let found = |row: &sqlx::any::AnyRow| {
            let time = |name: &str| row.try_get::<Option<i64>, _>(name).map(|time| time.map(seconds));
            Ok(Found {
                account: accounts::read(row)?,
                living: seconds(row.try_get("living")?),
                bound_at: time("first_bound_at")?,
                last_login: time("last_login")?,
            })
        };
        rows.iter().map(found).collect()
    }

    /// Accounts whose data wait for a review, the longest first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn waiting_accounts(&self) -> Result<Vec<Account>, Error> {
        let rows = sqlx::query("SELECT * FROM accounts WHERE state = 'waiting' ORDER BY submitted_at, account")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(accounts::read).collect()
    }

    /// Locks that wait for a review, the longest first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn waiting_bindings(&self) -> Result<Vec<Binding>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM bindings WHERE review_state = 'waiting' AND ended_at IS NULL ORDER BY bound_at, binding",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(bindings::read).collect()
    }

    /// The newest version of each record of an account that is of this kind, or of any but what makes the account itself; newest
    /// first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn records_of(&self, account: &str, kind: Option<&str>) -> Result<Vec<Submission>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM submissions
             WHERE account = $1 AND record <> $1 AND ($2 = '' OR kind = $2) AND kind NOT IN ('basic', 'commitment', 'registration')
                AND version = (SELECT MAX(version) FROM submissions AS other WHERE other.record = submissions.record)
             ORDER BY at DESC, record",
        )
        .bind(account)
        .bind(kind.unwrap_or_default())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(submissions::read).collect()
    }

    /// Entries of the audit, the newest first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn search_audit(&self, wanted: &Wanted<'_>, most: u32) -> Result<Vec<Entry>, Error> {
        let rows = sqlx::query(
            "SELECT id, at, actor, account, action, object, detail, evidence FROM audit
             WHERE ($1 = '' OR account = $1 OR actor = $1) AND ($2 = '' OR action = $2) AND id < $3
             ORDER BY id DESC LIMIT $4",
        )
        .bind(wanted.account.unwrap_or_default())
        .bind(wanted.action.unwrap_or_default())
        .bind(wanted.before.map_or(i64::MAX, column))
        .bind(i64::from(most))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(audit::read).collect()
    }
}

/// Text for LIKE in which nothing stands for anything else; `!` escapes.
fn literal(text: &str) -> String {
    text.chars()
        .flat_map(|letter| matches!(letter, '%' | '_' | '!').then_some('!').into_iter().chain([letter]))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_looked_for_is_taken_as_it_stands() {
        assert_eq!(super::literal("100%_!"), "100!%!_!!");
    }
}
