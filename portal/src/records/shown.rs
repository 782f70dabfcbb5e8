//! A version of a record as pages show it.

use calock::certificate::time::rfc3339;
use serde_json::{Value, json};

use super::{Action, State};
use crate::rules::Rules;
use crate::store::{Strength, Submission};

/// The row of a list.
pub(super) fn row(rules: &Rules, submission: &Submission) -> Value {
    let state = State::parse(&submission.state);
    json!({
        "record": submission.record,
        "kind": submission.kind,
        "version": submission.version,
        "state": state,
        "stateWords": state.map(State::words),
        "data": data(submission),
        "at": rfc3339(submission.at),
        "strength": submission.strength,
        "paperOnly": paper_only(rules, submission.strength),
        "evidence": submission.evidence,
    })
}

/// One of several versions.
pub(super) fn version(rules: &Rules, submission: &Submission) -> Value {
    json!({
        "version": submission.version,
        "action": submission.action,
        "words": Action::words(&submission.action),
        "state": submission.state,
        "data": data(submission),
        "at": rfc3339(submission.at),
        "strength": submission.strength,
        "paperOnly": paper_only(rules, submission.strength),
        "digest": submission.digest,
    })
}

/// Whether a submission of this strength opens only paper business here.
pub(super) fn paper_only(rules: &Rules, strength: Strength) -> bool {
    rules.submissions.paper_only_by_password && strength == Strength::Password
}

pub(super) fn data(submission: &Submission) -> Value {
    serde_json::from_str(&submission.data).unwrap_or_default()
}
