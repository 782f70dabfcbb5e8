//! `docs/portals.md` says of every row of the five manuals what became of it; what is said to work is held by a browser test
//! that names the row in its title.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use calock_portal::rules::{BUILTIN, builtin};

/// How many rows each manual has, by the letter in [`calock_portal::rules::Rules::rows`].
const ROWS: [(&str, u32); 5] = [("A", 22), ("B", 23), ("C", 24), ("D", 19), ("E", 19)];

/// What a row's third column may say, and whether there must be a test.
const ANSWERS: [(&str, bool); 5] = [
    ("网页 browser", true),
    ("平台 portal", true),
    ("网页、平台 both", true),
    ("不再需要 not needed", false),
    ("不在范围 out of scope", false),
];

struct Row {
    id: String,
    answer: String,
    why: String,
    /// Path of the test's file from `docs/`; empty when none is named.
    test: String,
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// The table's rows, in their order.
fn rows() -> Vec<Row> {
    let text = fs::read_to_string(docs().join("portals.md")).unwrap();
    let is_row = |line: &&str| line.split('|').nth(1).is_some_and(|id| is_id(id.trim()));
    text.lines().filter(is_row).map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [id, rule, answer, why, test] = cells.as_slice() else { panic!("not five cells: {line}") };
    assert!(!rule.is_empty(), "{id} does not say the rule");
    let test = test.split_once("](").map_or("", |(_, path)| path.trim_end_matches(')'));
    Row { id: (*id).into(), answer: (*answer).into(), why: (*why).into(), test: test.into() }
}

/// A letter and two digits.
fn is_id(text: &str) -> bool {
    matches!(text.as_bytes(), [b'A'..=b'E', b'0'..=b'9', b'0'..=b'9'])
}

/// The rows that the titles of a file's tests name.
fn named_in(test: &str) -> BTreeSet<String> {
    let path = docs().join(test);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let titles = text.split("test(\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(title, _)| title);
    titles
        .flat_map(|title| title.split(|one: char| !one.is_ascii_alphanumeric()))
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_row_of_the_manuals_is_there_once_and_in_order() {
    let wanted: Vec<String> =
        ROWS.iter().flat_map(|(letter, count)| (1..=*count).map(move |row| format!("{letter}{row:02}"))).collect();
    let there: Vec<String> = rows().into_iter().map(|row| row.id).collect();
    assert_eq!(there, wanted);

    let letters: BTreeSet<String> = BUILTIN.iter().map(|(name, _)| builtin(name).unwrap().rows).collect();
    let known = ROWS.iter().map(|(letter, _)| (*letter).to_owned()).chain(["-".to_owned()]).collect();
    assert_eq!(letters, known, "the rows that the rules follow");
}

#[test]
fn what_works_has_a_test_that_names_it() {
    for row in rows() {
        let answer = ANSWERS.iter().find(|(text, _)| *text == row.answer);
        let (_, works) = answer.unwrap_or_else(|| panic!("{} is answered by {:?}", row.id, row.answer));
        assert!(!row.why.is_empty(), "{} says no how and no why", row.id);
        assert_eq!(*works, !row.test.is_empty(), "{}: what works is tested, what does not cannot be", row.id);
        if *works {
            assert!(named_in(&row.test).contains(&row.id), "{} has no test title with {}", row.test, row.id);
        }
    }
}

/// The document's example of a mistake is what a person would see.
#[test]
fn the_example_of_a_mistake_is_true() {
    let text = fs::read_to_string(docs().join("portals.md")).unwrap();
    let (_, shown) = text.split_once("our.toml: ").unwrap();
    let shown = shown.lines().next().unwrap();
    let (_, rules) = BUILTIN.iter().find(|(name, _)| *name == "fengtai").unwrap();
    let error = calock_portal::rules::Rules::parse(&rules.replacen("attempts =", "atempts =", 1)).unwrap_err();
    assert_eq!(error.to_string(), shown);
}
