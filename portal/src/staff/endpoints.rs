//! `/api/staff`: who works for the unit, entered by it and reviewed by the portal.

use std::collections::BTreeMap;

use axum::extract::{Path, State as Shared};
use axum::routing::{get, post, put};
use axum::{Json as Answer, Router};
use calock::Code;
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown::{all, one};
use super::{State, activate, files};
use crate::binding::Role;
use crate::binding::step::{self, By};
use crate::body::{Json, Nothing};
use crate::form::is_code;
use crate::names::bare;
use crate::portal::Portal;
use crate::random;
use crate::records::{Fault, check_fields};
use crate::refusal::Refusal;
use crate::requests::check_text;
use crate::rules::{Kind, Personal, Submission};
use crate::session::User;
use crate::store::{Audit, Changes, Person, Strength};

pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", get(list).post(enter))
        .route("/{staff}", post(change))
        .route("/{staff}/attachments/{key}", put(files::put).get(files::get).delete(files::delete))
        .route("/{staff}/submit", post(submit))
        .route("/{staff}/activate", post(activate::activate))
        .route("/{staff}/leave", post(leave))
}

/// The lists of people here; `NOT_FOUND` where a portal knows none.
fn lists(portal: &Portal) -> Result<Vec<&Submission>, Refusal> {
    match portal.rules().binding.personal {
        Personal::Activated => Ok(portal.rules().submissions.kinds.iter().filter(|kind| kind.staff).collect()),
        Personal::No | Personal::AsSecondary => Err(Code::NotFound.into()),
    }
}

/// Whoever enters people is in a session by a lock of the unit.
///
/// # Errors
/// `NOT_FOUND`, `NEED_CA_TO_SUBMIT`, `NOT_ALLOWED` for a person's lock.
pub(crate) async fn by_the_unit(portal: &Portal, user: &User) -> Result<(), Refusal> {
    lists(portal)?;
    let binding = match (user.session.strength, user.session.binding.as_deref()) {
        (Strength::Ca, Some(binding)) => portal.store().find_binding(binding).await?,
        _ => None,
    };
    match binding {
        None => Err(Code::NeedCaToSubmit.into()),
        Some(binding) if Role::parse(&binding.role) == Some(Role::Personal) => Err(Code::NotAllowed.into()),
        Some(_) => Ok(()),
    }
}

/// Somebody of the session's account.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn theirs(changes: &mut Changes<'_>, user: &User, staff: &str) -> Result<Person, Refusal> {
    let found = changes.person(staff).await?;
    found.filter(|person| person.account == user.account.account).ok_or_else(|| Code::NotFound.into())
}

