//! The list of codes stands in four places: src/error.rs rules, and the catalogue, the page's errors.js and index.d.ts follow.

#![allow(clippy::panic)] // a helper that cannot go on fails its test

use std::collections::BTreeSet;

use calock::Code;
use serde_json::Value;

const MESSAGES: &str = include_str!("../www/messages.json");
const ERRORS_JS: &str = include_str!("../www/calock/errors.js");
const TOOLS_JS: &str = include_str!("../www/calock/tools.js");
const TYPES: &str = include_str!("../www/calock/index.d.ts");

fn codes(wanted: impl Fn(Code) -> bool) -> BTreeSet<&'static str> {
    Code::ALL.iter().filter(|code| wanted(**code)).map(|code| code.as_str()).collect()
}

/// The text after `start` and before `end`.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in the file"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} after {start}")).0
}

/// Words of capitals and underscores, each once.
fn names(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for name in text.split(|c: char| !c.is_ascii_uppercase() && c != '_').filter(|name| !name.is_empty()) {
        assert!(names.insert(name), "{name} is listed twice");
    }
    names
}

#[test]
fn the_catalogue_says_what_happened_and_what_to_do_for_exactly_the_codes() {
    let catalogue: Value = serde_json::from_str(MESSAGES).unwrap();
    let part = |codes: &Value| codes.as_object().unwrap().clone().into_iter().collect::<Vec<_>>();
    let entries = [part(&catalogue["codes"]), part(&catalogue["more"]["codes"])].concat();
    assert_eq!(entries.len(), Code::ALL.len(), "a code stands in both parts");
    assert_eq!(entries.iter().map(|(code, _)| code).map(String::as_str).collect::<BTreeSet<_>>(), codes(|_| true));
    for (code, entry) in &entries {
        for language in ["zh", "en"] {
            for part in ["what", "todo"] {
                let sentence = entry[language][part].as_str().unwrap_or_default();
                assert!(!sentence.trim().is_empty(), "{code} has no {language} {part}");
            }
        }
        let english = entry["en"].to_string();
        assert!(english.is_ascii(), "the English of {code} is no ASCII: {english}");
    }
}

#[test]
fn every_word_of_the_page_is_there_in_both_languages() {
    let catalogue: Value = serde_json::from_str(MESSAGES).unwrap();
    let groups = |part: &Value| {
        part.as_object().unwrap().clone().into_iter().filter(|(name, _)| {
            !["codes", "more", "choice", "diagnose", "panel", "selftest", "tools"].contains(&&**name)
        })
    };
    let groups = groups(&catalogue).chain(groups(&catalogue["more"]));
    for (group, words) in groups {
        for (name, word) in words.as_object().unwrap() {
            for language in ["zh", "en"] {
                let there = word[language].as_str().is_some_and(|text| !text.trim().is_empty());
                assert!(there, "{group}.{name} has no {language}");
            }
        }
    }
}

/// Every text below `value` that stands without the other language, or is empty, by its path.
fn lonely(value: &Value, path: &str) -> Vec<String> {
    let empty = |text: &Value| text.as_str().is_some_and(|text| text.trim().is_empty());
    match value.as_object() {
        Some(both) if both.contains_key("zh") || both.contains_key("en") => {
            let full = ["zh", "en"].iter().all(|language| both.contains_key(*language) && !empty(&both[*language]));
            if full { Vec::new() } else { vec![path.to_owned()] }
        }
        Some(group) => group.iter().flat_map(|(name, value)| lonely(value, &format!("{path}/{name}"))).collect(),
        None => vec![path.to_owned()],
    }
}

#[test]
fn every_text_apart_is_there_in_both_languages() {
    let catalogue: Value = serde_json::from_str(MESSAGES).unwrap();
    for group in ["choice", "diagnose", "panel", "selftest", "tools"] {
        assert!(catalogue[group].is_object(), "{group}");
        assert_eq!(lonely(&catalogue[group], group), Vec::<String>::new());
    }
}

#[test]
fn what_diagnose_and_the_selftest_advise_is_there_in_both_languages_or_in_none() {
    let catalogue: Value = serde_json::from_str(MESSAGES).unwrap();
    let findings = ["diagnose", "selftest"].map(|group| catalogue[group]["findings"].as_object().unwrap());
    for (code, entry) in findings.into_iter().flatten() {
        let said = |language: &str, part: &str| !entry[language][part].as_str().unwrap().is_empty();
        assert!(said("zh", "what") && said("en", "what"), "{code}");
        assert_eq!(said("zh", "todo"), said("en", "todo"), "{code}");
    }
}

/// The codes that a login over WebHID cannot end with.
fn late_codes() -> BTreeSet<&'static str> {
    let marked = include_str!("../src/error.rs")
        .lines()
        .filter(|line| line.trim_end_matches(';').ends_with('"') && line.contains(", only \""));
    marked.filter_map(|line| line.split('"').nth(1)).collect()
}

#[test]
fn the_page_calls_the_same_codes_final() {
    let late = late_codes();
    let expected = codes(|code| !code.retriable() && !late.contains(code.as_str()));
    assert_eq!(names(between(ERRORS_JS, "new Set(\n", ".split(")), expected);
    // Those that a portal says to the tools, which bring their own list.
    let tools = names(between(TOOLS_JS, "const FINAL_HERE =\n", ".split("));
    let final_and_late = codes(|code| !code.retriable() && late.contains(code.as_str()));
    assert!(tools.is_subset(&final_and_late), "{:?}", tools.difference(&final_and_late));
}

#[test]
fn the_types_name_exactly_the_codes() {
    assert_eq!(names(between(TYPES, "export type Code =", ";")), codes(|_| true));
}

/// What a login over WebHID cannot end with is not loaded by every login page.
#[test]
fn what_only_late_modules_say_is_fetched_with_them() {
    let catalogue: Value = serde_json::from_str(MESSAGES).unwrap();
    assert!(late_codes().contains("PROTECTED_CLASS"));
    for code in late_codes() {
        assert!(catalogue["more"]["codes"][code].is_object(), "{code} stands among the sentences of every login");
    }
}
