//! A lock in a list, as pages show it: 序号 锁号 主题 到期时间 使用状态 变更状态 审核状态.

use calock::certificate::time::rfc3339;
use serde::Serialize;

use super::{Change, Review, Role, Use};
use crate::rules::{Rules, Words};
use crate::store::Binding;

/// Digits of the fingerprint that stand for the lock.
const LOCK_NUMBER: usize = 8;

/// The row.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    binding: String,
    lock_number: String,
    serial: String,
    subject: String,
    holder_name: String,
    person: Option<String>,
    issuer: String,
    product: Product,
    algorithm: String,
    not_after: String,
    role: Option<Role>,
    staff: Option<String>,
    use_state: Use,
    change_state: Option<Change>,
    review_state: Option<Review>,
    review_reason: Option<String>,
    words: StateWords,
    bound_at: String,
    ended_at: Option<String>,
    ended_by: Option<&'static str>,
    ended_reason: Option<String>,
    fingerprint: String,
    current: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Product {
    id: String,
    title: Option<Words>,
}

#[derive(Clone, Debug, Serialize)]
struct StateWords {
    role: Option<Words>,
    #[serde(rename = "use")]
    usage: Words,
    change: Option<Words>,
    review: Option<Words>,
}

impl Shown {
    /// A row as it is now, in a session that came from a lock or not.
    pub(crate) fn of(rules: &Rules, binding: &Binding, now: u64, session: Option<&str>) -> Self {
        let role = Role::parse(&binding.role);
        let usage = Use::of(binding.ended_at.is_some(), binding.not_after, now);
        let change = Change::parse(&binding.change_state);
        let review = Review::parse(&binding.review_state);
        let product = rules.products.iter().find(|product| product.id == binding.product);
        Self {
            binding: binding.binding.clone(),
            lock_number: lock_number(&binding.fingerprint),
            serial: binding.serial.clone(),
            subject: binding.subject.clone(),
            holder_name: binding.holder_name.clone(),
            person: binding.person.clone(),
            issuer: binding.issuer.clone(),
            product: Product { id: binding.product.clone(), title: product.map(|product| product.title.clone()) },
            algorithm: binding.algorithm.clone(),
            not_after: rfc3339(binding.not_after),
            role,
            staff: binding.staff.clone(),
            use_state: usage,
            change_state: change,
            review_state: review,
            review_reason: binding.review_reason.clone(),
            words: StateWords {
                role: role.map(Role::words),
                usage: usage.words(),
                change: change.map(Change::words),
                review: review.map(|review| review.words(rules)),
            },
            bound_at: rfc3339(binding.bound_at),
            ended_at: binding.ended_at.map(rfc3339),
            ended_by: binding.ended_by.as_deref().map(|by| who(by, &binding.account)),
            ended_reason: binding.ended_reason.clone(),
            fingerprint: binding.fingerprint.clone(),
            current: session == Some(binding.binding.as_str()),
        }
    }

    /// Several.
    pub(crate) fn all<'a>(
        rules: &Rules,
        bindings: impl IntoIterator<Item = &'a Binding>,
        now: u64,
        session: Option<&str>,
    ) -> Vec<Self> {
        bindings.into_iter().map(|binding| Self::of(rules, binding, now, session)).collect()
    }
}

/// 锁号. What a lock calls itself is not known before somebody logs in to it, and proves nothing; its certificate does.
pub(crate) fn lock_number(fingerprint: &str) -> String {
    fingerprint.chars().take(LOCK_NUMBER).map(|digit| digit.to_ascii_uppercase()).collect()
}

/// Who did something to an account, as its user may know it: nobody learns which administrator it was.
pub(crate) fn who(actor: &str, account: &str) -> &'static str {
    match actor {
        "portal" => "portal",
        _ if actor == account => "user",
        _ => "administrator",
    }
}
