//! Where things are in the repository.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository, by the folder its root manifest stands in.
pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    /// The repository this program was built from.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
        Ok(Self { root: root.to_path_buf() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root, written with `/`.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The module as it is served and published.
    pub(crate) fn dist(&self) -> PathBuf {
        self.at("pkg/dist")
    }

    /// Cargo's target folder; `CARGO_TARGET_DIR` moves it.
    pub(crate) fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// Where cargo keeps what it downloads.
    pub(crate) fn cargo_home() -> Result<PathBuf> {
        if let Some(folder) = std::env::var_os("CARGO_HOME") {
            return Ok(folder.into());
        }
        Ok(std::env::home_dir().context("neither CARGO_HOME nor a home folder is set")?.join(".cargo"))
    }

    /// The `calock` command in the profile that the demo and the browser tests use.
    pub(crate) fn calock(&self) -> PathBuf {
        self.target().join("debug").join(format!("calock{}", std::env::consts::EXE_SUFFIX))
    }
}
