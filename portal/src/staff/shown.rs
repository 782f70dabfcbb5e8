//! A person of the staff as the unit and administrators see them.

use calock::certificate::identity::mask;
use serde::Serialize;
use serde_json::{Value, json};

use super::State;
use crate::binding;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::rules::Words;
use crate::store::{Attachment, Binding, Person};

/// The row.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    staff: String,
    list: String,
    name: String,
    /// The middle is masked: the unit knows it, and who looks over a shoulder need not.
    code: String,
    data: Value,
    contact: Option<String>,
    state: Option<State>,
    state_words: Option<Words>,
    reason: Option<String>,
    attachments: Vec<Value>,
    binding: Option<binding::Shown>,
    activatable: bool,
}

impl Shown {
    /// A person with their files and their living lock.
    pub(crate) fn of(portal: &Portal, person: &Person, files: &[Attachment], lock: Option<&Binding>) -> Self {
        let rules = portal.rules();
        let state = State::parse(&person.state);
        Self {
            staff: person.staff.clone(),
            list: person.list.clone(),
            name: person.name.clone(),
            code: mask(&person.code),
            data: serde_json::from_str(&person.data).unwrap_or_default(),
            contact: person.contact.clone(),
            state,
            state_words: state.map(|state| state.words(rules)),
            reason: person.review_reason.clone(),
            attachments: files.iter().map(file).collect(),
            binding: lock.map(|lock| binding::Shown::of(rules, lock, portal.now(), None)),
            activatable: state == Some(State::Valid),
        }
    }
}

/// A file in a row.
pub(crate) fn file(file: &Attachment) -> Value {
    json!({"key": file.key, "name": file.name, "type": file.media, "size": file.size})
}

/// Everybody of an account.
///
/// # Errors
/// `STORE_UNAVAILABLE`.
pub(crate) async fn all(portal: &Portal, account: &str) -> Result<Vec<Shown>, Refusal> {
    let people = portal.store().staff_of(account).await?;
    let mut shown = Vec::with_capacity(people.len());
    for person in &people {
        shown.push(one(portal, person).await?);
    }
    Ok(shown)
}

/// One.
///
/// # Errors
/// `STORE_UNAVAILABLE`.
pub(super) async fn one(portal: &Portal, person: &Person) -> Result<Shown, Refusal> {
    let files = portal.store().attachments_of(&person.staff).await?;
    let locks = portal.store().bindings_of(&person.account).await?;
    let theirs = |lock: &&Binding| lock.staff.as_deref() == Some(&*person.staff) && lock.ended_at.is_none();
    Ok(Shown::of(portal, person, &files, locks.iter().find(theirs)))
}
