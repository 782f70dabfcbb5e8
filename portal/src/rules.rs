//! What one portal demands, as data: who may register, which locks it takes, how they are bound, renewed and unbound, and
//! what a password is still good for. A new portal is a new file; nothing else in this crate knows a portal's name.
//!
//! An unknown key, a missing one or a wrong value is an error that names line and column: a rule that is silently not
//! understood would be a rule that does not hold.

mod builtin;
mod letter;
mod product;
mod registration;
mod show;

use std::fmt;

use calock::certificate::HolderKind;
use serde::{Deserialize, Serialize};

pub use builtin::{BUILTIN, builtin};
pub use letter::{Grant, Letter, SealOf, When};
pub use product::{May, Offered, Product};
pub use registration::{
    Activation, Attachment, By, Check, Field, From, HolderKindRule, Kind, Place, Registration, Role,
};
pub(crate) use show::show;

/// A word or a sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Words {
    /// Chinese, the portal's own.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The rules of one portal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Rules {
    /// Short name, as `calock serve --profile` takes it.
    pub id: String,
    /// What the portal calls itself.
    pub title: Words,
    /// Which manual it follows, by the rows of the list of rules (`A`, `B` …); `-` for none.
    pub rows: String,
    /// Who gets in.
    pub login: Login,
    /// The certificates it takes, in the order in which they are shown.
    #[serde(rename(deserialize = "product"))]
    pub products: Vec<Product>,
    /// Who may hold them.
    pub holders: Holders,
    /// Which name counts when a holder's name changes.
    pub names: Names,
    /// How one becomes a user.
    pub registration: Registration,
    /// How a lock comes to an account.
    pub binding: Binding,
    /// What a password is for.
    pub password: Password,
    /// How a lock leaves an account.
    pub unbinding: Unbinding,
    /// What happens when a known holder comes with a new certificate.
    pub renewal: Renewal,
    /// What is submitted, and how strong the login must be.
    pub submissions: Submissions,
    /// The words for what state something is in, as this portal's pages say it.
    pub states: States,
    /// Sentences that this portal says in its own way, by code.
    #[serde(default)]
    pub sentences: std::collections::BTreeMap<String, Words>,
}

/// Who gets in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Login {
    /// What a holder without an account meets.
    pub unregistered: Unregistered,
}

/// What a holder without an account meets at the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unregistered {
    /// A session of their own, in which they can register.
    Admit,
    /// The code `KEY_NOT_BOUND`, with the ways that there are.
    Refuse,
}

/// Whose certificates are taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Holders {
    /// For logging in to a unit's account.
    pub unit: Vec<HolderKindRule>,
    /// For logging in to a natural person's account; empty where there are none.
    pub person: Vec<HolderKindRule>,
}

/// Which name counts when a holder's name changes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Names {
    /// Where it is changed.
    pub change: NameChange,
    /// What a login meets whose certificate has another name than the account.
    pub mismatch: Mismatch,
}

/// Where a name is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameChange {
    /// In the system first, as a change of the basic data; then the certificate.
    InSystem,
    /// By the certificate: nobody types the name once one has proved it. A new one's name is taken over with the next submission.
    FromCertificate,
}

/// What a login meets whose certificate has another name than the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mismatch {
    /// `NAME_MISMATCH`, with both names.
    Refuse,
    /// It logs in and is told.
    Notice,
}

/// How a lock comes to an account. Every way ends in a `bind` statement signed by that lock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Binding {
    /// Whether the holder does it, or the first login with a fitting certificate.
    pub how: How,
    /// Whether an administrator must approve before the lock logs in.
    pub review: bool,
    /// Whether an account may have more than one lock of its unit.
    pub several: bool,
    /// Whether the others are secondary ones (副锁), added only in a session of the main one (主锁).
    pub secondary: bool,
    /// What becomes of locks of the unit's people.
    pub personal: Personal,
}

/// Who binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The user, in the list of locks.
    ByHand,
    /// The portal, when the holder's code is an approved account's.
    AtFirstLogin,
}

/// What becomes of locks of a unit's people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Personal {
    /// They cannot be bound.
    No,
    /// They are activated for people whom the unit has entered; for sealing alone they need not be bound.
    Activated,
    /// They are bound as the unit's own.
    AsSecondary,
}

/// What a password is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Password {
    /// What the login name is.
    pub name: LoginName,
    /// Fewest and most characters of a password.
    pub length: [usize; 2],
    /// Whether it must have letters and digits.
    pub mixed: bool,
    /// Wrong ones in a row until the account is locked.
    pub attempts: u32,
    /// Whether it still logs in once a lock is bound.
    pub once_bound: bool,
}

