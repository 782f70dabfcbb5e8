//! People of a unit (从业人员) and the activation of their personal locks (CA证书激活).

mod activate;
mod endpoints;
mod files;
mod shown;
mod state;

pub(crate) use endpoints::router;
pub(crate) use shown::{all, file};
pub use state::State;
