//! Locks and accounts (绑锁): which lock may be bound to which account, what a certificate that comes instead of another one means,
//! and who may take a lock away again.
//!
//! The decisions are functions over data ([`decide`], [`at_login`], [`unbind`]); nothing in them reads a database or a clock. What
//! they decide is done in one step of the store (`step`), together with the nonce, the evidence and the audit.

mod at_login;
mod candidate;
mod decide;
mod endpoints;
mod first_login;
mod kept;
mod one;
pub(crate) mod shown;
pub(crate) mod state;
pub(crate) mod step;
mod unbind;

pub use at_login::{AtLogin, at_login, successor};
pub use candidate::{Candidate, Held, Owner};
pub use decide::{Bind, Unfit, adding, decide, fits, fits_person};
pub(crate) use endpoints::router;
pub(crate) use first_login::{Entered, first_login};
pub(crate) use kept::{As, Proved};
pub(crate) use shown::Shown;
pub use state::{Change, Review, Role, Use};
pub use unbind::{NoUnbind, Unbind, unbind};
