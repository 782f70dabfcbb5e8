//! ISO/IEC 7816-4 commands and answers, as bytes only: nothing here talks to a lock.

mod answer;
mod command;
mod response;
mod status;

pub use answer::{Answer, Next};
pub use command::{Command, Form};
pub use response::Response;
pub use status::Status;
