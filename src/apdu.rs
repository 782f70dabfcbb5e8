//! ISO/IEC 7816-4 commands and answers, as bytes only: nothing here talks to a lock.

mod answer;
mod command;
#[cfg(feature = "full")]
pub(crate) mod instruction;
mod response;
mod status;

pub use answer::{Answer, Next};
pub use command::{Command, Form};
#[cfg(feature = "full")]
pub use instruction::Instruction;
pub use response::Response;
pub use status::Status;
