//! One text says all of a change to a record, and that text is what is signed: a signature under one cannot be put under another.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::binding::state::{kept, words};
use crate::rules::{Rules, Submission, Words};

/// The longest value, in characters.
const LONGEST: usize = 2_000;

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// 新增.
    Create,
    /// 变更.
    Change,
    /// 作废.
    Void,
    /// 取消作废.
    Restore,
}

kept! {
    /// What a record is.
    State {
        /// 有效.
        Valid = "valid",
        /// 已作废.
        Void = "void",
    }
}

/// A posted change, as it stands in the signed text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What is done.
    pub action: Action,
    /// The kind of record.
    pub kind: String,
    /// Which one; none for a new one.
    pub record: Option<String>,
    /// The version that the user saw; 0 for a new one.
    pub version: u64,
    /// The fields.
    pub data: BTreeMap<String, String>,
}

/// Why a change cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `FORM_INVALID`: the field, and the word for why.
    Field(String, &'static str),
    /// `STATE_CONFLICT`: the word.
    State(&'static str),
}

impl Action {
    /// The word in the database and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Void => "void",
            Self::Restore => "restore",
        }
    }

    /// 新增, 变更, 作废, 取消作废, from the database.
    #[must_use]
    pub fn words(kept: &str) -> Words {
        match kept {
            "create" => words("新增", "Added"),
            "change" => words("变更", "Changed"),
            "void" => words("作废", "Made void"),
            _ => words("取消作废", "Restored"),
        }
    }
}

impl State {
    /// 有效, 已作废.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Valid => words("有效", "Valid"),
            Self::Void => words("已作废", "Void"),
        }
    }
}

impl Entry {
    /// Reads the text.
    ///
    /// # Errors
    /// [`Fault::Field`] `formText`, `json`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        serde_json::from_str(text).map_err(|_| Fault::Field("formText".into(), "json"))
    }

    /// The kind's rule, and whether the text fits it.
    ///
    /// # Errors
    /// [`Fault::Field`].
    pub fn check<'a>(&self, rules: &'a Rules) -> Result<&'a Submission, Fault> {
        let fault = |field: &str, reason| Err(Fault::Field(field.into(), reason));
        let Some(kind) = rules.submissions.kinds.iter().find(|kind| kind.key == self.kind && !kind.staff) else {
            return fault("kind", "unknown");
        };
        if (self.action == Action::Create) != self.record.is_none() || self.record.is_none() && self.version != 0 {
            return fault("record", "required");
        }
        if matches!(self.action, Action::Void | Action::Restore) {
            return if self.data.is_empty() { Ok(kind) } else { fault("data", "unknown") };
        }
        check_fields(kind, &self.data)?;
        Ok(kind)
    }

    /// What the record is after this, if its newest version was this one in this state.
    ///
    /// # Errors
    /// [`Fault::State`] `version`, `void`, `valid`.
    pub fn after(&self, newest: Option<(u64, State)>) -> Result<State, Fault> {
        match (self.action, newest) {
            (Action::Create, None) => Ok(State::Valid),
            (_, Some((version, _))) if version != self.version => Err(Fault::State("version")),
            (Action::Change, Some((_, State::Valid))) => Ok(State::Valid),
            (Action::Void, Some((_, State::Valid))) => Ok(State::Void),
            (Action::Restore, Some((_, State::Void))) => Ok(State::Valid),
            (Action::Change | Action::Void, Some((_, State::Void))) => Err(Fault::State("void")),
            (Action::Restore, Some((_, State::Valid))) => Err(Fault::State("valid")),
            _ => Err(Fault::State("version")),
        }
    }
}

/// Whether the fields are those of the kind, and the required ones are filled.
///
/// # Errors
/// [`Fault::Field`], the first.
pub fn check_fields(kind: &Submission, data: &BTreeMap<String, String>) -> Result<(), Fault> {
    for field in &kind.fields {
        let value = data.get(&field.key).map_or("", String::as_str);
        if field.required && value.trim().is_empty() {
            return Err(Fault::Field(field.key.clone(), "required"));
        }
        let bad = value.chars().count() > LONGEST || value.chars().any(|letter| letter.is_control() && letter != '\n');
        if bad {
            return Err(Fault::Field(field.key.clone(), "line"));
        }
    }
    match data.keys().find(|key| kind.fields.iter().all(|field| field.key != **key)) {
        Some(unknown) => Err(Fault::Field(unknown.clone(), "unknown")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    fn entry(text: &str) -> Entry {
        Entry::parse(text).unwrap()
    }

    #[test]
    fn a_text_says_all_of_a_change() {
        let rules = builtin("hunan").unwrap();
        let new = entry(
            r#"{"action":"create","kind":"qualification","record":null,"version":0,"data":{"attribute":"企业资质","type":"建筑工程施工总承包","scope":"一级"}}"#,
        );
        assert!(new.check(&rules).unwrap().by_lock, "E14");
        assert_eq!(new.after(None), Ok(State::Valid));
        assert_eq!(Entry::parse("{}"), Err(Fault::Field("formText".into(), "json")));
        let mut missing = new.clone();
        missing.data.remove("type");
        assert_eq!(missing.check(&rules).unwrap_err(), Fault::Field("type".into(), "required"));
        let mut more = new.clone();
        more.data.insert("admin".into(), "yes".into());
        assert_eq!(more.check(&rules).unwrap_err(), Fault::Field("admin".into(), "unknown"));
        let other = Entry { kind: "weather".into(), ..new };
        assert_eq!(other.check(&rules).unwrap_err(), Fault::Field("kind".into(), "unknown"));
    }

    /// 查看 变更 作废 取消作废.
    #[test]
    fn a_record_is_changed_in_its_newest_version_only() {
        let act = |action: &str| {
            entry(&format!(r#"{{"action":"{action}","kind":"award","record":"r","version":2,"data":{{}}}}"#))
        };
        let valid = Some((2, State::Valid));
        let void = Some((2, State::Void));
        assert_eq!(act("change").after(valid), Ok(State::Valid));
        assert_eq!(act("void").after(valid), Ok(State::Void));
        assert_eq!(act("restore").after(void), Ok(State::Valid));
        assert_eq!(act("restore").after(valid), Err(Fault::State("valid")));
        assert_eq!(act("change").after(void), Err(Fault::State("void")));
        assert_eq!(act("void").after(Some((3, State::Valid))), Err(Fault::State("version")));
        assert_eq!(act("void").after(None), Err(Fault::State("version")));
    }
}
