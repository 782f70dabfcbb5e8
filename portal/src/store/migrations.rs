//! The tables, as numbered steps that run once each.

use std::time::Duration;

use sqlx::{AnyConnection, AnyPool, Error, Row};

use crate::config::Database;

/// Step n brings a database from version n to n + 1. A step that was released is never changed.
const STEPS: &[&[&str]] = &[
    &[
        "CREATE TABLE nonces (
        nonce TEXT PRIMARY KEY,
        purpose TEXT NOT NULL,
        account TEXT,
        payload TEXT,
        time TEXT NOT NULL,
        issued_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        used_at BIGINT
    )",
        "CREATE INDEX nonces_expires_at ON nonces (expires_at)",
        "CREATE TABLE sessions (
        token_sha256 TEXT PRIMARY KEY,
        login TEXT NOT NULL,
        holder TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
        "CREATE INDEX sessions_expires_at ON sessions (expires_at)",
        // The unique nonce is a second lock on the same door: even a faulty UPDATE could not let a nonce log in twice.
        "CREATE TABLE logins (
        login TEXT PRIMARY KEY,
        nonce TEXT NOT NULL UNIQUE,
        purpose TEXT NOT NULL,
        at BIGINT NOT NULL,
        statement TEXT NOT NULL,
        algorithm TEXT NOT NULL,
        signature TEXT NOT NULL,
        certificate TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        holder TEXT NOT NULL,
        software TEXT NOT NULL
    )",
        "CREATE INDEX logins_at ON logins (at)",
    ],
    &[
        // A key has one order: the unique column refuses it a second one.
        "CREATE TABLE ca_orders (
        code TEXT PRIMARY KEY,
        applicant TEXT NOT NULL,
        ordered_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        key_sm3 TEXT UNIQUE,
        delivery TEXT
    )",
    ],
];

/// Settings of one connection.
pub(super) async fn settle(connection: &mut AnyConnection) -> Result<(), Error> {
    if connection.backend_name() == "SQLite" {
        sqlx::query("PRAGMA synchronous = FULL").execute(connection).await?;
    }
    Ok(())
}

/// Brings the tables to this version. Two processes that start together take turns.
pub(super) async fn run(pool: &AnyPool, database: &Database) -> Result<(), Error> {
    let mut transaction = match database {
        Database::Sqlite(_) => {
            write_ahead(pool).await?;
            // IMMEDIATE takes the write lock before anything is read, so nobody else can be half way.
            pool.begin_with("BEGIN IMMEDIATE").await?
        }
        Database::Postgres(_) => {
            let mut transaction = pool.begin().await?;
            // CREATE TABLE IF NOT EXISTS is no protection against a second process; a lock of our own number is.
            sqlx::query("SELECT pg_advisory_xact_lock(4205270)").execute(&mut *transaction).await?;
            transaction
        }
    };
    sqlx::query("CREATE TABLE IF NOT EXISTS calock_schema (version BIGINT PRIMARY KEY)")
        .execute(&mut *transaction)
        .await?;
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM calock_schema")
        .fetch_one(&mut *transaction)
        .await?;
    let done = usize::try_from(row.try_get::<i64, _>("version")?).unwrap_or(0);
    if done > STEPS.len() {
        return Err(Error::Configuration("the database was made by a newer version of calock".into()));
    }
    for (version, step) in (1i64..).zip(STEPS).skip(done) {
        for statement in *step {
            sqlx::query(*statement).execute(&mut *transaction).await?;
        }
        sqlx::query("INSERT INTO calock_schema (version) VALUES ($1)").bind(version).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Switches a SQLite file to WAL mode, which the file then keeps. SQLite refuses at once, without its usual waiting,
/// while another process does the same; so this waits.
async fn write_ahead(pool: &AnyPool) -> Result<(), Error> {
    let mut tries = 0;
    loop {
        match sqlx::query("PRAGMA journal_mode = WAL").execute(pool).await {
            Ok(_) => return Ok(()),
            Err(error) if tries == 50 || !is_busy(&error) => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
        tries += 1;
    }
}

/// SQLITE_BUSY, in the low byte of SQLite's extended codes.
fn is_busy(error: &Error) -> bool {
    const BUSY: u32 = 5;
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xFF == BUSY)
}
