//! Accounts: who is registered here, with what data, and in what state these are.

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, Strength, column, seconds};

/// Who has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// A unit (单位).
    Unit,
    /// A natural person (自然人).
    Person,
    /// Somebody who administers the portal.
    Admin,
}

/// The state of an account's basic data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// Not submitted.
    Draft,
    /// Submitted, to be reviewed.
    Waiting,
    /// Approved.
    Valid,
    /// Sent back.
    Rejected,
    /// Approved, and being changed.
    Changing,
}

/// Makes words of an enumeration, and it of words.
macro_rules! words {
    ($name:ident: $($variant:ident = $text:literal),*) => {
        impl $name {
            /// The word in the database and in answers.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            pub(crate) fn parse(text: &str) -> Result<Self, Error> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(Error::Decode(format!("{text:?} is no {}", stringify!($name)).into())),
                }
            }
        }
    };
}

words!(AccountKind: Unit = "unit", Person = "person", Admin = "admin");
words!(AccountState: Draft = "draft", Waiting = "waiting", Valid = "valid", Rejected = "rejected", Changing = "changing");

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name: 43 random characters.
    pub account: String,
    /// Who has it.
    pub kind: AccountKind,
    /// The unit's or person's name, as it counts: given first, then as approved.
    pub name: String,
    /// The code (单位) or id number (自然人), bare; none before it is known. One account has it.
    pub code: Option<String>,
    /// What is typed as the name at a login by password, folded. One account has it.
    pub login_name: String,
    /// The password, as argon2 writes it.
    pub password_hash: Option<String>,
    /// The code that activates it, while it is not activated.
    pub activation: Option<String>,
    /// The evidence of a registration by certificate, from which name and code were read.
    pub proved: Option<String>,
    /// Of the basic data.
    pub state: AccountState,
    /// Keys of the profile's roles, as a JSON list.
    pub roles: String,
    /// The basic data as edited or submitted last, name and code among them: a JSON object of texts.
    pub data: String,
    /// `{"roles", "data"}` as approved last, JSON; none: never approved.
    pub approved: Option<String>,
    /// How strong the last submission was.
    pub strength: Option<Strength>,
    /// The sealed letter of commitment of the data that were submitted last.
    pub letter: Option<String>,
    /// The one of the data that were approved last.
    pub commitment: Option<String>,
    /// Since when that one holds, unix seconds.
    pub committed_at: Option<u64>,
    /// What the administrator said.
    pub review_reason: Option<String>,
    /// Unix seconds.
    pub created_at: u64,
    /// Unix seconds.
    pub submitted_at: Option<u64>,
    /// Unix seconds.
    pub reviewed_at: Option<u64>,
    /// From when on the account may be used here, once approved, in unix seconds.
    pub effective_at: Option<u64>,
    /// Counts changes.
    pub version: u64,
}

impl Account {
    /// Approved at some time, and here by `now`.
    #[must_use]
    pub fn is_ready(&self, now: u64) -> bool {
        self.approved.is_some() && self.effective_at.is_none_or(|at| at <= now)
    }

    /// Until when approved data are on their way here.
    #[must_use]
    pub fn travels_until(&self, now: u64) -> Option<u64> {
        self.effective_at.filter(|at| self.approved.is_some() && *at > now)
    }
}

const COLUMNS: &str = "account, kind, name, code, login_name, password_hash, activation, proved, state, roles, data, approved, strength, \
     commitment, committed_at, review_reason, created_at, submitted_at, reviewed_at, effective_at, letter, version";

/// A unified code and the organisation code in it (GB 32100, places 9 to 17) are the same holder's.
const BY_CODE: &str = "kind = $1 AND (code = $2 OR (length($2) = 9 AND length(code) = 18 AND substr(code, 9, 9) = $2)
     OR (length($2) = 18 AND length(code) = 9 AND code = substr($2, 9, 9)))";

impl Store {
    /// An account by its name in data.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_account(&self, account: &str) -> Result<Option<Account>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE account = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// The account of a code or id number, bare.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_account_by_code(&self, kind: AccountKind, code: &str) -> Result<Option<Account>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE {BY_CODE} ORDER BY created_at");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(kind.as_str()).bind(code);
        query.fetch_optional(&self.pool).await?.as_ref().map(read).transpose()
    }

    /// The account of a name as it is typed at a login by password, folded.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_account_by_login(&self, login_name: &str) -> Result<Option<Account>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE login_name = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(login_name).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// The account of a unit's name, folded.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_unit_by_name(&self, name_folded: &str) -> Result<Option<Account>, Error> {
        let sql =
            format!("SELECT {COLUMNS} FROM accounts WHERE name_folded = $1 AND kind = 'unit' ORDER BY created_at");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(name_folded).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }
}

