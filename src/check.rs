//! The outcome of one check: verification is tri-state, and nothing is silently good.

#[cfg(feature = "std")]
use crate::revocation::Status;
use crate::{Code, Result};

/// The outcome of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It holds.
    Ok,
    /// It does not hold.
    Failed(Code),
    /// Nobody looked.
    NotChecked,
}

impl Check {
    /// `ok`, `failed`, `not checked`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(_) => "failed",
            Self::NotChecked => "not checked",
        }
    }

    /// The code of a failed check.
    #[must_use]
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Failed(code) => Some(code),
            _ => None,
        }
    }
}

impl<T> From<Result<T>> for Check {
    fn from(result: Result<T>) -> Self {
        result.map_or_else(|error| Self::Failed(error.code), |_| Self::Ok)
    }
}

#[cfg(feature = "std")]
impl From<Status> for Check {
    fn from(status: Status) -> Self {
        match status {
            Status::Good => Self::Ok,
            Status::Revoked { .. } => Self::Failed(Code::CertRevoked),
            Status::Unknown => Self::NotChecked,
        }
    }
}
