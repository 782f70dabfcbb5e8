//! The letter of commitment (信用承诺书): what it says, when it is sealed, and what it opens. Rows C03 and C20.

use serde::{Deserialize, Serialize};

use super::{Registration, Words};

/// A letter that the portal makes of an account's data, and that its holder seals.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Letter {
    /// What it is called. The letter itself is in Chinese.
    pub title: Words,
    /// Its paragraphs. `{key}` stands for a field of the basic data, `{portal}` for the portal's title, `{date}` for the day.
    pub text: Vec<String>,
    /// Which submissions of the basic data want it sealed.
    pub when: When,
    /// Whose seals it wants.
    pub seals: Vec<SealOf>,
    /// What is refused without it.
    pub grants: Vec<Grant>,
}

/// Which submissions of the basic data want the letter of just these data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Every one.
    Submit,
    /// Those after the first approval (修改信息): who registers elsewhere has no lock here yet.
    Change,
}

/// Whose seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealOf {
    /// The account's own (单位公章).
    Unit,
    /// Its legal representative's (法定代表人章), by the field `legal`.
    Legal,
}

/// A capability that waits for the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// 业务操作权限.
    Business,
    /// 投电子标.
    Bid,
    /// 电子标业务.
    Electronic,
}

impl Letter {
    /// Whether a capability waits for it.
    #[must_use]
    pub fn grants(&self, what: Grant) -> bool {
        self.grants.contains(&what)
    }

    /// What no type says: every placeholder stands for something, and who seals is in the data.
    pub(super) fn check(&self, registration: &Registration) -> Result<(), String> {
        let known =
            |key: &str| matches!(key, "portal" | "date") || registration.fields.iter().any(|one| one.key == key);
        for text in &self.text {
            if let Some(key) = placeholders(text).find(|key| !known(key)) {
                return Err(format!("the letter's text has {{{key}}}, which is no field"));
            }
        }
        match () {
            () if self.text.is_empty() => Err("a letter without text".into()),
            () if !self.seals.contains(&SealOf::Unit) => Err("the letter wants the seal of the unit, at least".into()),
            () if self.seals.contains(&SealOf::Legal) && !known("legal") => {
                Err("the letter wants the seal of the legal representative, and there is no field \"legal\"".into())
            }
            () => Ok(()),
        }
    }
}

/// The names in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split_once('}').map_or(rest, |(key, _)| key))
}

#[cfg(test)]
mod tests {
    use crate::rules::{BUILTIN, Rules, builtin};

    fn changde() -> &'static str {
        BUILTIN.iter().find(|(name, _)| *name == "changde").unwrap().1
    }

    #[test]
    fn one_portal_has_a_letter() {
        let with: Vec<&str> = BUILTIN
            .iter()
            .filter(|(name, _)| builtin(name).unwrap().registration.letter.is_some())
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(with, ["changde"]);
    }

    #[test]
    fn an_unknown_key_is_told_with_its_place() {
        let line = changde().lines().position(|line| line.starts_with("grants =")).unwrap() + 1;
        let error = Rules::parse(&changde().replacen("grants =", "grant =", 1)).unwrap_err();
        assert_eq!((error.line, error.column), (line, 1), "{error}");
        let error =
            Rules::parse(&changde().replacen("grants = [\"business\"]", "grants = [\"busyness\"]", 1)).unwrap_err();
        assert_eq!(error.line, line, "{error}");
    }

    #[test]
    fn what_a_text_names_is_there() {
        let error = Rules::parse(&changde().replacen("{legal}", "{boss}", 1)).unwrap_err();
        assert!(error.message.contains("{boss}"), "{error}");
        let error = Rules::parse(&changde().replacen("seals = [\"unit\"]", "seals = [\"legal\"]", 1)).unwrap_err();
        assert!(error.message.contains("unit"), "{error}");
    }
}
