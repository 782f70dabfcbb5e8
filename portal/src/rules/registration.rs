//! How one becomes a user: what is asked, and where each answer comes from.

use calock::certificate::HolderKind;
use serde::{Deserialize, Serialize};

use super::{Letter, Words};

/// Registration and what follows until the account may be used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Registration {
    /// By what one registers.
    pub by: Vec<By>,
    /// Who can register.
    pub kinds: Vec<Kind>,
    /// Where the registration is kept. Elsewhere data reaches this portal after [`Self::sync_minutes`].
    pub place: Place,
    /// Minutes from approval until the account may be used here.
    pub sync_minutes: u32,
    /// What a new account needs before its password logs in.
    #[serde(default)]
    pub activation: Activation,
    /// Whether an administrator approves what was submitted.
    pub review: bool,
    /// Whether an administrator approves later changes too.
    pub review_changes: bool,
    /// How long that takes, for the applicant to know.
    pub review_takes: Option<Words>,
    /// Whether submitted data can only be changed after asking for it (变更).
    pub locked_after_submit: bool,
    /// The letter of commitment (承诺书) that is sealed before business is done.
    #[serde(default)]
    pub letter: Option<Letter>,
    /// What is told before one begins (温馨提示).
    #[serde(default)]
    pub tips: Vec<Words>,
    /// The roles (主体类型) one can have: users add, administrators remove.
    pub roles: Vec<Role>,
    /// The fields of the basic data.
    #[serde(rename(deserialize = "field"))]
    pub fields: Vec<Field>,
    /// The attachments.
    #[serde(default, rename(deserialize = "attachment"))]
    pub attachments: Vec<Attachment>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Role {
    /// Its name in data.
    pub key: String,
    /// Its name on pages.
    pub title: Words,
}

/// What a new account needs before its password logs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// Nothing.
    #[default]
    None,
    /// A code that is sent to the telephone that was given.
    Code,
}

/// By what one registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A certificate: name and code are read from it, and a password is set beside it.
    Certificate,
    /// A password; a lock is bound later.
    Password,
}

/// Who has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A company or another organisation (单位).
    Unit,
    /// A natural person (自然人).
    Person,
}

/// Where accounts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In this portal.
    Here,
    /// In the province's register, from which they travel.
    Province,
}

/// Kinds of holders, as `calock::certificate::HolderKind` tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderKindRule {
    /// An organisation.
    Enterprise,
    /// A person in an organisation.
    Employee,
    /// A natural person.
    Person,
}

impl HolderKindRule {
    /// Whether a holder is of this kind.
    #[must_use]
    pub fn is(self, holder: HolderKind) -> bool {
        matches!(
            (self, holder),
            (Self::Enterprise, HolderKind::Enterprise)
                | (Self::Employee, HolderKind::Employee)
                | (Self::Person, HolderKind::Person)
        )
    }
}

/// One field of the basic data. Two keys mean something: `name` is the account's name, `code` its social credit code or, for a
/// natural person, id number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Field {
    /// Its name in data.
    pub key: String,
    /// Its label.
    pub title: Words,
    /// Where it comes from.
    pub from: From,
    /// Whether it must be filled before it is submitted.
    pub required: bool,
    /// Whether it is asked at the registration already.
    #[serde(default)]
    pub first: bool,
    /// What is checked.
    #[serde(default)]
    pub check: Check,
    /// For whom it is asked; for everybody when this is missing.
    #[serde(default)]
    pub only: Option<Kind>,
}

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    /// The certificate, when one is there: shown and not editable. Typed at a registration by password.
    Certificate,
    /// The person.
    Typed,
}

/// What is checked of a typed value. Check digits warn and do not block: some early codes are legal and fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// One line of at most 200 characters.
    #[default]
    Line,
    /// A social credit code (GB 32100) or an organisation code (GB 11714).
    Code,
    /// A citizen's number (GB 11643).
    PersonId,
    /// A telephone number.
    Phone,
    /// A mail address.
    Mail,
}

/// A file that belongs to the basic data.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Attachment {
    /// Its name in data.
    pub key: String,
    /// What it is.
    pub title: Words,
    /// Whether it must be there before the data is submitted.
    pub required: bool,
    /// Of whom it is asked; of everybody when this is missing.
    #[serde(default)]
    pub only: Option<Kind>,
}
