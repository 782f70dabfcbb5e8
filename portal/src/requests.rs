//! Requests to the portal's people: unbinding, renewal, applications for a certificate.

mod state;

pub use state::{Kind, State};
