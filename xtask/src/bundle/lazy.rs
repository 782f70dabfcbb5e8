//! Scripts that an entry loads only when it needs them.
//!
//! They import what the entry has in it already: its error class, its lists, its state. Packed by themselves they would bring
//! a second copy of all that, and cut out as a shared file it would cost every login page a request. So an entry also exports
//! what its late scripts take from it, under short names, and their imports are written anew to name the entry. Each entry has
//! late scripts of its own, since each has its own state.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{Profile, catalogue, pack};
use crate::imports;
use crate::tree::Tree;

/// The late scripts; each is reached by an `import("./NAME")`, from the entry or from one that stands before it, or by a page.
const LATE: &[&str] =
    &["tools.js", "full.js", "choice.js", "diagnose.js", SEAL, SEAL_VIEW, SEAL_POST, SEAL_MORE, SEAL_TEST];
/// Named by the page that seals.
const SEAL: &str = "seal.js";
/// Named by the one before when a document is opened.
const SEAL_VIEW: &str = "seal-view.js";
/// Named by the same one when a document may be posted.
const SEAL_POST: &str = "seal-post.js";
/// Named by it too, when somebody asks for what few documents need.
const SEAL_MORE: &str = "seal-more.js";
/// And by it for a self-test.
const SEAL_TEST: &str = "seal-test.js";
/// Those that pages name themselves, with the one entry that they share its state with: no login loads them.
const NAMED: &[(&str, &str)] = &[("api.js", "selftest.js")];

/// What every entry exports whole.
const PUBLIC: &str = "functions.js";
/// Small and without state: a late script brings its own copy, so that the entry need not export it.
const COPIED: &[&str] = &["element/dom.js", "element/certificate.js", "element/language.js", "element/pin.js"];

/// The name of a late script beside its entry.
fn file(entry: &str, late: &str) -> String {
    format!("{}-{late}", entry.trim_end_matches(".js"))
}

/// The script for seals beside an entry.
pub(crate) fn seal(entry: &str) -> String {
    file(entry, SEAL)
}

/// The script beside an entry that shows documents.
pub(crate) fn seal_view(entry: &str) -> String {
    file(entry, SEAL_VIEW)
}

/// The script beside an entry that posts documents.
pub(crate) fn seal_post(entry: &str) -> String {
    file(entry, SEAL_POST)
}

/// The scripts beside an entry with what few who seal need.
pub(crate) fn seal_more(entry: &str) -> Vec<String> {
    vec![file(entry, SEAL_MORE), file(entry, SEAL_TEST)]
}

/// The late scripts of an entry, by the names they have in pkg/dist.
pub(crate) fn files(entry: &str) -> impl Iterator<Item = String> {
    LATE.iter().map(move |late| file(entry, late))
}

/// The scripts that pages name beside this entry.
fn named(entry: &str) -> impl Iterator<Item = &'static &'static str> {
    NAMED.iter().filter(move |(of, _)| *of == entry).map(|(_, script)| script)
}

