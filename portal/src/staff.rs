//! People of a unit (从业人员) and the activation of their personal locks (CA证书激活).

mod activate;
mod endpoints;
mod shown;
mod state;

pub(crate) use endpoints::router;
pub(crate) use shown::{Shown, all};
pub use state::State;
