//! Locks and accounts (绑锁): which lock may be bound to which account, what a certificate that comes instead of another one means,
//! and who may take a lock away again.
//!
//! The decisions are functions over data ([`decide`], [`at_login`], [`unbind`]); nothing in them reads a database or a clock.

mod at_login;
mod candidate;
mod decide;
mod kept;
pub(crate) mod state;
mod unbind;

pub use at_login::{AtLogin, at_login, successor};
pub use candidate::{Candidate, Held, Owner};
pub use decide::{Bind, Unfit, decide, fits, fits_person};
pub(crate) use kept::row;
pub use state::{Change, Review, Role, Use};
pub use unbind::{NoUnbind, Unbind, unbind};
