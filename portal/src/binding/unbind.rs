//! Who may take a lock away from an account.

use crate::rules::Rules;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbind<'a> {
    /// A user in a session by lock, with a statement signed by the lock of this fingerprint, or none.
    ByLock(Option<&'a str>),
    /// A user in a session by password: their locks are lost, and the portal lets the password in beside bound locks.
    ByPassword,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoUnbind {
    /// `STATE_CONFLICT` `administrator-only`.
    AdministratorOnly,
    /// `NEED_CA_TO_SUBMIT`: the signature is missing.
    Unsigned,
    /// `KEY_NOT_BOUND`: signed by a lock that is none of the account's.
    Stranger,
}

/// Decides. `living` are the fingerprints of the account's living locks.
///
/// # Errors
/// [`NoUnbind`].
pub fn unbind(rules: &Rules, asks: Unbind<'_>, living: &[&str]) -> Result<(), NoUnbind> {
    match asks {
        _ if !rules.unbinding.by_user => Err(NoUnbind::AdministratorOnly),
        Unbind::ByLock(None) => Err(NoUnbind::Unsigned),
        Unbind::ByLock(Some(lock)) if !living.contains(&lock) => Err(NoUnbind::Stranger),
        Unbind::ByLock(Some(_)) => Ok(()),
        // Where locks replace the password, a session by password can hold no living lock that it could take away.
        Unbind::ByPassword if rules.password.once_bound => Ok(()),
        Unbind::ByPassword => Err(NoUnbind::Unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    #[test]
    fn a_user_signs_with_any_lock_of_the_account() {
        let daxing = builtin("daxing").unwrap();
        assert_eq!(unbind(&daxing, Unbind::ByLock(Some("b")), &["a", "b"]), Ok(()), "B15");
        assert_eq!(unbind(&daxing, Unbind::ByLock(None), &["a"]), Err(NoUnbind::Unsigned));
        assert_eq!(unbind(&daxing, Unbind::ByLock(Some("c")), &["a"]), Err(NoUnbind::Stranger));
        assert_eq!(unbind(&daxing, Unbind::ByPassword, &["a"]), Err(NoUnbind::Unsigned), "B04");
    }

    #[test]
    fn a_password_does_where_it_still_logs_in() {
        assert_eq!(unbind(&builtin("lanxi").unwrap(), Unbind::ByPassword, &["a"]), Ok(()));
    }

    /// A22, C19: scans go to an administrator.
    #[test]
    fn some_portals_leave_it_to_administrators() {
        for name in ["fengtai", "changde"] {
            let rules = builtin(name).unwrap();
            assert_eq!(unbind(&rules, Unbind::ByLock(Some("a")), &["a"]), Err(NoUnbind::AdministratorOnly), "{name}");
        }
    }
}
