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
    ACCOUNTS,
    SEALS,
    LETTERS,
];

/// Accounts and everything around them.
const ACCOUNTS: &[&str] = &[
    // Evidence of whatever was signed, no longer of logins alone.
    "ALTER TABLE logins RENAME TO evidence",
    "ALTER TABLE evidence RENAME COLUMN login TO evidence",
    "ALTER TABLE evidence ADD COLUMN account TEXT",
    "DROP INDEX logins_at",
    "CREATE INDEX evidence_at ON evidence (at)",
    "CREATE INDEX evidence_account ON evidence (account)",
    // Sessions of accounts; who was logged in stays so.
    "CREATE TABLE account_sessions (
        token_sha256 TEXT PRIMARY KEY,
        evidence TEXT,
        holder TEXT,
        account TEXT,
        binding TEXT,
        product TEXT,
        strength TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "INSERT INTO account_sessions (token_sha256, evidence, holder, strength, created_at, seen_at, expires_at)
     SELECT token_sha256, login, holder, 'ca', created_at, seen_at, expires_at FROM sessions",
    "DROP TABLE sessions",
    "ALTER TABLE account_sessions RENAME TO sessions",
    "CREATE INDEX sessions_expires_at ON sessions (expires_at)",
    "CREATE INDEX sessions_account ON sessions (account)",
    "CREATE TABLE accounts (
        account TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL,
        code TEXT UNIQUE,
        login_name TEXT NOT NULL UNIQUE,
        password_hash TEXT,
        activation TEXT,
        proved TEXT,
        state TEXT NOT NULL,
        roles TEXT NOT NULL,
        data TEXT NOT NULL,
        approved TEXT,
        strength TEXT,
        commitment TEXT,
        committed_at BIGINT,
        review_reason TEXT,
        created_at BIGINT NOT NULL,
        submitted_at BIGINT,
        reviewed_at BIGINT,
        effective_at BIGINT,
        version BIGINT NOT NULL
    )",
    "CREATE INDEX accounts_name_folded ON accounts (name_folded)",
    "CREATE INDEX accounts_state ON accounts (state)",
    // A certificate has one living binding: the partial index refuses a second one, whoever tries.
    "CREATE TABLE bindings (
        binding TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        certificate TEXT NOT NULL,
        serial TEXT NOT NULL,
        subject TEXT NOT NULL,
        holder_name TEXT NOT NULL,
        holder_code TEXT,
        holder_kind TEXT NOT NULL,
        person TEXT,
        issuer TEXT NOT NULL,
        product TEXT NOT NULL,
        family TEXT NOT NULL,
        algorithm TEXT NOT NULL,
        not_after BIGINT NOT NULL,
        role TEXT NOT NULL,
        staff TEXT,
        change_state TEXT NOT NULL,
        review_state TEXT NOT NULL,
        review_reason TEXT,
        replaces TEXT,
        evidence TEXT NOT NULL,
        bound_at BIGINT NOT NULL,
        ended_at BIGINT,
        ended_by TEXT,
        ended_reason TEXT,
        ended_evidence TEXT
    )",
    "CREATE UNIQUE INDEX bindings_living ON bindings (fingerprint) WHERE ended_at IS NULL",
    "CREATE INDEX bindings_account ON bindings (account)",
    "CREATE TABLE staff (
        staff TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        code TEXT NOT NULL,
        data TEXT NOT NULL,
        state TEXT NOT NULL,
        review_reason TEXT,
        contact TEXT,
        created_at BIGINT NOT NULL,
        submitted_at BIGINT,
        reviewed_at BIGINT,
        left_at BIGINT
    )",
    "CREATE INDEX staff_account ON staff (account)",
    "CREATE TABLE requests (
        request TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        account TEXT,
        state TEXT NOT NULL,
        data TEXT NOT NULL,
        fingerprint TEXT,
        evidence TEXT,
        at BIGINT NOT NULL,
        decided_at BIGINT,
        decided_by TEXT,
        reason TEXT
    )",
    "CREATE INDEX requests_state ON requests (state)",
    "CREATE INDEX requests_account ON requests (account)",
    "CREATE INDEX requests_fingerprint ON requests (fingerprint)",
    // Versions are only added. The key of basic data is the account's own name.
    "CREATE TABLE submissions (
        record TEXT NOT NULL,
        version BIGINT NOT NULL,
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        action TEXT NOT NULL,
        data TEXT NOT NULL,
        form_text TEXT NOT NULL,
        digest TEXT,
        strength TEXT NOT NULL,
        evidence TEXT,
        state TEXT NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (record, version)
    )",
    "CREATE INDEX submissions_account ON submissions (account, kind)",
    // A file comes in parts, so that none is ever whole in memory; without its row here they are nobody's and swept.
    "CREATE TABLE attachments (
        attachment TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        name TEXT NOT NULL,
        media TEXT NOT NULL,
        size BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        at BIGINT NOT NULL,
        UNIQUE (owner, key)
    )",
    "CREATE TABLE attachment_parts (
        attachment TEXT NOT NULL,
        part BIGINT NOT NULL,
        bytes TEXT NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (attachment, part)
    )",
    // `id` orders, in microseconds; no database counts alike.
    "CREATE TABLE audit (
        entry TEXT PRIMARY KEY,
        id BIGINT NOT NULL,
        at BIGINT NOT NULL,
        actor TEXT NOT NULL,
        account TEXT,
        action TEXT NOT NULL,
        object TEXT,
        detail TEXT NOT NULL,
        evidence TEXT
    )",
    "CREATE INDEX audit_id ON audit (id)",
    "CREATE INDEX audit_account ON audit (account, id)",
    // What a name's password was guessed wrong, whether or not there is such a name.
    "CREATE TABLE password_tries (
        name_sha256 TEXT PRIMARY KEY,
        known BIGINT NOT NULL,
        wrong BIGINT NOT NULL,
        last_at BIGINT NOT NULL
    )",
    // When the next request of a kind and origin may come, in milliseconds.
    "CREATE TABLE buckets (
        bucket TEXT PRIMARY KEY,
        free_at BIGINT NOT NULL
    )",
];

