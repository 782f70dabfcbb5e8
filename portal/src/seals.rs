//! `/api/seals`: sealed documents that are posted, and the receipts. What is judged is the file as it arrived; what a page said of it is
//! nobody's business here.

mod judge;
mod list;
mod receive;

use axum::Router;
use axum::routing::get;

pub(crate) use judge::{Judged, judge, judged};
pub(crate) use receive::FILE;

use crate::pages;
use crate::portal::Portal;

/// The endpoints.
pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", get(list::list).post(receive::receive))
        .route("/{seal}", get(list::show))
        .route("/{seal}/file", get(list::file))
        .fallback(pages::no_endpoint)
        .method_not_allowed_fallback(pages::wrong_method)
}
