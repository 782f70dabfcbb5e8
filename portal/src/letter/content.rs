//! What a letter says: the rules' words with the account's data in them. No page, no font.

use calock::certificate::time::rfc3339;
use calock::hash::{hex, sha256};
use serde::Serialize;

use crate::form::{self, Typed};
use crate::refusal::Refusal;
use crate::rules::{Letter, Rules, SealOf};
use crate::store::Account;

/// A letter's words, in their order. The day is no part of them: the same data make the same letter on another day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Content {
    /// 信用承诺书.
    pub(crate) title: String,
    /// With `{date}` still in them.
    paragraphs: Vec<String>,
    /// Label and value.
    pub(crate) data: Vec<(String, String)>,
    /// Who signs at the end.
    pub(crate) signatories: Vec<Signatory>,
}

/// A line at the end, with a place for a seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Signatory {
    /// Whose seal.
    pub(crate) seal: SealOf,
    /// Before the place.
    pub(crate) label: &'static str,
    /// Who.
    pub(crate) name: String,
}

impl Content {
    /// Of an account's data as they are edited or were submitted last.
    ///
    /// # Errors
    /// `STATE_CONFLICT` (`no-data`) for an administrator.
    pub(crate) fn of(rules: &Rules, letter: &Letter, account: &Account) -> Result<Self, Refusal> {
        let kind = account.data_kind()?;
        let data = account.typed();
        let value = |key: &str| data.get(key).map(String::as_str).unwrap_or_default();
        let roles = account.role_keys();
        let roles: Vec<&str> = rules
            .registration
            .roles
            .iter()
            .filter(|role| roles.contains(&role.key))
            .map(|role| role.title.zh.as_str())
            .collect();
        let mut rows: Vec<(String, String)> = form::fields(rules, kind)
            .filter(|field| !value(&field.key).is_empty())
            .map(|field| (field.title.zh.clone(), value(&field.key).to_owned()))
            .collect();
        if !roles.is_empty() {
            rows.push(("主体类型".into(), roles.join("、")));
        }
        let signatories = letter.seals.iter().map(|seal| match seal {
            SealOf::Unit => Signatory { seal: *seal, label: "单位（盖章）：", name: value("name").into() },
            SealOf::Legal => {
                Signatory { seal: *seal, label: "法定代表人（盖章）：", name: value("legal").into() }
            }
        });
        Ok(Self {
            title: letter.title.zh.clone(),
            paragraphs: letter.text.iter().map(|text| filled(text, &rules.title.zh, &data)).collect(),
            data: rows,
            signatories: signatories.collect(),
        })
    }

    /// The paragraphs of a day.
    pub(crate) fn paragraphs(&self, day: &str) -> impl Iterator<Item = String> {
        self.paragraphs.iter().map(move |text| text.replace("{date}", day))
    }

    /// All of its words, for whoever must have the characters.
    pub(crate) fn words(&self, day: &str) -> String {
        let mut words = self.title.clone();
        words.extend(self.paragraphs(day));
        words.extend(self.data.iter().flat_map(|(label, value)| [label.as_str(), value]));
        words.extend(self.signatories.iter().flat_map(|one| [one.label, &one.name]));
        words.push_str(day);
        words
    }

    /// The version of the data that it binds, hexadecimal.
    pub(crate) fn digest(&self) -> Result<String, Refusal> {
        let text = serde_json::to_string(self).map_err(|_| calock::Code::Internal)?;
        Ok(hex(&sha256(text.as_bytes())))
    }
}

/// A text with the data for its placeholders. What a value says in braces stays as it is.
fn filled(text: &str, portal: &str, data: &Typed) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) = part.split_once('}').unwrap_or((part, ""));
        match key {
            "portal" => filled.push_str(portal),
            "date" => filled.push_str("{date}"),
            key => filled.push_str(data.get(key).map(String::as_str).unwrap_or_default()),
        }
        filled.push_str(rest);
    }
    filled
}

/// The day in China, as letters have it: 2026年11月22日.
pub(crate) fn day(at: u64) -> String {
    let time = rfc3339(at.saturating_add(8 * 3600));
    let part = |from: usize, to: usize| time.get(from..to).unwrap_or_default().trim_start_matches('0');
    format!("{}年{}月{}日", part(0, 4), part(5, 7), part(8, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once() {
        let data = Typed::from([("name".into(), "甲{code}公司".into()), ("code".into(), "91".into())]);
        assert_eq!(filled("{name}（{code}）在{portal}，{date}。", "平台", &data), "甲{code}公司（91）在平台，{date}。");
    }

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        // 2026-11-22T15:59:59Z and a second later.
        assert_eq!(day(1_795_363_199), "2026年11月22日");
        assert_eq!(day(1_795_363_200), "2026年11月23日");
    }
}
