//! Requests to the portal's people: unbinding, renewal, applications for a certificate.

mod application;
mod confirm;
mod documents;
mod endpoints;
mod form;
pub(crate) mod renewal;
mod shown;
mod state;

pub(crate) use application::router as applications;
pub(crate) use endpoints::{find, router};
pub(crate) use form::{Form, check as check_text};
pub(crate) use shown::{Context, shown};
pub use state::{Kind, State};
