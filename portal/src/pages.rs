//! The site's files: its own pages at the root, the browser module under `/calock/`.

use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use calock::Code;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session;

/// Everything outside of `/api` and `/demo`. Only files are compressed: an answer of the API may hold what a guesser
/// could measure by its length.
pub(crate) fn router() -> Router<Portal> {
    let module = Router::new().fallback(module);
    let pages = PAGES.iter().fold(Router::new(), |router, name| {
        let path = format!("/{name}");
        let file = format!("{path}.html");
        let (here, there) = (path.clone(), file.clone());
        router
            .route(
                &path,
                get(move |State(portal): State<Portal>, request: Request| async move {
                    page(&portal, &there, request).await
                }),
            )
            .route(&file, get(move || async move { Redirect::permanent(&here) }))
    });
    Router::new()
        .route("/", get(login_page))
        .route("/index.html", get(|| async { Redirect::permanent("/") }))
        .route("/home.html", get(|| async { Redirect::permanent("/home") }))
        .route("/home", get(home))
        .merge(pages)
        .nest("/calock", module)
        .fallback(site)
        .method_not_allowed_fallback(wrong_method)
        .layer(CompressionLayer::new())
}

/// Pages whose address has no `.html`. Each of them asks by itself who is logged in; what it then shows is refused by `/api`.
const PAGES: &[&str] = &[
    "account", "admin", "diagnose", "letter", "lock", "locks", "password", "records", "register", "requests", "seal",
    "selftest", "staff",
];

async fn site(State(portal): State<Portal>, request: Request) -> Response {
    file(&portal, &portal.config().pages, request).await
}

async fn module(State(portal): State<Portal>, request: Request) -> Response {
    file(&portal, &portal.config().module, request).await
}

async fn login_page(State(portal): State<Portal>, request: Request) -> Response {
    page(&portal, "/index.html", request).await
}

/// The page behind the login; who is not logged in is sent to the login page. Like `/api/session`, a database that does
/// not answer is not taken for "not logged in".
async fn home(State(portal): State<Portal>, headers: HeaderMap, request: Request) -> Response {
    match session::current(&portal, &headers).await {
        Ok(_) => page(&portal, "/home.html", request).await,
        Err(Refusal { code: Code::NotLoggedIn, .. }) => Redirect::to("/").into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// One of the pages, under the request's own conditions.
async fn page(portal: &Portal, path: &str, mut request: Request) -> Response {
    // The names are our own; what is no path would be answered as what is not there.
    *request.uri_mut() = path.parse().unwrap_or_default();
    file(portal, &portal.config().pages, request).await
}

/// A file of a folder, or the page that says that there is none.
async fn file(portal: &Portal, folder: &Path, request: Request) -> Response {
    if let Some(response) = found(folder, request).await {
        return response;
    }
    let absent = Request::builder().uri("/404.html").body(Body::empty());
    let page = match absent {
        Ok(request) => found(&portal.config().pages, request).await,
        Err(_) => None,
    };
    let page = page.unwrap_or_else(|| Html(ABSENT).into_response());
    (StatusCode::NOT_FOUND, page).into_response()
}

/// A file of a folder. `ServeDir` decodes the path once, refuses what leaves the folder, and answers conditional requests.
async fn found(folder: &Path, request: Request) -> Option<Response> {
    let folder = ServeDir::new(folder).append_index_html_on_directories(false);
    let Ok(response) = folder.oneshot(request).await;
    let status = response.status();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        return Some(wrong_method().await.into_response());
    }
    // A path that no file system takes (a NUL, 300 characters) is as absent as any other.
    let there = status.is_success() || status.is_redirection() || status == StatusCode::RANGE_NOT_SATISFIABLE;
    there.then(|| response.map(Body::new))
}

/// For a folder of pages that has no `404.html`.
const ABSENT: &str = "<!doctype html>\n<html lang=\"zh-CN\">\n<meta charset=\"utf-8\">\n<title>404</title>\n\
    <h1>没有这个页面</h1>\n<p lang=\"en\">There is no such page.</p>\n<p><a href=\"/\">返回登录页 · Log in</a></p>\n</html>\n";

/// An endpoint that does not exist.
pub(crate) async fn no_endpoint() -> Refusal {
    Code::NotFound.into()
}

/// An endpoint that exists, asked in a way that it does not answer.
pub(crate) async fn wrong_method() -> Refusal {
    Refusal::bad_request(StatusCode::METHOD_NOT_ALLOWED)
}
