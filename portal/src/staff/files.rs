//! `/api/staff/{staff}/attachments/{key}`: certificates of a person (电子件).

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use calock::Code;
use serde_json::json;

use super::State;
use super::endpoints::{begin, by_the_unit, theirs};
use crate::account::attachments::{self, receive, send};
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::{Audit, Changes, Person};

/// The most files of one person.
const MOST: usize = 20;

/// Takes a file while the entry can be written.
///
/// # Errors
/// `NOT_FOUND`, `NEED_CA_TO_SUBMIT`, `FORM_INVALID`, `STATE_CONFLICT` (`submitted`), `TOO_LARGE`, `STORE_UNAVAILABLE`.
pub(super) async fn put(
    Shared(portal): Shared<Portal>,
    user: User,
    Path((staff, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer<attachments::Shown>, Refusal> {
    by_the_unit(&portal, &user).await?;
    let sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if key.is_empty() || key.len() > 32 || !key.bytes().all(sign) {
        return Err(Code::NotFound.into());
    }
    let known = portal.store().find_person(&staff).await?.filter(|person| person.account == user.account.account);
    let person = known.ok_or(Code::NotFound)?;
    let files = portal.store().attachments_of(&person.staff).await?;
    if files.len() >= MOST && files.iter().all(|file| file.key != key) {
        return Err(Refusal::form(&key, "length"));
    }
    let file = receive(&portal, &person.staff, &key, &headers, body).await?;
    let mut changes = begin(&portal, &user).await?;
    let person = open(&mut changes, &user, &staff).await?;
    changes.attach(&file).await?;
    audit(&portal, &mut changes, &person, "attach", &key).await?;
    changes.commit().await?;
    Ok(Answer(attachments::Shown::of(file)))
}

/// Hands a file out.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn get(
    Shared(portal): Shared<Portal>,
    user: User,
    Path((staff, key)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let known = portal.store().find_person(&staff).await?.filter(|person| person.account == user.account.account);
    send(&portal, &known.ok_or(Code::NotFound)?.staff, &key).await
}

/// Takes a file away while the entry can be written.
///
/// # Errors
/// `NOT_FOUND`, `NEED_CA_TO_SUBMIT`, `STATE_CONFLICT` (`submitted`), `STORE_UNAVAILABLE`.
pub(super) async fn delete(
    Shared(portal): Shared<Portal>,
    user: User,
    Path((staff, key)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    by_the_unit(&portal, &user).await?;
    let mut changes = begin(&portal, &user).await?;
    let person = open(&mut changes, &user, &staff).await?;
    if !changes.detach(&person.staff, &key).await? {
        return Err(Code::NotFound.into());
    }
    audit(&portal, &mut changes, &person, "detach", &key).await?;
    changes.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn open(changes: &mut Changes<'_>, user: &User, staff: &str) -> Result<Person, Refusal> {
    let person = theirs(changes, user, staff).await?;
    match State::parse(&person.state).is_some_and(State::open) {
        true => Ok(person),
        false => Err(Refusal::conflict("submitted")),
    }
}

async fn audit(
    portal: &Portal,
    changes: &mut Changes<'_>,
    person: &Person,
    action: &str,
    key: &str,
) -> Result<(), Refusal> {
    let entry = Audit {
        at: portal.now(),
        actor: &person.account,
        account: Some(&person.account),
        action,
        object: Some(&person.staff),
        detail: json!({"key": key}),
        evidence: None,
    };
    Ok(changes.audit(&entry).await?)
}
