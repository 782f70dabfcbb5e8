//! Records that an account keeps besides its basic data (资质, 业绩, 人员, 获奖): versions that are only added, signed where the portal
//! wants a lock for it.

mod basic;
mod endpoints;
mod form;
mod shown;

pub(crate) use basic::{events, history};
pub(crate) use endpoints::router;
pub use form::{Action, Entry, Fault, State, check_fields};
