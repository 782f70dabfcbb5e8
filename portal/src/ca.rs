//! The test CA's counter, in a demonstration only: what a CA's own service does when a lock is made (证书制作).
//!
//! An order stands behind each authorisation code: a holder, a last day, and the one key that it certified. The same request's
//! key gets the same delivery again, so that a lock that was pulled out half way can be finished; any other key is refused.

mod authorise;
mod certificates;
mod orders;

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use calock::Code;
use calock::virtual_lock::{Ca, Description};

use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::store::Order;
use crate::{number, pages};

/// How long an authorisation code lives, in seconds: a week, as CAs give people to come to the counter.
const LIFE: u64 = 7 * 86_400;

/// A test CA that issues, and the holders it issues for, in turn.
#[derive(Clone)]
pub struct TestCa(Arc<Inner>);

struct Inner {
    ca: Ca,
    applicants: Vec<Description>,
}

impl TestCa {
    /// A CA with an SM2 root, and who may order.
    #[must_use]
    pub fn new(ca: Ca, applicants: Vec<Description>) -> Self {
        Self(Arc::new(Inner { ca, applicants }))
    }
}

/// The endpoints under `/api/ca`.
pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/authorisations", post(authorise::authorise))
        .route("/orders", post(orders::show))
        .route("/certificates", post(certificates::issue))
        .fallback(pages::no_endpoint)
        .method_not_allowed_fallback(pages::wrong_method)
}

/// The demonstration's CA; elsewhere these endpoints are not there.
fn of(portal: &Portal) -> Result<&Inner, Refusal> {
    let ca = portal.demo().and_then(|demo| demo.ca()).ok_or(Code::NotFound)?;
    Ok(&ca.0)
}

/// The order behind a code, as people type codes: in any case, with or without the hyphens.
async fn order(portal: &Portal, typed: &str) -> Result<Order, Refusal> {
    let code = number::normal(typed).ok_or(Code::AuthorisationUnknown)?;
    portal.store().find_order(&code).await?.ok_or(Code::AuthorisationUnknown.into())
}
