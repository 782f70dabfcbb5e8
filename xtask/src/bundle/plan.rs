//! The files of a folder that is made: what shall stand in it, and making it so without touching what is right already.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::integrity;

/// Contents by path; the paths are relative and written with `/`.
#[derive(Default)]
pub(super) struct Plan {
    files: BTreeMap<String, Vec<u8>>,
}

impl Plan {
    /// Adds one file with the given contents.
    pub(super) fn bytes(&mut self, path: &str, contents: Vec<u8>) -> Result<()> {
        if self.files.insert(path.to_owned(), contents).is_some() {
            bail!("two sources make pkg/dist/{path}: rename the one below www");
        }
        Ok(())
    }

    /// Adds a copy of a file.
    pub(super) fn file(&mut self, source: &Path, path: &str) -> Result<()> {
        let contents = fs::read(source).with_context(|| format!("cannot read {}", source.display()))?;
        self.bytes(path, contents)
    }

    /// Adds a copy of every file below a folder, `prefix` before its relative path.
    pub(super) fn folder(&mut self, source: &Path, prefix: &str) -> Result<()> {
        let entries = fs::read_dir(source).with_context(|| format!("cannot list {}", source.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_str().with_context(|| format!("{} is no UTF-8 name", entry.path().display()))?;
            if name.starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.folder(&entry.path(), &format!("{prefix}{name}/"))?;
            } else {
                self.file(&entry.path(), &format!("{prefix}{name}"))?;
            }
        }
        Ok(())
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Makes the folder so; returns how many files were written and how many removed.
    pub(super) fn apply(&self, folder: &Path) -> Result<(usize, usize)> {
        let mut written = 0;
        for (path, contents) in &self.files {
            let file = folder.join(path);
            if fs::read(&file).is_ok_and(|present| present == *contents) {
                continue;
            }
            let parent = file.parent().context("a planned file has no folder")?;
            fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
            fs::write(&file, contents).with_context(|| format!("cannot write {}", file.display()))?;
            written += 1;
        }
        Ok((written, self.remove_others(folder, "")?))
    }

    fn remove_others(&self, folder: &Path, prefix: &str) -> Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                removed += self.remove_others(&entry.path(), &format!("{path}/"))?;
                // Fails when something is left in it, which is as it should be.
                let _ = fs::remove_dir(entry.path());
            } else if path != integrity::FILE && !self.files.contains_key(&path) {
                fs::remove_file(entry.path()).with_context(|| format!("cannot remove {}", entry.path().display()))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applying_twice_changes_nothing_and_leftovers_go() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("old/deep")).unwrap();
        fs::write(folder.path().join("old/deep/left.js"), "x").unwrap();
        let mut plan = Plan::default();
        plan.bytes("a.js", b"1".to_vec()).unwrap();
        plan.bytes("element/b.js", b"2".to_vec()).unwrap();

        assert_eq!(plan.apply(folder.path()).unwrap(), (2, 1));
        assert_eq!(plan.apply(folder.path()).unwrap(), (0, 0));
        assert!(!folder.path().join("old").exists());
        assert_eq!(fs::read(folder.path().join("element/b.js")).unwrap(), b"2");
    }

    #[test]
    fn two_sources_for_one_path_are_refused() {
        let mut plan = Plan::default();
        plan.bytes("messages.js", Vec::new()).unwrap();
        assert!(plan.bytes("messages.js", Vec::new()).is_err());
    }
}
