//! Who is logged in: the cookie, `GET /api/session`, `POST /api/logout`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use calock::Code;
use calock::certificate::time::rfc3339;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::body::Nothing;
use crate::portal::Portal;
use crate::random::is_token;
use crate::refusal::Refusal;
use crate::store::Session;

/// A session's last use is written at most this often, in seconds.
const TOUCH_EVERY: u64 = 60;

/// The cookie's name. Behind https the prefix makes browsers refuse the cookie from any other host or without `Secure`.
fn cookie_name(origin: &str) -> &'static str {
    if is_https(origin) { "__Host-calock_session" } else { "calock_session" }
}

fn is_https(origin: &str) -> bool {
    origin.starts_with("https://")
}

/// The `Set-Cookie` of a new session. It has no end of its own: the server decides that.
pub(crate) fn set_cookie(origin: &str, token: &str) -> Result<HeaderValue, Refusal> {
    cookie(origin, token, "")
}

fn cookie(origin: &str, token: &str, more: &str) -> Result<HeaderValue, Refusal> {
    let secure = if is_https(origin) { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", cookie_name(origin));
    HeaderValue::from_str(&text).map_err(|_| Code::Internal.into())
}

/// The session token that a request brings, when it has the shape of one.
pub(crate) fn token<'a>(headers: &'a HeaderMap, origin: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == cookie_name(origin) && is_token(value))
        .map(|(_, value)| value)
}

/// The living session of a request.
///
/// # Errors
/// `NOT_LOGGED_IN`, `STORE_UNAVAILABLE`.
pub(crate) async fn current(portal: &Portal, headers: &HeaderMap) -> Result<Session, Refusal> {
    let token = token(headers, portal.origin()).ok_or(Code::NotLoggedIn)?;
    let now = portal.now();
    let idle_since = now.saturating_sub(portal.limits().session_idle.as_secs());
    let session = portal.store().find_session(token, now, idle_since).await?.ok_or(Code::NotLoggedIn)?;
    if now.saturating_sub(session.seen_at) >= TOUCH_EVERY {
        portal.store().touch_session(token, now).await?;
    }
    Ok(session)
}

#[derive(Serialize)]
pub(crate) struct Shown {
    holder: Box<RawValue>,
    since: String,
}

/// `GET /api/session`: `{"holder":{…},"since":"2026-11-21T22:00:00Z"}` or 401 `NOT_LOGGED_IN`.
pub(crate) async fn show(State(portal): State<Portal>, headers: HeaderMap) -> Result<Json<Shown>, Refusal> {
    let session = current(&portal, &headers).await?;
    let holder = RawValue::from_string(session.holder).map_err(|_| Code::Internal)?;
    Ok(Json(Shown { holder, since: rfc3339(session.created_at) }))
}

/// `POST /api/logout`: 204, whether or not somebody was logged in.
pub(crate) async fn log_out(State(portal): State<Portal>, headers: HeaderMap, _: Nothing) -> Result<Response, Refusal> {
    if let Some(token) = token(&headers, portal.origin()) {
        portal.store().end_session(token).await?;
    }
    let gone = cookie(portal.origin(), "", "; Max-Age=0")?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}
