//! `calock serve`: the reference portal.

use std::path::PathBuf;

use calock::statement::check_origin;
use calock::trust::TrustList;
use calock_portal::server::{Listeners, serve, stop_signal};
use calock_portal::trust::load_folder;
use calock_portal::{Clock, Config, Limits, Portal, administrator};
use clap::Args;

use crate::inspect::now;
use crate::outcome::{Failure, Outcome};
use crate::place::Place;
use crate::policy::Policy;

mod demo;

#[derive(Args)]
pub(crate) struct Arguments {
    /// 端口 · port on 127.0.0.1 and [::1]; 0 takes a free one
    #[arg(long, default_value_t = 8420)]
    port: u16,
    /// 门户来源 · the origin that browsers see, when it is not http://localhost:PORT
    #[arg(long, value_parser = origin)]
    origin: Option<String>,
    #[command(flatten)]
    place: Place,
    /// 页面目录 · folder of the pages
    #[arg(long, value_name = "DIR", default_value = "www/pages")]
    pages: PathBuf,
    /// 模块目录 · folder of the built browser module
    #[arg(long, value_name = "DIR", default_value = "pkg/dist")]
    module: PathBuf,
    /// 信任的CA证书目录 · folder of trusted CA certificates
    #[arg(long, value_name = "DIR", required_unless_present = "demo")]
    trust: Option<PathBuf>,
    #[command(flatten)]
    policy: Policy,
    /// 字体 · font file or folder for letters of commitment, instead of the system's fonts
    #[arg(long, value_name = "FILE|DIR")]
    font: Option<PathBuf>,
    /// 在代理之后 · take addresses from the last entry of X-Forwarded-For, which a proxy of yours writes
    #[arg(long)]
    behind_proxy: bool,
    /// 必须查到状态 · refuse holders of whom the lists say nothing
    #[arg(long, requires = "revocation")]
    require_status: bool,
    /// 演示 · test CA and virtual locks; never on a portal that is used
    #[arg(long)]
    demo: bool,
}

fn origin(text: &str) -> Result<String, &'static str> {
    check_origin(text).map_err(|_| "not an origin like https://portal.example.cn")?;
    Ok(text.into())
}

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(arguments: Arguments) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::unusable("runtime", error))?.block_on(run_async(arguments))
}

async fn run_async(arguments: Arguments) -> Outcome {
    let stop = stop_signal().map_err(|error| Failure::unusable("signals", error))?;
    let mut rules = arguments.place.rules()?;
    let mut trust = match &arguments.trust {
        Some(folder) => load_folder(folder).map_err(|unusable| Failure::Unusable(unusable.to_string()))?,
        None => TrustList::default(),
    };
    arguments.policy.apply(&mut trust);
    let revocations = arguments.policy.revocations()?;
    let locks = match arguments.demo {
        true => Some(demo::prepare(&arguments.place.data(&rules), &mut trust, &mut rules, now())?),
        false => None,
    };
    let database = arguments.place.database(&rules)?;
    let listeners = Listeners::localhost(arguments.port)
        .await
        .map_err(|error| Failure::unusable(format_args!("port {}", arguments.port), error))?;
    let address = format!("http://localhost:{}", listeners.port());
    let config = Config {
        rules,
        behind_proxy: arguments.behind_proxy,
        origin: arguments.origin.unwrap_or_else(|| address.clone()),
        database,
        pages: arguments.pages,
        module: arguments.module,
        trust,
        revocations,
        require_status: arguments.require_status,
        limits: Limits::default(),
        clock: Clock::system(),
        fonts: arguments.font,
        demo: locks,
    };
    let portal = Portal::open(config).await.map_err(|error| Failure::unusable("database", error))?;
    if let Some(trouble) = calock_portal::letter_trouble(&portal) {
        eprintln!("calock portal: 不能生成承诺书 · no letters of commitment: {trouble}");
    }
    let (name, password) = demo::ADMINISTRATOR;
    if arguments.demo {
        let made = administrator::make(portal.store(), name, Some(password.into()), now()).await;
        made.map_err(|why| Failure::unusable("demonstration", why))?;
    }
    println!("calock portal: {address}");
    if arguments.demo {
        println!("calock portal: administrator {name}, password {password}");
    }
    serve(portal, listeners, stop).await.map_err(|error| Failure::unusable("server", error))
}
