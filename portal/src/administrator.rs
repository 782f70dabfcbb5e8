//! People who administer a portal. Nobody registers as one: an operator makes them, at the machine.

use std::fmt;

use serde_json::json;

use crate::names::fold;
use crate::refusal::Refusal;
use crate::store::{Account, AccountKind, AccountState, Audit, Saved, Store};
use crate::{password, random};

/// The shortest password of an administrator, in characters.
const SHORTEST: usize = 10;
/// The longest of anybody, as `argon2` works on it.
const LONGEST: usize = 128;

/// Why there is no administrator now.
#[derive(Debug)]
pub enum NotMade {
    /// The name is empty, longer than 50 characters, or has control characters.
    Name,
    /// The name is a user's.
    Taken,
    /// The password has fewer than 10 characters, or more than 128.
    Password,
    /// The database's own reason.
    Store(sqlx::Error),
    /// The system gives no randomness.
    Random,
}

impl fmt::Display for NotMade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("the name must have 1 to 50 characters"),
            Self::Taken => f.write_str("the name is a user's"),
            Self::Password => write!(f, "the password must have {SHORTEST} to {LONGEST} characters"),
            Self::Store(error) => write!(f, "database: {error}"),
            Self::Random => f.write_str("the system gives no randomness"),
        }
    }
}

impl std::error::Error for NotMade {}

impl From<sqlx::Error> for NotMade {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for NotMade {
    fn from(_: Refusal) -> Self {
        Self::Random
    }
}

impl From<calock::Error> for NotMade {
    fn from(_: calock::Error) -> Self {
        Self::Random
    }
}

/// Makes an administrator, or gives the one of this name a new password. Without a password one is made. Whoever was logged in
/// under the name is not any more. The password comes back; it is kept nowhere else than hashed.
///
/// # Errors
/// [`NotMade`].
pub async fn make(store: &Store, name: &str, password: Option<String>, now: u64) -> Result<String, NotMade> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 50 || name.chars().any(char::is_control) {
        return Err(NotMade::Name);
    }
    let password = match password {
        Some(password) => password,
        None => password::generated(16)?,
    };
    if !(SHORTEST..=LONGEST).contains(&password.chars().count()) {
        return Err(NotMade::Password);
    }
    let hash = password::hash(password.clone()).await?;
    let login_name = fold(name);
    let mut changes = store.begin().await?;
    changes.take_turns(&format!("name:{login_name}")).await?;
    let known = changes.account_by_login(&login_name).await?;
    let is_new = known.is_none();
    let mut account = match known {
        None => new(name, &login_name, now)?,
        Some(known) if known.kind == AccountKind::Admin => known,
        Some(_) => return Err(NotMade::Taken),
    };
    account.password_hash = Some(hash);
    let done = if is_new {
        changes.insert_account(&account).await?
    } else {
        changes.save_account(&account).await? == Saved::Done
    };
    if !done {
        return Err(NotMade::Taken);
    }
    changes.forget_tries(&login_name).await?;
    changes.end_sessions_of_account(&account.account, None).await?;
    let entry = Audit {
        at: now,
        actor: "portal",
        account: Some(&account.account),
        action: if is_new { "register" } else { "reset-password" },
        object: None,
        detail: json!({"administrator": name}),
        evidence: None,
    };
    changes.audit(&entry).await?;
    changes.commit().await?;
    Ok(password)
}

fn new(name: &str, login_name: &str, now: u64) -> Result<Account, NotMade> {
    Ok(Account {
        account: random::token()?,
        kind: AccountKind::Admin,
        name: name.into(),
        code: None,
        login_name: login_name.into(),
        password_hash: None,
        activation: None,
        proved: None,
        state: AccountState::Valid,
        roles: "[]".into(),
        data: "{}".into(),
        approved: None,
        strength: None,
        letter: None,
        commitment: None,
        committed_at: None,
        review_reason: None,
        created_at: now,
        submitted_at: None,
        reviewed_at: None,
        effective_at: None,
        version: 1,
    })
}