impl Changes<'_> {
    /// An account, as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn account(&mut self, account: &str) -> Result<Option<Account>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE account = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account).fetch_optional(self.connection()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The account of a code, as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn account_by_code(&mut self, kind: AccountKind, code: &str) -> Result<Option<Account>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE {BY_CODE} ORDER BY created_at");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(kind.as_str()).bind(code);
        query.fetch_optional(self.connection()).await?.as_ref().map(read).transpose()
    }

    /// The account of a name as it is typed at a login by password, folded, as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn account_by_login(&mut self, login_name: &str) -> Result<Option<Account>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE login_name = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(login_name).fetch_optional(self.connection()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Adds an account of version 1. `false`: code or login name are somebody else's.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_account(&mut self, account: &Account) -> Result<bool, Error> {
        let inserted = sqlx::query(
            "INSERT INTO accounts
                (account, kind, created_at, name, name_folded, code, login_name, password_hash, activation, proved, state,
                 roles, data, approved, strength, commitment, committed_at, review_reason, submitted_at, reviewed_at,
                 effective_at, letter, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, 1)
             ON CONFLICT DO NOTHING",
        )
        .bind(&account.account)
        .bind(account.kind.as_str())
        .bind(column(account.created_at));
        let inserted = bind(inserted, account).execute(self.connection()).await?;
        Ok(inserted.rows_affected() == 1)
    }

    /// Writes an account that was read in this step or before, as its next version.
    ///
    /// # Errors
    /// The database's own.
    pub async fn save_account(&mut self, account: &Account) -> Result<Saved, Error> {
        let saved = sqlx::query(
            "UPDATE accounts SET
                kind = $2, name = $4, name_folded = $5, code = $6, login_name = $7, password_hash = $8, activation = $9,
                proved = $10, state = $11, roles = $12, data = $13, approved = $14, strength = $15, commitment = $16,
                committed_at = $17, review_reason = $18, submitted_at = $19, reviewed_at = $20, effective_at = $21,
                letter = $22, version = version + 1
             WHERE account = $1 AND version = $3",
        )
        .bind(&account.account)
        .bind(account.kind.as_str())
        .bind(column(account.version));
        match bind(saved, account).execute(self.connection()).await {
            Ok(done) if done.rows_affected() == 1 => Ok(Saved::Done),
            Ok(_) => Ok(Saved::Stale),
            Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => {
                Ok(Saved::Taken)
            }
            Err(error) => Err(error),
        }
    }
}

/// What came of writing an account. After anything but `Done` the step is to be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Saved {
    /// It is written.
    Done,
    /// Somebody else wrote it since it was read.
    Stale,
    /// Its code or login name is another account's.
    Taken,
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

/// What a new account and a changed one have in common, from `$4` on.
fn bind<'q>(query: Query<'q>, account: &'q Account) -> Query<'q> {
    query
        .bind(&account.name)
        .bind(crate::names::fold(&account.name))
        .bind(account.code.as_deref())
        .bind(&account.login_name)
        .bind(account.password_hash.as_deref())
        .bind(account.activation.as_deref())
        .bind(account.proved.as_deref())
        .bind(account.state.as_str())
        .bind(&account.roles)
        .bind(&account.data)
        .bind(account.approved.as_deref())
        .bind(account.strength.map(Strength::as_str))
        .bind(account.commitment.as_deref())
        .bind(account.committed_at.map(column))
        .bind(account.review_reason.as_deref())
        .bind(account.submitted_at.map(column))
        .bind(account.reviewed_at.map(column))
        .bind(account.effective_at.map(column))
        .bind(account.letter.as_deref())
}

pub(super) fn read(row: &AnyRow) -> Result<Account, Error> {
    let time = |name: &str| row.try_get::<Option<i64>, _>(name).map(|time| time.map(seconds));
    Ok(Account {
        account: row.try_get("account")?,
        kind: AccountKind::parse(&row.try_get::<String, _>("kind")?)?,
        name: row.try_get("name")?,
        code: row.try_get("code")?,
        login_name: row.try_get("login_name")?,
        password_hash: row.try_get("password_hash")?,
        activation: row.try_get("activation")?,
        proved: row.try_get("proved")?,
        state: AccountState::parse(&row.try_get::<String, _>("state")?)?,
        roles: row.try_get("roles")?,
        data: row.try_get("data")?,
        approved: row.try_get("approved")?,
        strength: row.try_get::<Option<String>, _>("strength")?.map(|word| Strength::parse(&word)),
        letter: row.try_get("letter")?,
        commitment: row.try_get("commitment")?,
        committed_at: time("committed_at")?,
        review_reason: row.try_get("review_reason")?,
        created_at: seconds(row.try_get("created_at")?),
        submitted_at: time("submitted_at")?,
        reviewed_at: time("reviewed_at")?,
        effective_at: time("effective_at")?,
        version: seconds(row.try_get("version")?),
    })
}