/// Packs an entry and its late scripts into `folder`, and returns their names.
pub(super) fn entry(tree: &Tree, plain: &Path, entry: &str, folder: &Path, profile: Profile) -> Result<Vec<String>> {
    let mut outside: Vec<String> = LATE.iter().map(|late| (*late).to_owned()).collect();
    if entry == "calock.js" {
        outside.extend(catalogue::later());
    }
    let own = pack::script(tree, plain, entry, &outside, folder, entry, profile)?;

    let mut taken = Taken::default();
    let mut late_scripts = Vec::new();
    let mut reached = read(&folder.join(entry))?;
    for late in named(entry).chain(LATE) {
        let by_import = LATE.contains(late) && *late != SEAL;
        if by_import && !reached.contains(&format!("\"./{late}\"")) {
            continue;
        }
        let name = file(entry, late);
        let not_again: Vec<String> = own
            .iter()
            .filter(|file| !COPIED.contains(&file.as_str()))
            .cloned()
            .chain(LATE.iter().filter(|other| *other != late).map(|other| (*other).to_owned()))
            .chain([catalogue::SEAL_ENGLISH.to_owned()])
            .collect();
        pack::script(tree, plain, late, &not_again, folder, &name, profile)?;
        let script = read(&folder.join(&name))?;
        let mut script = taken.rewrite(&script, entry, &own).with_context(|| format!("in {name}"))?;
        for other in LATE.iter().chain([&catalogue::SEAL_ENGLISH]) {
            // From a folder of its own a script names the others by where they were; as wide as it was, for the source map's sake.
            let (there, here) = (format!("\"../plain/{other}\""), format!("\"./{other}\""));
            script = script.replace(&there, &format!("{here:width$}", width = there.len()));
        }
        reached.push_str(&script);
        late_scripts.push((name, script));
    }

    // Once more, with what the late scripts turned out to need.
    let wrapper = format!("with-late-{entry}");
    let mut source = format!("export * from \"./{entry}\";\n");
    for ((module, name), short) in &taken.names {
        writeln!(source, "export {{ {name} as {short} }} from \"./{module}\";")?;
    }
    write(&plain.join(&wrapper), &source)?;
    pack::script(tree, plain, &wrapper, &outside, folder, entry, profile)?;
    let (packed, locals) = without_short_names(&read(&folder.join(entry))?);
    late_scripts.push((entry.to_owned(), packed));

    let mut names = Vec::new();
    for (name, mut script) in late_scripts {
        for (short, local) in &locals {
            for before in ["{", ","] {
                // As wide as it was, for the source map's sake.
                let new = format!("{before}{local:width$} as ", width = short.len());
                script = script.replace(&format!("{before}{short} as "), &new);
            }
        }
        for late in LATE {
            script = script.replace(&format!("\"./{late}\""), &format!("\"./{}\"", file(entry, late)));
        }
        write(&folder.join(&name), &script)?;
        names.push(name);
    }
    Ok(names)
}

/// An entry that exports what it calls `V as _0` as `V`: minified names are short enough, and the login page loads them once.
/// Returns it with the names by the short ones. A name that is longer than its short one is left, as in a build for the
/// debugger.
fn without_short_names(entry: &str) -> (String, Vec<(String, String)>) {
    let mut locals = Vec::new();
    let Some((body, (list, rest))) =
        entry.rsplit_once("export{").and_then(|(body, after)| Some((body, after.split_once('}')?)))
    else {
        return (entry.to_owned(), locals);
    };
    let plain = list.split(',').map(|export| match export.split_once(" as ") {
        Some((local, short)) if short.starts_with('_') && local.len() <= short.len() => {
            locals.push((short.to_owned(), local.to_owned()));
            local
        }
        _ => export,
    });
    let list = plain.collect::<Vec<_>>().join(",");
    (format!("{body}export{{{list}}}{rest}"), locals)
}

/// What late scripts import from their entry: (file, name) → the short name it is exported as.
#[derive(Default)]
struct Taken {
    names: BTreeMap<(String, String), String>,
}

impl Taken {
    /// Rewrites `import { a as b } from "./x.js"` to take it from the entry, for every file that is in the entry.
    fn rewrite(&mut self, script: &str, entry: &str, own: &[String]) -> Result<String> {
        let mut out = String::with_capacity(script.len());
        let mut rest = script;
        while let Some(at) = rest.find("import") {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let import = Import::read(from).filter(|import| own.contains(&import.file));
            let Some(import) = import else {
                out.push_str("import");
                rest = &from["import".len()..];
                continue;
            };
            let names: Vec<String> = import
                .names
                .iter()
                .map(|(name, local)| format!("{} as {local}", self.short(&import.file, name)))
                .collect();
            let statement = format!("import{{{}}}from\"./{entry}\"", names.join(","));
            // As long as before and with as many lines, so that the source map still fits.
            let (old, after) = from.split_at(import.length);
            write!(out, "{statement:width$}", width = old.len())?;
            out.extend(old.chars().filter(|c| *c == '\n'));
            rest = after;
        }
        out.push_str(rest);
        let left = imports::specifiers(&out);
        let left = left
            .iter()
            .find(|specifier| own.iter().any(|file| specifier.ends_with(&format!("/{file}")) && file != entry));
        ensure!(left.is_none(), "only names in braces can be taken from {}", left.map_or("", String::as_str));
        Ok(out)
    }

