//! The message catalogue as scripts, one a language: a page that forbids everything but `script-src 'self'` can still
//! import them, and a page loads only the language that it shows.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

/// The languages of the catalogue.
pub(super) const LANGUAGES: &[&str] = &["zh", "en"];

/// The name of a language's script.
pub(super) fn file(language: &str) -> String {
    format!("messages.{language}.js")
}

/// Parts of the catalogue that no login page loads: each has a script of its own, in both languages.
const LATE: &[&str] = &["diagnose", "panel"];

/// `messages.json` in one language without the late parts, as a script's default export: a word is a string, an entry of a
/// code `[what, todo]`.
pub(super) fn script(source: &Path, language: &str) -> Result<Vec<u8>> {
    let mut catalogue = read(source)?;
    for part in ["codes", "ui"] {
        ensure!(catalogue[part].is_object(), "{} has no object \"{part}\"", source.display());
    }
    if let Value::Object(parts) = &mut catalogue {
        parts.retain(|part, _| !LATE.contains(&part.as_str()));
    }
    export(&one_language(&catalogue, language).with_context(|| format!("in {}", source.display()))?)
}

/// One late part by language, as a script's default export.
pub(super) fn late(source: &Path, part: &str) -> Result<Vec<u8>> {
    ensure!(LATE.contains(&part), "a login page loads the part \"{part}\" of the catalogue");
    let catalogue = read(source)?;
    let languages = LANGUAGES.iter().map(|language| Ok(((*language).to_owned(), one_language(&catalogue[part], language)?)));
    let both = languages.collect::<Result<Map<_, _>>>().with_context(|| format!("in {}", source.display()))?;
    export(&Value::Object(both))
}

fn read(source: &Path) -> Result<Value> {
    let text = fs::read_to_string(source).with_context(|| format!("cannot read {}", source.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", source.display()))
}

fn export(sentences: &Value) -> Result<Vec<u8>> {
    Ok(format!("// Made from www/messages.json by cargo xtask build.\nexport default {sentences};\n").into_bytes())
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
        script(&file, language).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_script_holds_one_language() {
        let catalogue = r#"{
            "codes": { "A": { "zh": { "what": "甲", "todo": "乙" }, "en": { "what": "a", "todo": "b" } } },
            "ui": { "login": { "zh": "登录", "en": "Log in" } }
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
    fn late_parts_are_in_their_own_scripts_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("messages.json");
        let catalogue = r#"{ "codes": {}, "ui": {}, "panel": { "plug": { "zh": "插入", "en": "Plug in" } } }"#;
        fs::write(&file, catalogue).unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert!(!text(script(&file, "zh").unwrap()).contains("插入"));
        let panel = text(late(&file, "panel").unwrap());
        assert!(panel.ends_with("{\"en\":{\"plug\":\"Plug in\"},\"zh\":{\"plug\":\"插入\"}};\n"), "{panel}");
        assert!(late(&file, "ui").is_err());
    }

    #[test]
    fn a_text_that_is_missing_is_named() {
        let error = made(r#"{ "codes": {}, "ui": { "login": { "zh": "登录" } } }"#, "en").unwrap_err();
        assert!(format!("{error:#}").contains("\"login\""), "{error:#}");
        assert!(made(r#"{ "ui": {} }"#, "zh").unwrap_err().to_string().contains("codes"));
        assert!(made(r#"{ "codes": { "A": { "zh": { "what": "甲" } } }, "ui": {} }"#, "zh").is_err());
    }
}
