//! Requests that change something must come from the portal's own pages.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use calock::Code;

use crate::portal::Portal;
use crate::refusal::Refusal;

/// Refuses every changing request of another site with `FORBIDDEN_ORIGIN`, before its body is read.
pub(crate) async fn guard(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if harmless || is_own(request.headers(), portal.origin()) {
        return next.run(request).await;
    }
    Refusal::new(Code::ForbiddenOrigin).into_response()
}

/// A browser sends `Origin` with every POST; when it is there it decides. Without it the request may come from a program
/// (no `Sec-Fetch-Site`) or from this site, but not from a browser that says it comes from elsewhere.
fn is_own(headers: &HeaderMap, own: &str) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) => origin.as_bytes() == own.as_bytes(),
        (Some(_), Some(_)) => false,
        (None, _) => headers.get_all("sec-fetch-site").iter().all(|site| site == "same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        is_own(&map, "http://localhost:8420")
    }

    #[test]
    fn only_the_own_origin_passes() {
        assert!(own(&[("origin", "http://localhost:8420")]));
        assert!(own(&[]));
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(!own(&[("origin", "null")]));
        assert!(!own(&[("origin", "http://localhost:8421")]));
        assert!(!own(&[("origin", "https://localhost:8420")]));
        assert!(!own(&[("origin", "http://localhost:8420"), ("origin", "http://evil.example")]));
        assert!(!own(&[("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("sec-fetch-site", "none")]));
    }
}