    fn short(&mut self, file: &str, name: &str) -> String {
        // Every entry exports these by their own names.
        if file == PUBLIC {
            return name.to_owned();
        }
        let next = format!("_{}", self.names.len());
        self.names.entry((file.to_owned(), name.to_owned())).or_insert(next).clone()
    }
}

/// One `import { a, b as c } from "./x.js"`, as esbuild writes it.
struct Import {
    /// Relative to the folder that was packed.
    file: String,
    /// (name there, name here)
    names: Vec<(String, String)>,
    /// Bytes of the statement, without its semicolon.
    length: usize,
}

impl Import {
    fn read(text: &str) -> Option<Self> {
        let names = text.strip_prefix("import")?.trim_start().strip_prefix('{')?;
        let (names, after) = names.split_once('}')?;
        let quoted = after.trim_start().strip_prefix("from")?.trim_start().strip_prefix('"')?;
        let (specifier, after) = quoted.split_once('"')?;
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        let names = names.map(|name| match name.split_once(" as ") {
            Some((there, here)) => (there.to_owned(), here.to_owned()),
            None => (name.to_owned(), name.to_owned()),
        });
        // What was imported from another folder than the late script's own is named from where the result is written.
        let file = specifier.trim_start_matches("../plain/").trim_start_matches("./").to_owned();
        Some(Self { file, names: names.collect(), length: text.len() - after.len() })
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_from_the_entry_and_the_length_stays() {
        let own = ["errors.js".to_owned(), "element/flow.js".to_owned()];
        let mut taken = Taken::default();
        let script = "import{CalockError as a,describe}from\"./errors.js\";import{b}from\"./own.js\";import(\"./x.js\");\
            import{CalockError as c}from\"../plain/errors.js\";throw new a;";
        let new = taken.rewrite(script, "calock.js", &own).unwrap();
        assert_eq!(new.len(), script.len());
        let words: String = new.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            words,
            "import{_0 as a,_1 as describe}from\"./calock.js\" ;import{b}from\"./own.js\";import(\"./x.js\");\
             import{_0 as c}from\"./calock.js\" ;throw new a;"
        );
        assert_eq!(taken.names.len(), 2);
        let public = taken.rewrite("import{init as a}from\"./functions.js\";", "api.js", &["functions.js".to_owned()]);
        assert!(public.unwrap().starts_with("import{init as a}from\"./api.js\""));
        assert_eq!(taken.names.len(), 2);
        let lines = taken.rewrite("import {\n  inWords\n} from \"./errors.js\";\n", "calock.js", &own).unwrap();
        assert_eq!(lines.matches('\n').count(), 3);
    }

    #[test]
    fn short_names_give_way_to_shorter_ones() {
        let (entry, locals) =
            without_short_names("var V,jt;export{u as CalockError,V as _0,longer as _1,jt as _10};//x");
        assert_eq!(entry, "var V,jt;export{u as CalockError,V,longer as _1,jt};//x");
        assert_eq!(locals, [("_0".to_owned(), "V".to_owned()), ("_10".to_owned(), "jt".to_owned())]);
    }

    #[test]
    fn what_has_no_name_cannot_be_taken() {
        let own = ["errors.js".to_owned()];
        for script in ["import a from\"./errors.js\";", "import*as a from\"./errors.js\";", "import\"./errors.js\";"] {
            assert!(Taken::default().rewrite(script, "calock.js", &own).is_err(), "{script}");
        }
    }
}
