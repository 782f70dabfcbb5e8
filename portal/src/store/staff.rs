//! People of a unit whose personal locks are activated (从业人员).

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};

/// Somebody whom a unit has entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their name in data: 43 random characters.
    pub staff: String,
    /// The unit's account.
    pub account: String,
    /// The list they stand in, by the profile's key.
    pub list: String,
    /// Their name.
    pub name: String,
    /// Their id number, bare.
    pub code: String,
    /// The other fields, as a JSON object of texts.
    pub data: String,
    /// `draft`, `waiting`, `valid`, `rejected`, `left`.
    pub state: String,
    /// What the administrator said.
    pub review_reason: Option<String>,
    /// How to reach them, told at the activation.
    pub contact: Option<String>,
    /// Unix seconds.
    pub created_at: u64,
    /// Unix seconds.
    pub submitted_at: Option<u64>,
    /// Unix seconds.
    pub reviewed_at: Option<u64>,
    /// Unix seconds.
    pub left_at: Option<u64>,
}

const COLUMNS: &str = "staff, account, kind, name, code, data, state, review_reason, contact, created_at, submitted_at, \
     reviewed_at, left_at";

impl Store {
    /// A person, by their name in data.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_person(&self, staff: &str) -> Result<Option<Person>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM staff WHERE staff = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(staff).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// A unit's people, in the order in which they were entered.
    ///
    /// # Errors
    /// The database's own.
    pub async fn staff_of(&self, account: &str) -> Result<Vec<Person>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM staff WHERE account = $1 ORDER BY created_at, staff");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account);
        query.fetch_all(&self.pool).await?.iter().map(read).collect()
    }

    /// Everybody who waits for a review, the longest first.
    ///
    /// # Errors
    /// The database's own.
    pub async fn waiting_staff(&self) -> Result<Vec<Person>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM staff WHERE state = 'waiting' ORDER BY submitted_at, staff");
        sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await?.iter().map(read).collect()
    }
}

impl Changes<'_> {
    /// A person, as they are in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn person(&mut self, staff: &str) -> Result<Option<Person>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM staff WHERE staff = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(staff).fetch_optional(self.connection()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Adds a person, or writes one anew. Whoever read first has taken turns about the account.
    ///
    /// # Errors
    /// The database's own.
    pub async fn save_person(&mut self, person: &Person) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO staff
                (staff, account, kind, name, code, data, state, review_reason, contact, created_at, submitted_at, reviewed_at,
                 left_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (staff) DO UPDATE SET
                kind = $3, name = $4, code = $5, data = $6, state = $7, review_reason = $8, contact = $9, submitted_at = $11,
                reviewed_at = $12, left_at = $13",
        )
        .bind(&person.staff)
        .bind(&person.account)
        .bind(&person.list)
        .bind(&person.name)
        .bind(&person.code)
        .bind(&person.data)
        .bind(&person.state)
        .bind(person.review_reason.as_deref())
        .bind(person.contact.as_deref())
        .bind(column(person.created_at))
        .bind(person.submitted_at.map(column))
        .bind(person.reviewed_at.map(column))
        .bind(person.left_at.map(column))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

fn read(row: &AnyRow) -> Result<Person, Error> {
    let time = |name: &str| row.try_get::<Option<i64>, _>(name).map(|time| time.map(seconds));
    Ok(Person {
        staff: row.try_get("staff")?,
        account: row.try_get("account")?,
        list: row.try_get("kind")?,
        name: row.try_get("name")?,
        code: row.try_get("code")?,
        data: row.try_get("data")?,
        state: row.try_get("state")?,
        review_reason: row.try_get("review_reason")?,
        contact: row.try_get("contact")?,
        created_at: seconds(row.try_get("created_at")?),
        submitted_at: time("submitted_at")?,
        reviewed_at: time("reviewed_at")?,
        left_at: time("left_at")?,
    })
}
