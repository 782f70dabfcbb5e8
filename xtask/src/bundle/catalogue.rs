//! The message catalogue as scripts, one a language: a page that forbids everything but `script-src 'self'` can still
//! import them, and a page loads only the language that it shows, and of that only what a login may need.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

/// The languages of the catalogue.
pub(super) const LANGUAGES: &[&str] = &["zh", "en"];

/// The parts of the catalogue that are loaded apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What any login may need.
    Login,
    /// The catalogue's group "more".
    More,
}

impl Part {
    /// The name of its script in a language.
    pub(super) fn file(self, language: &str) -> String {
        match self {
            Self::Login => format!("messages.{language}.js"),
            Self::More => format!("messages.more.{language}.js"),
        }
    }
}

/// The English of a page for sealing; the Chinese is in its script.
pub(super) const SEAL_ENGLISH: &str = "messages.seal.en.js";

/// The parts that a page in Chinese or English fetches once it needs them: everything but the Chinese of a login and of sealing.
pub(super) fn later() -> impl Iterator<Item = String> {
    let more = LANGUAGES.iter().map(|language| Part::More.file(language));
    [Part::Login.file("en")].into_iter().chain(more).chain([SEAL_ENGLISH.to_owned()])
}

/// Groups that have a script of their own, in both languages: no login loads them.
const APART: &[&str] = &["choice", "diagnose", "panel", "placing", "seal", "selftest", "tools"];

/// One of the groups apart, by language, as a script's default export.
pub(super) fn apart(source: &Path, group: &str) -> Result<Vec<u8>> {
    ensure!(APART.contains(&group), "a login page loads the group \"{group}\" of the catalogue");
    let catalogue = read(source)?;
    let texts = |language: &&str| Ok(((*language).to_owned(), one_language(&catalogue[group], language)?));
    let both: Result<Map<_, _>> = LANGUAGES.iter().map(texts).collect();
    Ok(export(&Value::Object(both.with_context(|| format!("in {}", source.display()))?)))
}

/// One of the groups apart in one language, as a script's default export.
pub(super) fn apart_in(source: &Path, group: &str, language: &str) -> Result<Vec<u8>> {
    ensure!(APART.contains(&group), "a login page loads the group \"{group}\" of the catalogue");
    Ok(export(&one_language(&read(source)?[group], language).with_context(|| format!("in {}", source.display()))?))
}

fn read(source: &Path) -> Result<Value> {
    let text = fs::read_to_string(source).with_context(|| format!("cannot read {}", source.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", source.display()))
}

fn export(sentences: &Value) -> Vec<u8> {
    format!("// Made from www/messages.json by cargo xtask build.\nexport default {sentences};\n").into_bytes()
}

/// A part of `messages.json` in one language, as a script's default export: a word is a string, an entry of a code `[what, todo]`.
pub(super) fn script(source: &Path, part: Part, language: &str) -> Result<Vec<u8>> {
    let mut catalogue = read(source)?;
    for group in ["codes", "ui", "more"] {
        ensure!(catalogue[group].is_object(), "{} has no object \"{group}\"", source.display());
    }
    let more = catalogue["more"].take();
    if part == Part::More {
        catalogue = more;
    } else if let Value::Object(groups) = &mut catalogue {
        groups.retain(|group, _| group != "more" && !APART.contains(&group.as_str()));
    }
    Ok(export(&one_language(&catalogue, language).with_context(|| format!("in {}", source.display()))?))
}

fn one_language(value: &Value, language: &str) -> Result<Value> {
    let Value::Object(members) = value else { bail!("{value} stands where a text or a group of texts is wanted") };
    match members.get(language) {
        Some(Value::String(text)) => return Ok(Value::String(text.clone())),
        Some(entry) => match (&entry["what"], &entry["todo"]) {
            (what @ Value::String(_), todo @ Value::String(_)) => {
                return Ok(Value::from(vec![what.clone(), todo.clone()]));
            }
            _ => bail!("{entry} has no \"what\" and \"todo\""),
        },
        None => {}
    }
    ensure!(LANGUAGES.iter().all(|language| !members.contains_key(*language)), "{value} lacks \"{language}\"");
    let group = members
        .iter()
        .map(|(key, value)| Ok((key.clone(), one_language(value, language).with_context(|| format!("\"{key}\""))?)));
    Ok(Value::Object(group.collect::<Result<Map<_, _>>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(catalogue: &str, language: &str) -> Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("messages.json");
        fs::write(&file, catalogue).unwrap();
        script(&file, Part::Login, language).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn what_few_need_is_a_script_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("messages.json");
        fs::write(
            &file,
            r#"{ "codes": {}, "ui": {}, "more": { "codes": { "B": { "zh": { "what": "丙", "todo": "" } } } } }"#,
        )
        .unwrap();
        let script = String::from_utf8(script(&file, Part::More, "zh").unwrap()).unwrap();
        assert!(script.ends_with("export default {\"codes\":{\"B\":[\"丙\",\"\"]}};\n"), "{script}");
    }

    #[test]
    fn a_script_holds_one_language() {
        let catalogue = r#"{
            "codes": { "A": { "zh": { "what": "甲", "todo": "乙" }, "en": { "what": "a", "todo": "b" } } },
            "ui": { "login": { "zh": "登录", "en": "Log in" } },
            "more": { "codes": { "B": { "zh": { "what": "丙", "todo": "" }, "en": { "what": "c", "todo": "" } } } }
        }"#;
        let chinese = made(catalogue, "zh").unwrap();
        assert!(
            chinese.ends_with("export default {\"codes\":{\"A\":[\"甲\",\"乙\"]},\"ui\":{\"login\":\"登录\"}};\n"),
            "{chinese}"
        );
        let english = made(catalogue, "en").unwrap();
        assert!(english.contains(r#""A":["a","b"]"#) && !english.contains('登'), "{english}");
    }

    #[test]
    fn a_text_that_is_missing_is_named() {
        let error = made(r#"{ "codes": {}, "ui": { "login": { "zh": "登录" } }, "more": {} }"#, "en").unwrap_err();
        assert!(format!("{error:#}").contains("\"login\""), "{error:#}");
        assert!(made(r#"{ "ui": {} }"#, "zh").unwrap_err().to_string().contains("codes"));
        assert!(made(r#"{ "codes": { "A": { "zh": { "what": "甲" } } }, "ui": {}, "more": {} }"#, "zh").is_err());
    }
}