/// `GET /api/staff`.
async fn list(Shared(portal): Shared<Portal>, user: User) -> Result<Answer<Value>, Refusal> {
    let lists = lists(&portal)?;
    let lists: Vec<Value> =
        lists.iter().map(|kind| json!({"key": kind.key, "title": kind.title, "fields": kind.fields})).collect();
    Ok(Answer(json!({"lists": lists, "staff": all(&portal, &user.account.account).await?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    list: String,
    name: String,
    code: String,
    #[serde(default)]
    data: BTreeMap<String, String>,
}

impl Form {
    fn check(&self, portal: &Portal) -> Result<(), Refusal> {
        let lists = lists(portal)?;
        let kind = lists.into_iter().find(|kind| kind.key == self.list);
        let kind = kind.ok_or_else(|| Refusal::form("list", "unknown"))?;
        check_text("name", &self.name, 50)?;
        if !is_code(Kind::Person, &bare(&self.code)) {
            return Err(Refusal::form("code", "person-id"));
        }
        Ok(check_fields(kind, &self.data)?)
    }
}

/// `POST /api/staff`.
async fn enter(Shared(portal): Shared<Portal>, user: User, Json(form): Json<Form>) -> Result<Answer<Value>, Refusal> {
    by_the_unit(&portal, &user).await?;
    form.check(&portal)?;
    let person = Person {
        staff: random::token()?,
        account: user.account.account.clone(),
        list: form.list,
        name: form.name.trim().into(),
        code: bare(&form.code),
        data: json!(form.data).to_string(),
        state: State::Draft.as_str().into(),
        review_reason: None,
        contact: None,
        created_at: portal.now(),
        submitted_at: None,
        reviewed_at: None,
        left_at: None,
    };
    let mut changes = portal.store().begin().await?;
    save(&mut changes, &person, "enter", json!({"list": person.list}), portal.now()).await?;
    changes.commit().await?;
    answer(&portal, &person).await
}

/// `POST /api/staff/{staff}`.
async fn change(
    Shared(portal): Shared<Portal>,
    user: User,
    Path(staff): Path<String>,
    Json(form): Json<Form>,
) -> Result<Answer<Value>, Refusal> {
    by_the_unit(&portal, &user).await?;
    form.check(&portal)?;
    let mut changes = begin(&portal, &user).await?;
    let mut person = theirs(&mut changes, &user, &staff).await?;
    if !State::parse(&person.state).is_some_and(State::open) {
        return Err(Refusal::conflict("submitted"));
    }
    person.list = form.list;
    person.name = form.name.trim().into();
    person.code = bare(&form.code);
    person.data = json!(form.data).to_string();
    save(&mut changes, &person, "change", json!({"list": person.list}), portal.now()).await?;
    changes.commit().await?;
    answer(&portal, &person).await
}

/// `POST /api/staff/{staff}/submit`.
async fn submit(
    Shared(portal): Shared<Portal>,
    user: User,
    Path(staff): Path<String>,
    _: Nothing,
) -> Result<Answer<Value>, Refusal> {
    by_the_unit(&portal, &user).await?;
    let mut changes = begin(&portal, &user).await?;
    let mut person = theirs(&mut changes, &user, &staff).await?;
    let next = State::parse(&person.state).and_then(|state| state.submitted(portal.rules().registration.review));
    person.state = next.ok_or_else(|| Refusal::conflict("submitted"))?.as_str().into();
    person.submitted_at = Some(portal.now());
    person.review_reason = None;
    save(&mut changes, &person, "submit", json!({"list": person.list}), portal.now()).await?;
    changes.commit().await?;
    answer(&portal, &person).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leaving {
    reason: String,
}

/// `POST /api/staff/{staff}/leave`: their lock is unbound with it.
async fn leave(
    Shared(portal): Shared<Portal>,
    user: User,
    Path(staff): Path<String>,
    Json(leaving): Json<Leaving>,
) -> Result<Answer<Value>, Refusal> {
    by_the_unit(&portal, &user).await?;
    check_text("reason", &leaving.reason, 500)?;
    let at = portal.now();
    let mut changes = begin(&portal, &user).await?;
    let mut person = theirs(&mut changes, &user, &staff).await?;
    if person.left_at.is_some() {
        return Err(Refusal::conflict("left"));
    }
    let living = changes.living_of(&person.account).await?;
    for lock in living.iter().filter(|lock| lock.staff.as_deref() == Some(&*person.staff)) {
        let by = By { actor: &person.account, at, reason: Some(&leaving.reason), evidence: None };
        step::end(&mut changes, lock, by).await?;
    }
    person.state = State::Left.as_str().into();
    person.left_at = Some(at);
    save(&mut changes, &person, "leave", json!({"reason": leaving.reason}), at).await?;
    changes.commit().await?;
    answer(&portal, &person).await
}

/// A step in which nobody else changes the account.
pub(super) async fn begin<'a>(portal: &'a Portal, user: &User) -> Result<Changes<'a>, Refusal> {
    let mut changes = portal.store().begin().await?;
    changes.take_turns_about(&user.account.account).await?;
    Ok(changes)
}

async fn save(changes: &mut Changes<'_>, person: &Person, action: &str, detail: Value, at: u64) -> Result<(), Refusal> {
    changes.save_person(person).await?;
    let entry = Audit {
        at,
        actor: &person.account,
        account: Some(&person.account),
        action,
        object: Some(&person.staff),
        detail,
        evidence: None,
    };
    Ok(changes.audit(&entry).await?)
}

async fn answer(portal: &Portal, person: &Person) -> Result<Answer<Value>, Refusal> {
    Ok(Answer(json!({"staff": one(portal, person).await?})))
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Field(field, reason) => Self::form(&field, reason),
            Fault::State(reason) => Self::conflict(reason),
        }
    }
}
