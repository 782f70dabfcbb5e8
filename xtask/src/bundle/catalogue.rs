//! The message catalogue as scripts, one a language: a page that forbids everything but `script-src 'self'` can still
//! import them, and a page loads only the language that it shows.
//!
//! Every login page loads the Chinese one, so it leaves out what such a page cannot have to say: the codes that src/error.rs
//! marks `only "full"`, and the group "late". These are in a script that the late scripts bring along.

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

/// The group of messages.json whose words no login page shows; in the place of a language it names the script with all that
/// is loaded late.
const LATE: &str = "late";
/// Groups that have a script of their own, with all languages in it: the pages that need them load nothing before.
const APART: &[&str] = &["tools"];

/// The scripts of `messages.json` by name, each with a default export: a word is a string, an entry of a code `[what, todo]`.
/// `errors` is the source of the list of codes.
pub(super) fn scripts(source: &Path, errors: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let text = read(source)?;
    let mut catalogue: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", source.display()))?;
    for part in ["codes", "ui"] {
        ensure!(catalogue[part].is_object(), "{} has no object \"{part}\"", source.display());
    }
    let late_codes = late_codes(&read(errors)?);
    let mut scripts = Vec::new();
    for group in APART {
        let Some(words) = catalogue.as_object_mut().and_then(|groups| groups.remove(*group)) else { continue };
        let languages = LANGUAGES.iter().map(|language| Ok(((*language).to_owned(), one_language(&words, language)?)));
        let all = languages.collect::<Result<Map<_, _>>>().with_context(|| format!("in {}", source.display()))?;
        scripts.push((file(group), script(&Value::Object(all))));
    }
    for language in LANGUAGES {
        let mut sentences = one_language(&catalogue, language).with_context(|| format!("in {}", source.display()))?;
        if *language == LANGUAGES[0] {
            let late = take_late(&mut sentences, &late_codes);
            scripts.push((file(LATE), script(&late)));
        }
        scripts.push((file(language), script(&sentences)));
    }
    Ok(scripts)
}

fn script(sentences: &Value) -> Vec<u8> {
    format!("// Made from www/messages.json by cargo xtask build.\nexport default {sentences};\n").into_bytes()
}

/// The codes that the source of the list marks so.
fn late_codes(errors: &str) -> Vec<String> {
    let marked = errors.lines().filter(|line| line.ends_with("only \"full\";"));
    marked.filter_map(|line| line.split('"').nth(1)).map(str::to_owned).collect()
}

/// Moves what is loaded late out of a language's sentences.
fn take_late(sentences: &mut Value, codes: &[String]) -> Value {
    let mut late = Map::new();
    let mut taken = Map::new();
    if let Some(all) = sentences["codes"].as_object_mut() {
        taken.extend(codes.iter().filter_map(|code| all.remove_entry(code)));
    }
    late.insert("codes".to_owned(), Value::Object(taken));
    if let Some(group) = sentences.as_object_mut().and_then(|groups| groups.remove(LATE)) {
        late.insert(LATE.to_owned(), group);
    }
    Value::Object(late)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
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
        let (source, errors) = (folder.path().join("messages.json"), folder.path().join("error.rs"));
        fs::write(&source, catalogue).unwrap();
        fs::write(&errors, "    /// One.\n    A = \"A\", true;\n    B = \"B\", false, only \"full\";\n").unwrap();
        let scripts = scripts(&source, &errors)?;
        let (_, script) = scripts.into_iter().find(|(name, _)| *name == file(language)).unwrap();
        Ok(String::from_utf8(script).unwrap())
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
    fn what_no_login_page_says_is_loaded_late() {
        let entry = r#"{ "zh": { "what": "甲", "todo": "乙" }, "en": { "what": "a", "todo": "b" } }"#;
        let catalogue = format!(
            r#"{{ "codes": {{ "A": {entry}, "B": {entry} }}, "ui": {{}}, "late": {{ "w": {{ "zh": "丙", "en": "c" }} }} }}"#
        );
        let chinese = made(&catalogue, "zh").unwrap();
        assert!(chinese.contains("\"A\"") && !chinese.contains("\"B\"") && !chinese.contains('丙'), "{chinese}");
        let late = made(&catalogue, "late").unwrap();
        assert!(late.ends_with("{\"codes\":{\"B\":[\"甲\",\"乙\"]},\"late\":{\"w\":\"丙\"}};\n"), "{late}");
        let english = made(&catalogue, "en").unwrap();
        assert!(english.contains("\"B\"") && english.contains("\"w\":\"c\""), "{english}");
    }

    #[test]
    fn a_text_that_is_missing_is_named() {
        let error = made(r#"{ "codes": {}, "ui": { "login": { "zh": "登录" } } }"#, "en").unwrap_err();
        assert!(format!("{error:#}").contains("\"login\""), "{error:#}");
        assert!(made(r#"{ "ui": {} }"#, "zh").unwrap_err().to_string().contains("codes"));
        assert!(made(r#"{ "codes": { "A": { "zh": { "what": "甲" } } }, "ui": {} }"#, "zh").is_err());
    }
}
