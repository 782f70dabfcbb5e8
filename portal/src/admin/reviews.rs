//! What waits for somebody to look at it: basic data, locks, people.

use axum::Json as Answer;
use axum::extract::{Path, State as Shared};
use calock::Code;
use calock::certificate::time::rfc3339;
use serde_json::{Map, Value, json};

use super::Decision;
use super::shown::{Accounts, approved, data};
use crate::binding::step::{self, By};
use crate::binding::{self, Review};
use crate::body::Json;
use crate::letter;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::Administrator;
use crate::staff::{self, file};
use crate::store::{Account, Audit, Binding, Changes, Person, Saved};

/// What is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Account,
    Binding,
    Staff,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Binding => "binding",
            Self::Staff => "staff",
        }
    }

    /// Takes a review's name apart.
    fn of(review: &str) -> Result<(Self, &str), Refusal> {
        let (kind, object) = review.split_once('.').ok_or(Code::NotFound)?;
        let kind = [Self::Account, Self::Binding, Self::Staff].into_iter().find(|known| known.as_str() == kind);
        Ok((kind.ok_or(Code::NotFound)?, object))
    }
}

/// A line of the list.
async fn line(
    portal: &Portal,
    accounts: &mut Accounts,
    kind: Kind,
    object: &str,
    account: &str,
    at: u64,
    title: &str,
) -> Result<Value, Refusal> {
    let brief = accounts.brief(portal, account).await?;
    Ok(json!({
        "review": format!("{}.{object}", kind.as_str()), "kind": kind.as_str(), "at": rfc3339(at), "account": brief,
        "title": title,
    }))
}

/// `GET /api/admin/reviews`.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn list(Shared(portal): Shared<Portal>, _: Administrator) -> Result<Answer<Value>, Refusal> {
    let store = portal.store();
    let mut accounts = Accounts::default();
    let mut lines = Vec::new();
    for one in store.waiting_accounts().await? {
        let at = one.submitted_at.unwrap_or(one.created_at);
        let line = line(&portal, &mut accounts, Kind::Account, &one.account, &one.account, at, &one.name).await?;
        lines.push((at, line));
    }
    for one in store.waiting_bindings().await? {
        let at = one.bound_at;
        let line = line(&portal, &mut accounts, Kind::Binding, &one.binding, &one.account, at, &one.subject).await?;
        lines.push((at, line));
    }
    for one in store.waiting_staff().await? {
        let at = one.submitted_at.unwrap_or(one.created_at);
        let line = line(&portal, &mut accounts, Kind::Staff, &one.staff, &one.account, at, &one.name).await?;
        lines.push((at, line));
    }
    lines.sort_by_key(|(at, _)| *at);
    let lines: Vec<Value> = lines.into_iter().map(|(_, line)| line).collect();
    Ok(Answer(json!({"reviews": lines})))
}

/// `GET /api/admin/reviews/{review}`.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(super) async fn show(
    Shared(portal): Shared<Portal>,
    _: Administrator,
    Path(review): Path<String>,
) -> Result<Answer<Value>, Refusal> {
    let (kind, object) = Kind::of(&review)?;
    let (rules, store) = (portal.rules(), portal.store());
    let mut accounts = Accounts::default();
    let (owner, at, title, more) = match kind {
        Kind::Account => {
            let account = store.find_account(object).await?.ok_or(Code::NotFound)?;
            let at = account.submitted_at.unwrap_or(account.created_at);
            let letter = letter::of_review(&portal, &account).await?;
            let more = json!({"data": data(rules, &account), "before": approved(rules, &account), "letter": letter});
            (account.account, at, account.name, more)
        }
        Kind::Binding => {
            let binding = store.find_binding(object).await?.ok_or(Code::NotFound)?;
            let shown = binding::Shown::of(rules, &binding, portal.now(), None);
            (binding.account, binding.bound_at, binding.subject, json!({"binding": shown}))
        }
        Kind::Staff => {
            let person = store.find_person(object).await?.ok_or(Code::NotFound)?;
            let at = person.submitted_at.unwrap_or(person.created_at);
            let more = json!({"data": of_person(&portal, &person)});
            (person.account, at, person.name, more)
        }
    };
    let files = store.attachments_of(object).await?;
    let mut answer = line(&portal, &mut accounts, kind, object, &owner, at, &title).await?;
    if let (Value::Object(answer), Value::Object(more)) = (&mut answer, more) {
        answer.extend(more);
        let linked = files.iter().map(|one| {
            let mut shown = file(one);
            shown["href"] = json!(format!("/api/admin/attachments/{object}/{}", one.key));
            shown
        });
        answer.insert("attachments".into(), linked.collect());
    }
    Ok(Answer(answer))
}

