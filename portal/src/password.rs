//! Passwords: what they must look like, and how they are kept and compared (argon2id).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use calock::Code;
use tokio::sync::Semaphore;

use crate::number;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::rules::Password;

/// Passwords that are worked on at once: each takes 19 MiB and a processor.
static WORKERS: Semaphore = Semaphore::const_new(2);

/// A hash of nothing that anybody knows, so that a name that nobody has takes as long as one that somebody has.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2Fsb2NrLW5vYm9keQ$5Z3yyH4mVCaBZ8Ff0bqG6Sf8x3sRXk8Vf0mZ1l0bB3A";

/// Whether a new password is one by the portal's rules.
///
/// # Errors
/// `FORM_INVALID` for `field` with `length` or `mixed`.
pub(crate) fn check(rules: &Password, password: &str, field: &str) -> Result<(), Refusal> {
    let [fewest, most] = rules.length;
    if !(fewest..=most).contains(&password.chars().count()) {
        return Err(Refusal::form(field, "length"));
    }
    let has = |wanted: fn(char) -> bool| password.chars().any(wanted);
    if rules.mixed && !(has(char::is_alphabetic) && has(|letter| letter.is_ascii_digit())) {
        return Err(Refusal::form(field, "mixed"));
    }
    Ok(())
}

/// A password that people can read to each other, with letters and digits, of 2 to 24 characters.
///
/// # Errors
/// `INTERNAL` when the system gives no randomness.
pub(crate) fn generated(length: usize) -> calock::Result<String> {
    let length = length.clamp(2, 24);
    loop {
        let text: String = format!("{}{}", number::make()?, number::make()?).chars().take(length).collect();
        let has = |wanted: fn(&char) -> bool| text.chars().any(|letter| wanted(&letter));
        if has(char::is_ascii_digit) && has(char::is_ascii_alphabetic) {
            return Ok(text.to_ascii_lowercase());
        }
    }
}

/// How a password is kept.
///
/// # Errors
/// `INTERNAL`.
pub(crate) async fn hash(password: String) -> Result<String, Refusal> {
    work(move || {
        let hashed = Argon2::default().hash_password(password.as_bytes());
        hashed.map(|hash| hash.to_string()).map_err(|_| Code::Internal.into())
    })
    .await
}

/// Whether a password is the one that is kept; with none kept it is not, after the same work.
///
/// # Errors
/// `INTERNAL`.
pub(crate) async fn is_right(password: String, kept: Option<String>) -> Result<bool, Refusal> {
    work(move || {
        let hash = PasswordHash::new(kept.as_deref().unwrap_or(NOBODYS)).map_err(|_| Code::Internal)?;
        let same = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        Ok(same && kept.is_some())
    })
    .await
}

/// One try at a name's password, counted whether or not there is such a name. A right one is still counted until the step that it
/// leads to forgets it ([`crate::store::Changes::forget_tries`]).
///
/// # Errors
/// `ACCOUNT_LOCKED`, `PASSWORD_WRONG` with `left`, `STORE_UNAVAILABLE`.
pub(crate) async fn try_at(
    portal: &Portal,
    login_name: &str,
    password: String,
    kept: Option<String>,
) -> Result<(), Refusal> {
    let attempts = portal.rules().password.attempts;
    let left = portal.store().count_try(login_name, portal.now(), attempts).await?.ok_or(Code::AccountLocked)?;
    match is_right(password, kept).await? {
        true => Ok(()),
        false => Err(Refusal::new(Code::PasswordWrong).with("left", left)),
    }
}

async fn work<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    let _worker = WORKERS.acquire().await.map_err(|_| Code::Internal)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Code::Internal)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    fn now<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn a_password_is_kept_as_something_else_and_found_again() {
        let kept = now(hash("Pa55word".into())).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(now(is_right("Pa55word".into(), Some(kept.clone()))).unwrap());
        assert!(!now(is_right("pa55word".into(), Some(kept.clone()))).unwrap());
        assert_ne!(now(hash("Pa55word".into())).unwrap(), kept, "salted");
        assert!(!now(is_right("Pa55word".into(), None)).unwrap());
    }

    /// D03: 6–15 letters and digits.
    #[test]
    fn a_new_one_follows_the_rules() {
        let rules = builtin("lanxi").unwrap().password;
        let of = |password: &str| check(&rules, password, "password").map_err(|refusal| refusal.code);
        assert_eq!(of("abc123"), Ok(()));
        assert_eq!(of("中文密码12"), Ok(()));
        for wrong in ["abc12", "abcdefgh", "12345678", "abcdefgh12345678"] {
            assert_eq!(of(wrong), Err(Code::FormInvalid), "{wrong}");
        }
    }
}
