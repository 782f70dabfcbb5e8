//! Who is logged in: the cookie, what a handler asks for to know it, `GET /api/session`, `POST /api/logout`.
//!
//! A handler that changes something for somebody takes [`Current`], [`User`] or [`Administrator`] as an argument; these refuse a
//! changing request without the session's own mark, so it cannot be forgotten.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding};
use calock::Code;
use calock::certificate::time::rfc3339;
use calock::hash::sha256;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::account::{self, Brief};
use crate::body::Nothing;
use crate::capabilities::Capabilities;
use crate::portal::Portal;
use crate::random::is_token;
use crate::refusal::Refusal;
use crate::store::{Account, AccountKind, NewSession, Session, Strength};
use crate::{proof::Proof, random};

/// A session's last use is written at most this often, in seconds.
const TOUCH_EVERY: u64 = 60;
/// Where a changing request says [`csrf`].
const MARK: &str = "x-calock-csrf";

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

/// A session that is about to be opened, in the place of the one that this browser has.
pub(crate) struct Opening(NewSession);

impl Opening {
    /// By a lock.
    pub(crate) fn by_lock(portal: &Portal, headers: &HeaderMap, proof: &Proof<'_>) -> Result<Self, Refusal> {
        let mut opening = Self::new(portal, headers, Strength::Ca)?;
        opening.0.evidence = Some(proof.signed.record.clone());
        opening.0.holder = Some(proof.shown().into());
        opening.0.product = proof.product.map(|product| product.id.clone());
        Ok(opening)
    }

    /// By a password.
    pub(crate) fn by_password(portal: &Portal, headers: &HeaderMap, account: &str) -> Result<Self, Refusal> {
        Self::new(portal, headers, Strength::Password).map(|opening| opening.of(account, None))
    }

    /// An account's, with the binding of the lock that it comes from.
    pub(crate) fn of(mut self, account: &str, binding: Option<&str>) -> Self {
        self.0.account = Some(account.into());
        self.0.binding = binding.map(String::from);
        self
    }

    /// What the store needs.
    pub(crate) fn session(&self) -> &NewSession {
        &self.0
    }

    /// The header that a page gets.
    pub(crate) fn cookie(&self, portal: &Portal) -> Result<HeaderValue, Refusal> {
        set_cookie(portal.origin(), &self.0.token)
    }

    fn new(portal: &Portal, headers: &HeaderMap, strength: Strength) -> Result<Self, Refusal> {
        let now = portal.now();
        Ok(Self(NewSession {
            token: random::token()?,
            at: now,
            expires_at: now.saturating_add(portal.limits().session_total.as_secs()),
            replaces: token(headers, portal.origin()).map(String::from),
            strength,
            evidence: None,
            holder: None,
            account: None,
            binding: None,
            product: None,
        }))
    }
}

/// What a page must send along with every change: only this session's own page can know it, and it opens nothing by itself.
pub(crate) fn csrf(token: &str) -> String {
    Base64UrlUnpadded::encode_string(&sha256(format!("calock csrf\n{token}").as_bytes()))
}

/// The living session of a request, with or without account.
pub(crate) struct Current {
    /// The cookie's value.
    pub(crate) token: String,
    /// The session.
    pub(crate) session: Session,
}

/// A session with its account.
pub(crate) struct User {
    /// The cookie's value.
    pub(crate) token: String,
    /// The session.
    pub(crate) session: Session,
    /// Whose it is, as of now.
    pub(crate) account: Account,
}

/// A session of somebody who administers the portal; for everybody else there is nothing here.
pub(crate) struct Administrator {
    /// Who.
    pub(crate) account: Account,
}

impl FromRequestParts<Portal> for Current {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Refusal> {
        let current = current(portal, &parts.headers).await?;
        let harmless = matches!(parts.method, Method::GET | Method::HEAD);
        if !harmless && !is_marked(&parts.headers, &current.token) {
            return Err(Code::CsrfMissing.into());
        }
        Ok(current)
    }
}

impl FromRequestParts<Portal> for User {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Refusal> {
        let Current { token, session } = Current::from_request_parts(parts, portal).await?;
        let account = session.account.as_deref().ok_or_else(|| Refusal::conflict("no-account"))?;
        let account = portal.store().find_account(account).await?.ok_or(Code::NotLoggedIn)?;
        Ok(Self { token, session, account })
    }
}

impl FromRequestParts<Portal> for Administrator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Refusal> {
        let user = User::from_request_parts(parts, portal).await;
        let user = user.map_err(|refusal| match refusal.code {
            Code::StateConflict => Code::NotFound.into(),
            _ => refusal,
        })?;
        match user.account.kind {
            AccountKind::Admin => Ok(Self { account: user.account }),
            _ => Err(Code::NotFound.into()),
        }
    }
}

fn is_marked(headers: &HeaderMap, token: &str) -> bool {
    let (mark, right) = (headers.get(MARK).map_or(&b""[..], HeaderValue::as_bytes), csrf(token));
    // As long for a wrong mark as for a right one.
    mark.len() == right.len()
        && mark.iter().zip(right.bytes()).fold(0, |wrong, (one, other)| wrong | (one ^ other)) == 0
}

/// The living session of a request.
///
/// # Errors
/// `NOT_LOGGED_IN`, `STORE_UNAVAILABLE`.
pub(crate) async fn current(portal: &Portal, headers: &HeaderMap) -> Result<Current, Refusal> {
    let token = token(headers, portal.origin()).ok_or(Code::NotLoggedIn)?;
    let now = portal.now();
    let idle_since = now.saturating_sub(portal.limits().session_idle.as_secs());
    let session = portal.store().find_session(token, now, idle_since).await?.ok_or(Code::NotLoggedIn)?;
    if now.saturating_sub(session.seen_at) >= TOUCH_EVERY {
        portal.store().touch_session(token, now).await?;
    }
    Ok(Current { token: token.into(), session })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    holder: Option<Box<RawValue>>,
    account: Option<Brief>,
    strength: Strength,
    role: &'static str,
    since: String,
    csrf: String,
    binding: Option<String>,
    capabilities: Capabilities,
}

/// `GET /api/session`: who is logged in, how strongly, what they may do; or 401 `NOT_LOGGED_IN`.
pub(crate) async fn show(State(portal): State<Portal>, current: Current) -> Result<Json<Shown>, Refusal> {
    let Current { token, session } = current;
    let account = match session.account.as_deref() {
        Some(account) => portal.store().find_account(account).await?,
        None => None,
    };
    let is_admin = account.as_ref().is_some_and(|account| account.kind == AccountKind::Admin);
    Ok(Json(Shown {
        capabilities: account::may(&portal, &session, account.as_ref()),
        account: account.as_ref().map(|account| Brief::of(&portal, account)),
        strength: session.strength,
        role: if is_admin { "admin" } else { "user" },
        since: rfc3339(session.created_at),
        csrf: csrf(&token),
        binding: session.binding,
        holder: session.holder.map(RawValue::from_string).transpose().map_err(|_| Code::Internal)?,
    }))
}

/// `POST /api/logout`: 204, whether or not somebody was logged in. Without the mark: who is logged out by another's page has lost
/// nothing, and `Origin` keeps other sites out.
pub(crate) async fn log_out(State(portal): State<Portal>, headers: HeaderMap, _: Nothing) -> Result<Response, Refusal> {
    if let Some(token) = token(&headers, portal.origin()) {
        portal.store().end_session(token).await?;
    }
    let gone = cookie(portal.origin(), "", "; Max-Age=0")?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}