/// A person's data with titles; the number in full, because it is what is compared.
fn of_person(portal: &Portal, person: &Person) -> Vec<Value> {
    let kind = portal.rules().submissions.kinds.iter().find(|kind| kind.key == person.list);
    let data: Map<String, Value> = serde_json::from_str(&person.data).unwrap_or_default();
    let field =
        |key: &str, zh: &str, en: &str, value: &str| json!({"key": key, "title": {"zh": zh, "en": en}, "value": value});
    let mut fields = vec![
        field("list", "类别", "List", kind.map_or(person.list.as_str(), |kind| kind.title.zh.as_str())),
        field("name", "姓名", "Name", &person.name),
        field("code", "证件号码", "Id number", &person.code),
    ];
    let known = kind.map_or(&[][..], |kind| kind.fields.as_slice());
    fields.extend(known.iter().map(|one| json!({"key": one.key, "title": one.title, "value": data.get(&one.key)})));
    fields
}

/// `POST /api/admin/reviews/{review}`.
///
/// # Errors
/// `NOT_FOUND`, `FORM_INVALID`, `STATE_CONFLICT` (`decided`), `STORE_UNAVAILABLE`.
pub(super) async fn decide(
    Shared(portal): Shared<Portal>,
    admin: Administrator,
    Path(review): Path<String>,
    Json(decision): Json<Decision>,
) -> Result<Answer<Value>, Refusal> {
    decision.check()?;
    let (kind, object) = Kind::of(&review)?;
    let store = portal.store();
    let owner = match kind {
        Kind::Account => Some(object.to_owned()),
        Kind::Binding => store.find_binding(object).await?.map(|binding| binding.account),
        Kind::Staff => store.find_person(object).await?.map(|person| person.account),
    };
    let owner = owner.ok_or(Code::NotFound)?;
    let mut changes = store.begin().await?;
    changes.take_turns_about(&owner).await?;
    let by = By { actor: &admin.account.account, at: portal.now(), reason: decision.said(), evidence: None };
    let approve = decision.approve;
    match kind {
        Kind::Account => {
            let account = changes.account(object).await?.ok_or(Code::NotFound)?;
            of_account(&portal, &mut changes, account, approve, by).await?;
        }
        Kind::Binding => {
            let binding = changes.binding(object).await?.ok_or(Code::NotFound)?;
            of_binding(&mut changes, &binding, approve, by).await?;
        }
        Kind::Staff => {
            let person = changes.person(object).await?.ok_or(Code::NotFound)?;
            of_staff(&mut changes, person, approve, by).await?;
        }
    }
    let entry = Audit {
        at: by.at,
        actor: by.actor,
        account: Some(&owner),
        action: if approve { "approve" } else { "reject" },
        object: Some(object),
        detail: json!({"what": kind.as_str(), "reason": by.reason}),
        evidence: None,
    };
    changes.audit(&entry).await?;
    changes.commit().await?;
    Ok(Answer(json!({"review": review, "state": if approve { "approved" } else { "rejected" }})))
}

async fn of_account(
    portal: &Portal,
    changes: &mut Changes<'_>,
    mut account: Account,
    approve: bool,
    by: By<'_>,
) -> Result<(), Refusal> {
    account.review(portal.rules(), approve, by.reason.map(String::from), by.at)?;
    match changes.save_account(&account).await? {
        Saved::Done => Ok(()),
        Saved::Stale => Err(Refusal::conflict("decided")),
        Saved::Taken => Err(Refusal::conflict("taken")),
    }
}

/// A lock that is sent back ends: it never was one of the account's.
async fn of_binding(changes: &mut Changes<'_>, binding: &Binding, approve: bool, by: By<'_>) -> Result<(), Refusal> {
    let next = Review::parse(&binding.review_state).and_then(|review| review.decided(approve));
    let next = next.ok_or_else(|| Refusal::conflict("decided"))?;
    if !changes.review_binding(&binding.binding, next.as_str(), by.reason.unwrap_or_default()).await? {
        return Err(Refusal::conflict("decided"));
    }
    match approve {
        true => Ok(()),
        false => step::end(changes, binding, by).await,
    }
}

async fn of_staff(changes: &mut Changes<'_>, mut person: Person, approve: bool, by: By<'_>) -> Result<(), Refusal> {
    let next = staff::State::parse(&person.state).and_then(|state| state.decided(approve));
    person.state = next.ok_or_else(|| Refusal::conflict("decided"))?.as_str().into();
    person.reviewed_at = Some(by.at);
    person.review_reason = by.reason.map(String::from);
    Ok(changes.save_person(&person).await?)
}
