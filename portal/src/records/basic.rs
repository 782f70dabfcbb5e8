//! The history of the basic data (变更历史总览), and of everything that happened to the account.

use axum::Json as Answer;
use axum::extract::State as Shared;
use calock::Code;
use calock::certificate::time::rfc3339;
use serde_json::{Map, Value, json};

use super::shown::{data, paper_only};
use crate::history::shown;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::User;

/// The most events that are told at once.
const EVENTS: u32 = 200;

/// `GET /api/history`: what was submitted, version by version, and what changed in each.
///
/// # Errors
/// `NOT_FOUND` where the portal keeps none, `STORE_UNAVAILABLE`.
pub(crate) async fn history(Shared(portal): Shared<Portal>, user: User) -> Result<Answer<Value>, Refusal> {
    let rules = portal.rules();
    if !rules.submissions.history {
        return Err(Code::NotFound.into());
    }
    let name = user.account.account.as_str();
    let versions = portal.store().versions(name, name).await?;
    let data: Vec<Map<String, Value>> = versions.iter().map(|version| flat(data(version))).collect();
    let none = Map::new();
    let rows = versions.iter().enumerate().map(|(at, version)| {
        // Newest first: what follows is what was before.
        let (now, before) = (data.get(at).unwrap_or(&none), data.get(at + 1).unwrap_or(&none));
        json!({
            "version": version.version, "at": rfc3339(version.at), "strength": version.strength,
            "paperOnly": paper_only(rules, version.strength), "data": now, "changed": changed(now, before),
        })
    });
    Ok(Answer(json!({"history": rows.collect::<Vec<_>>()})))
}

/// Keys whose values differ.
fn changed<'a>(now: &'a Map<String, Value>, before: &'a Map<String, Value>) -> Vec<&'a String> {
    let mut keys: Vec<&String> = now.keys().chain(before.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| now.get(*key) != before.get(*key));
    keys
}

/// The fields with what stands beside them, in one object.
fn flat(data: Value) -> Map<String, Value> {
    let Value::Object(mut whole) = data else { return Map::new() };
    match whole.remove("data").or_else(|| whole.remove("fields")) {
        Some(Value::Object(fields)) => whole.extend(fields),
        Some(other) => drop(whole.insert("data".into(), other)),
        None => (),
    }
    whole
}

/// `GET /api/events`.
///
/// # Errors
/// `STORE_UNAVAILABLE`.
pub(crate) async fn events(Shared(portal): Shared<Portal>, user: User) -> Result<Answer<Value>, Refusal> {
    let name = user.account.account.as_str();
    let entries = portal.store().audit_of(name, None, EVENTS).await?;
    let rows: Vec<Value> = entries.iter().map(|entry| shown(entry, name)).collect();
    Ok(Answer(json!({"events": rows})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_says_what_it_changed() {
        let of = |text: &str| flat(serde_json::from_str(text).unwrap());
        let before = of(r#"{"name":"甲","roles":["bidder"],"data":{"phone":"1","address":"x"}}"#);
        let now = of(r#"{"name":"乙","roles":["bidder"],"data":{"phone":"2","address":"x","mail":"m"}}"#);
        assert_eq!(changed(&now, &before), ["mail", "name", "phone"]);
        assert_eq!(changed(&before, &before), Vec::<&String>::new());
    }
}
