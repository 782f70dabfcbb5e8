//! Records that an account keeps besides its basic data (资质, 业绩, 人员, 获奖): versions that are only added, signed where the portal
//! wants a lock for it.

mod form;

pub use form::{Action, Entry, Fault, State, check_fields};
