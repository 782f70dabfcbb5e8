//! A request as whoever has its number sees it.

use calock::certificate::time::rfc3339;
use serde_json::{Map, Value, json};

use super::{Kind, State, renewal};
use crate::number;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::rules::{RenewalHow, Rules};
use crate::store::{Attachment, Request};

/// What is not in the row itself.
pub(crate) struct Context<'a> {
    pub(crate) rules: &'a Rules,
    /// The files that came with it.
    pub(crate) files: &'a [Attachment],
}

/// The name under which a document of the profile's list is kept.
pub(super) fn key(at: usize) -> String {
    format!("document-{}", at + 1)
}

/// Which documents a request needs, by key.
pub(super) fn needed(kind: Kind, rules: &Rules) -> impl Iterator<Item = (String, &crate::rules::Words)> {
    let documents = match kind {
        Kind::Unbind => rules.unbinding.documents.as_slice(),
        Kind::Renewal | Kind::CaApplication => &[],
    };
    documents.iter().enumerate().map(|(at, title)| (key(at), title))
}

/// The row.
pub(crate) fn shown(request: &Request, context: &Context<'_>) -> Value {
    let rules = context.rules;
    let documents = needed(request.kind, rules).map(|(key, title)| {
        let file = context.files.iter().find(|file| file.key == key);
        json!({"key": key, "title": title, "present": file.is_some(), "size": file.map(|file| file.size)})
    });
    let open = request.kind == Kind::Renewal && request.state == State::Waiting;
    let confirmed = open && rules.renewal.how == RenewalHow::Confirm;
    json!({
        "number": number::shown(&request.number),
        "kind": request.kind,
        "state": request.state,
        "stateWords": request.state.words(request.kind, rules),
        "at": rfc3339(request.at),
        "decidedAt": request.decided_at.map(rfc3339),
        "reason": request.reason,
        "data": data(request),
        "documents": documents.collect::<Vec<_>>(),
        "when": rules.unbinding.when.as_ref().filter(|_| request.kind != Kind::CaApplication),
        "ways": if confirmed { json!(renewal::WAYS) } else { json!([]) },
        "mayKeep": confirmed && rules.binding.several,
        "signFor": confirmed.then(|| renewal::line(request)),
    })
}

/// What was said, without names that are only ours.
fn data(request: &Request) -> Map<String, Value> {
    let mut data: Map<String, Value> = serde_json::from_str(&request.data).unwrap_or_default();
    data.remove("replaces");
    data
}

/// The row with its files.
///
/// # Errors
/// `STORE_UNAVAILABLE`.
pub(super) async fn answer(portal: &Portal, request: &Request) -> Result<Value, Refusal> {
    let files = portal.store().attachments_of(&request.number).await?;
    Ok(json!({"request": shown(request, &Context { rules: portal.rules(), files: &files })}))
}
