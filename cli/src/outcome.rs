//! How a command ends.

use std::fmt::Display;
use std::process::ExitCode;

/// What a command returns: done, or why not.
pub(crate) type Outcome = Result<(), Failure>;

/// Why a command did not end well.
pub(crate) enum Failure {
    /// The input was understood, and the answer is no. Exit code 1.
    NotValid(String),
    /// The input could not be used. Exit code 2, as for arguments that clap refuses.
    Unusable(String),
}

impl Failure {
    /// Unusable input, named.
    pub(crate) fn unusable(what: impl Display, why: impl Display) -> Self {
        Self::Unusable(format!("{what}: {why}"))
    }
}

/// Ends the program.
pub(crate) trait Exit {
    /// Writes the reason to standard error and gives the exit code.
    fn exit(self) -> ExitCode;
}

impl Exit for Outcome {
    fn exit(self) -> ExitCode {
        let (reason, code) = match self {
            Ok(()) => return ExitCode::SUCCESS,
            Err(Failure::NotValid(reason)) => (reason, 1),
            Err(Failure::Unusable(reason)) => (reason, 2),
        };
        eprintln!("calock: {reason}");
        ExitCode::from(code)
    }
}
