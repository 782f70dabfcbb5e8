//! `calock lock policy`: the file by which managed browsers give a portal its locks without a chooser.

use calock::lock::policy::Policy;
use calock::statement::check_origin;
use clap::Args;

use crate::outcome::{Failure, Outcome};

#[derive(Args)]
pub(crate) struct Arguments {
    /// 平台地址 · the portal's origin, such as https://portal.example.cn; may be given several times
    #[arg(long = "url", value_name = "ORIGIN", required = true)]
    urls: Vec<String>,
    /// 其他网站一律禁止 · no other site gets any device
    #[arg(long)]
    only: bool,
    /// 包括虚拟锁 · also the test ids of virtual locks
    #[arg(long)]
    tests: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    for url in &arguments.urls {
        check_origin(url).map_err(|_| Failure::unusable(url, "not an origin such as https://portal.example.cn"))?;
    }
    let urls: Vec<&str> = arguments.urls.iter().map(String::as_str).collect();
    print!("{}", Policy { urls: &urls, tests: arguments.tests, only: arguments.only }.json());
    Ok(())
}
