//! What somebody writes who cannot log in: which unit, what is wrong, what shall be done.

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::names::bare;
use crate::refusal::Refusal;
use crate::store::Request;

/// The form. Who reads it compares it with the documents; nothing in it is believed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Form {
    /// `unbind`; others are made elsewhere.
    #[serde(skip_serializing, default)]
    kind: String,
    /// The unit's or person's name.
    pub(crate) name: String,
    /// Its code.
    pub(crate) code: String,
    /// Who asks.
    contact: String,
    /// How to reach them.
    phone: String,
    /// Why.
    reason: String,
    /// Whether the locks shall be unbound (是否解绑).
    pub(crate) unbind: bool,
    /// Whether the password shall be reset (是否需要重置注册密码).
    pub(crate) reset_password: bool,
}

impl Form {
    /// What was written in a request for an unbinding; `None` for any other.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        serde_json::from_str(&request.data).ok().filter(|_| request.kind == Kind::Unbind)
    }

    /// The same, checked and tidied.
    ///
    /// # Errors
    /// `FORM_INVALID` with the field.
    pub(super) fn checked(mut self) -> Result<Self, Refusal> {
        if self.kind != "unbind" {
            return Err(Refusal::form("kind", "unknown"));
        }
        for (field, value, longest) in [
            ("name", &self.name, 100),
            ("code", &self.code, 40),
            ("contact", &self.contact, 50),
            ("phone", &self.phone, 30),
            ("reason", &self.reason, 500),
        ] {
            check(field, value, longest)?;
        }
        if !self.unbind && !self.reset_password {
            return Err(Refusal::form("unbind", "required"));
        }
        self.code = bare(&self.code);
        Ok(self)
    }
}

/// One line or several of at most so many characters, and not nothing.
///
/// # Errors
/// `FORM_INVALID` with the field.
pub(crate) fn check(field: &str, value: &str, longest: usize) -> Result<(), Refusal> {
    if value.trim().is_empty() {
        return Err(Refusal::form(field, "required"));
    }
    let odd = |letter: char| letter.is_control() && letter != '\n';
    if value.chars().count() > longest || value.chars().any(odd) {
        return Err(Refusal::form(field, "line"));
    }
    Ok(())
}