/// Sealed documents, and the uploads that they come by.
const SEALS: &[&str] = &[
    // The last three columns: the statement that it will be posted by, once there is one.
    "CREATE TABLE uploads (
        upload TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        metadata TEXT NOT NULL,
        size BIGINT NOT NULL,
        received BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        evidence TEXT,
        fingerprint TEXT,
        payload TEXT
    )",
    "CREATE INDEX uploads_account ON uploads (account)",
    "CREATE TABLE seals (
        seal TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        name TEXT NOT NULL,
        digest TEXT NOT NULL,
        size BIGINT NOT NULL,
        kind TEXT NOT NULL,
        signatures TEXT NOT NULL,
        evidence TEXT NOT NULL,
        at BIGINT NOT NULL
    )",
    "CREATE INDEX seals_account ON seals (account, at)",
    // Sweeping looks at every part: here without the bytes between the two columns that it asks for.
    "CREATE INDEX attachment_parts_at ON attachment_parts (at, attachment)",
];

/// Letters of commitment that are sealed. A text that was signed before says nothing of the data; it is sealed anew.
const LETTERS: &[&str] = &[
    "CREATE TABLE letters (
        letter TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        data TEXT NOT NULL,
        made_sha256 TEXT NOT NULL,
        made_size BIGINT NOT NULL,
        pages BIGINT NOT NULL,
        places TEXT NOT NULL,
        made_at BIGINT NOT NULL,
        seal TEXT,
        evidence TEXT,
        sealed_at BIGINT
    )",
    "CREATE INDEX letters_account ON letters (account, data)",
    "ALTER TABLE accounts ADD COLUMN letter TEXT",
    "UPDATE accounts SET commitment = NULL, committed_at = NULL",
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
