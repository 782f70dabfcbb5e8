//! What every language needs: a way to send a command, and what a refusing status word means.

use crate::apdu::{Command, Response, Status};
use crate::error::{Code, Error, Result};
use crate::prelude::*;
use crate::wait::Boxed;

/// Sends a command and gives its whole answer, however many exchanges that takes.
///
/// The future is boxed: a login awaits a dozen of them, and a dozen copies of what lies below would double the module.
pub trait Channel {
    /// One command.
    ///
    /// # Errors
    /// What the link and its deadlines report; a refusing status word is no error here.
    fn transmit(&self, command: Command) -> Boxed<'_, Result<Response>>;
}

/// The data of an answer that says 9000.
///
/// # Errors
/// Otherwise the code that its status word stands for: `PIN_WRONG` with the tries left, `PIN_LOCKED`, `LOCK_STATUS`.
pub fn accepted(response: Response) -> Result<Vec<u8>> {
    let status = response.status;
    if status == Status::OK {
        return Ok(response.data);
    }
    let error = match (status.tries_left(), status) {
        (Some(0), _) | (_, Status::AUTH_LOCKED) => Error::new(Code::PinLocked).with_tries(0),
        (Some(left), _) => Error::new(Code::PinWrong).with_tries(left),
        (None, _) => Error::because(Code::LockStatus, status.name()),
    };
    Err(error.with_status(status.0))
}
