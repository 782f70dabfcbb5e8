//! Which portal is meant, and where it keeps what it knows: the same words for whoever serves it and whoever administers it.

use std::path::{Path, PathBuf};

use calock_portal::Database;
use calock_portal::rules::{Rules, builtin};
use clap::Args;

use crate::outcome::Failure;

#[derive(Args)]
pub(crate) struct Place {
    /// 平台规则 · demo, fengtai, daxing, changde, lanxi, hunan, or a file of rules (.toml)
    #[arg(long, value_name = "NAME|FILE", default_value = "demo")]
    profile: String,
    /// 数据目录 · folder of the SQLite file and of what a demonstration makes [default: calock-data, and in it a folder for each profile but demo]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 数据库 · postgres://… or an SQLite file, instead of the one in the data folder
    #[arg(long, value_name = "URL", env = "CALOCK_DATABASE", hide_env_values = true)]
    database: Option<Database>,
}

impl Place {
    /// The rules of a portal that comes with this program, or of a file.
    pub(crate) fn rules(&self) -> Result<Rules, Failure> {
        let profile = &self.profile;
        if !profile.ends_with(".toml") {
            return builtin(profile).map_err(|error| Failure::Unusable(error.to_string()));
        }
        let text = std::fs::read_to_string(profile).map_err(|error| Failure::unusable(profile, error))?;
        Rules::parse(&text).map_err(|error| Failure::unusable(profile, error))
    }

    /// The folder of a portal with these rules: accounts of one portal mean nothing at another.
    pub(crate) fn data(&self, rules: &Rules) -> PathBuf {
        self.data.clone().unwrap_or_else(|| match rules.id.as_str() {
            "demo" => "calock-data".into(),
            id => Path::new("calock-data").join(id),
        })
    }

    /// Its database; the folder of an SQLite file is made where it is missing.
    pub(crate) fn database(&self, rules: &Rules) -> Result<Database, Failure> {
        if let Some(database) = &self.database {
            return Ok(database.clone());
        }
        let data = self.data(rules);
        crate::private::folder(&data)?;
        Ok(Database::Sqlite(data.join("portal.db")))
    }
}