/// What somebody types as their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginName {
    /// The unit's or person's registered name; a person's id number does as well.
    Registered,
    /// A name of their choice, 6 to 15 letters, digits or signs.
    Chosen,
}

/// How a lock leaves an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Unbinding {
    /// Whether users do it themselves, signed by any lock of the account.
    pub by_user: bool,
    /// What an administrator wants to see before doing it.
    pub documents: Vec<Words>,
    /// When administrators do it, for the applicant to know.
    pub when: Option<Words>,
}

/// What happens when a known holder comes with a new certificate of the same family.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Renewal {
    /// The way.
    pub how: RenewalHow,
}

/// Ways to take a new certificate for an old one. None is a dead end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RenewalHow {
    /// The new one takes the old one's place at once: its CA vouches for the same code.
    Replace,
    /// The account's password, or the old lock, confirms it.
    Confirm,
    /// An administrator approves; the request is made at the login.
    Review,
}

/// What is submitted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Submissions {
    /// Kinds of records an account keeps besides its basic data.
    pub kinds: Vec<Submission>,
    /// Whether basic data that was submitted by password opens only paper business (纸质标).
    pub paper_only_by_password: bool,
    /// Whether changed data stays in a history that the user sees.
    pub history: bool,
}

/// A kind of record.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Submission {
    /// Its name in data.
    pub key: String,
    /// Its name on the page.
    pub title: Words,
    /// Whether only a login by lock may submit it; its digest is then signed.
    pub by_lock: bool,
    /// Whether these are people of the unit, whose locks are activated ([`Personal::Activated`]).
    #[serde(default)]
    pub staff: bool,
    /// What is asked for.
    #[serde(default)]
    pub fields: Vec<RecordField>,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct RecordField {
    /// Its name in data.
    pub key: String,
    /// Its label.
    pub title: Words,
    /// Whether it must be filled.
    #[serde(default)]
    pub required: bool,
    /// The tab of the page that it stands in, for records with several.
    #[serde(default)]
    pub tab: Option<Words>,
}

/// The words for states.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct States {
    /// An account whose data was not submitted.
    pub draft: Words,
    /// Submitted and waiting.
    pub waiting: Words,
    /// Approved.
    pub valid: Words,
    /// Sent back.
    pub rejected: Words,
    /// Approved and being changed.
    pub changing: Words,
    /// Approved, but not here yet: see [`Registration::sync_minutes`].
    pub travelling: Words,
}

/// Why a file of rules cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    /// From 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.message),
            line => write!(f, "line {line}, column {}: {}", self.column, self.message),
        }
    }
}

impl std::error::Error for RulesError {}

impl Rules {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// [`RulesError`] with the place.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let rules: Self = toml::from_str(text).map_err(|error| {
            let (line, column) = error.span().map_or((0, 0), |span| place(text, span.start));
            RulesError { line, column, message: error.message().to_owned() }
        })?;
        rules.check()?;
        Ok(rules)
    }

    /// What no type says.
    fn check(&self) -> Result<(), RulesError> {
        let wrong = |message: String| Err(RulesError { line: 0, column: 0, message });
        if self.products.is_empty() {
            return wrong("no product: nobody could log in".into());
        }
        let mut names: Vec<&str> = self.products.iter().map(|product| product.id.as_str()).collect();
        names.extend(self.submissions.kinds.iter().map(|kind| kind.key.as_str()));
        names.extend(self.registration.fields.iter().map(|field| field.key.as_str()));
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return wrong(format!("the name {:?} stands twice", twice[0]));
        }
        for code in self.sentences.keys() {
            if calock::Code::parse(code).is_none() {
                return wrong(format!("a sentence for {code:?}, which is no code"));
            }
        }
        if let Some(Err(message)) = self.registration.letter.as_ref().map(|letter| letter.check(&self.registration)) {
            return wrong(message);
        }
        if self.password.length[0] > self.password.length[1] || self.password.attempts == 0 {
            return wrong("the password's bounds let nobody in".into());
        }
        Ok(())
    }

    /// The product of a certificate, by the key that signed it: the issuer's subjectKeyIdentifier, in any of its
    /// certificates; then by its kind of key and holder. `None`: this portal does not take it.
    #[must_use]
    pub fn product(&self, issuer_key: &[u8], algorithm: &str, holder: HolderKind) -> Option<&Product> {
        self.products.iter().find(|product| product.is_from(issuer_key, algorithm, holder))
    }

    /// A product by its name in data.
    #[must_use]
    pub fn product_named(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }
}

/// Line and column of a byte, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}
