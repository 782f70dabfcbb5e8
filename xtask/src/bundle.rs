//! `cargo xtask build`: pkg/dist, the module as a portal serves it under /calock/ and as npm packs it.

mod catalogue;
mod glue;
mod integrity;
mod lazy;
mod order;
mod pack;
mod plan;
mod sections;
mod viewer;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bindgen::{self, Bound};
use crate::process;
use crate::progress::Progress;
use crate::setup::{self, Need};
use crate::tree::Tree;
use catalogue::Part;
use glue::Glue;
pub(crate) use lazy::{files as late, seal, seal_more, seal_post, seal_view};
use plan::Plan;

/// How the wasm is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As it is shipped.
    Release,
    /// Quick to build, with names for the debugger.
    Debug,
}

/// One wasm file that is made from the root crate.
struct Variant {
    /// What `--out-name` says; the files are `NAME.js` and `NAME_bg.wasm`.
    name: &'static str,
    features: &'static [&'static str],
    /// The profile of Cargo.toml that it is shipped with.
    profile: &'static str,
    /// Below cargo's target folder. A cdylib's file has no hash in its name, so two sets of features in one folder
    /// would overwrite each other and every build would link both again.
    target_folder: &'static str,
}

const MODULE: Variant = Variant { name: "calock_wasm", features: &[], profile: "release", target_folder: "module" };
const FULL: Variant =
    Variant { name: "calock_full", features: &["--features", "full"], profile: "release", target_folder: "full" };
const SEAL: Variant = Variant {
    name: "calock_seal",
    features: &["--no-default-features", "--features", "ofd-sign"],
    profile: "seal",
    target_folder: "seal",
};
const VIEW: Variant = Variant {
    name: "calock_view",
    features: &["--no-default-features", "--features", "view"],
    profile: "seal",
    target_folder: "view",
};
const SEAL_PDF: Variant = Variant {
    name: "calock_seal_pdf",
    features: &["--no-default-features", "--features", "pdf"],
    profile: "seal",
    target_folder: "seal-pdf",
};
const VIRTUAL: Variant = Variant {
    name: "calock_virtual",
    features: &["--no-default-features", "--features", "virtual"],
    profile: "release",
    target_folder: "virtual",
};

/// Builds the wasm files and assembles pkg/dist from them and from www.
pub(crate) fn build(tree: &Tree, profile: Profile) -> Result<()> {
    let mut progress = Progress::new(9);
    progress.step("the wasm32 target of the Rust toolchain, and esbuild");
    setup::rust_target(tree)?;
    Need::Node.ensure(tree)?;
    progress.step("the browser module");
    let module = compile(tree, &MODULE, profile)?;
    progress.step("the module with everything in it");
    let full = compile(tree, &FULL, profile)?;
    progress.step("the modules for seals");
    let seal = compile(tree, &SEAL, profile)?;
    let seal_pdf = compile(tree, &SEAL_PDF, profile)?;
    let look = compile(tree, &VIEW, profile)?;
    progress.step("the virtual lock");
    let lock = compile(tree, &VIRTUAL, profile)?;
    progress.step("bindings");
    let module = bind(tree, &MODULE, profile, &module)?;
    let full = bind(tree, &FULL, profile, &full)?;
    let seal = bind(tree, &SEAL, profile, &seal)?;
    let seal_pdf = bind(tree, &SEAL_PDF, profile, &seal_pdf)?;
    let look = bind(tree, &VIEW, profile, &look)?;
    let lock = bind(tree, &VIRTUAL, profile, &lock)?;
    progress.step("the scripts in few files");
    let plan = assemble(tree, &[&module, &full, &seal, &seal_pdf, &look], &lock, profile)?;
    progress.step("pkg/dist");
    let (written, removed) = plan.apply(&tree.dist())?;
    progress.step("pkg/dist/sri.json");
    integrity::write(&tree.dist(), plan.paths().filter(|path| !path.ends_with(MAP)))?;
    progress.done(&format!("pkg/dist is ready: {} files, {written} changed, {removed} removed", plan.len()));
    Ok(())
}

/// Compiles the root crate for wasm32 and returns the file.
///
/// As nothing but a cdylib: cargo optimises a library at link time only when every kind of it that is built allows that, and an
/// rlib does not. Cargo.toml naming both would compile without a word and leave the module 7.6 kB larger (gzip -9).
fn compile(tree: &Tree, variant: &Variant, profile: Profile) -> Result<PathBuf> {
    let target = tree.target().join(variant.target_folder);
    let mut command = process::cargo(tree);
    command
        .args(["rustc", "--package", "calock", "--lib", "--crate-type", "cdylib", "--target", setup::WASM])
        .args(variant.features);
    command.arg("--target-dir").arg(&target);
    for option in nameless()? {
        command.arg("--config").arg(option);
    }
    let folder = match profile {
        Profile::Release => {
            command.args(["--profile", variant.profile]);
            variant.profile
        }
        Profile::Debug => "debug",
    };
    process::run(&mut command).with_context(|| format!("{} does not compile for {}", variant.name, setup::WASM))?;
    Ok(target.join(setup::WASM).join(folder).join("calock.wasm"))
}

/// Settings that keep this machine's folders out of the wasm: a panic names the file it stands in, and a dependency's file
/// lies below cargo's home. The same sources give the same bytes wherever they are built.
fn nameless() -> Result<Vec<String>> {
    let sources = Tree::cargo_home()?.join("registry").join("src");
    let mut options = Vec::new();
    for entry in fs::read_dir(&sources).with_context(|| format!("cannot read {}", sources.display()))? {
        let prefix = format!("--remap-path-prefix={}/=", entry?.path().display());
        options.push(format!("target.{}.rustflags=[{prefix:?}]", setup::WASM));
    }
    Ok(options)
}

fn bind(tree: &Tree, variant: &Variant, profile: Profile, wasm: &Path) -> Result<Bound> {
    let kind = if profile == Profile::Debug { "debug" } else { "release" };
    let folder = tree.target().join("bindings").join(kind).join(variant.name);
    bindgen::bind(wasm, &folder, variant.name, profile == Profile::Debug)
}

/// The end of a source map's name. A page loads none, only a developer's tools do.
const MAP: &str = ".map";

/// What pkg/dist is made of.
fn assemble(tree: &Tree, modules: &[&Bound; 5], lock: &Bound, profile: Profile) -> Result<Plan> {
    let plain = tree.target().join("plain");
    let [module, full, seal, seal_pdf, look] = modules.map(|module| slim(module, profile));
    let parts = [
        (module?, "calock_wasm.js", MODULE_WASM),
        (full?, "calock_full.js", FULL_WASM),
        (seal?, "calock_seal.js", SEAL_WASM),
        (seal_pdf?, "calock_seal_pdf.js", SEAL_PDF_WASM),
        (look?, "calock_view.js", VIEW_WASM),
    ];
    plain_module(tree, &parts)?.apply(&plain)?;

    let mut plan = Plan::default();
    let packed = pack::folder(tree)?;
    for name in pack::ENTRIES {
        for name in lazy::entry(tree, &plain, name, &packed, profile)? {
            plan.file(&packed.join(&name), &name)?;
            let map = format!("{name}{MAP}");
            plan.file(&packed.join(&map), &map)?;
        }
    }
    for worker in [SEAL_WORKER, SEAL_PDF_WORKER, VIEW_WORKER] {
        pack::script(tree, &plain, worker, &[], &packed, worker, profile)?;
        for name in [worker.to_owned(), format!("{worker}{MAP}")] {
            plan.file(&packed.join(&name), &name)?;
        }
    }
    for script in catalogue::later() {
        plan.bytes(&script, pack::small(tree, &plain.join(&script))?)?;
    }
    for types in ["index.d.ts", "selftest.d.ts"] {
        plan.file(&plain.join(types), types)?;
    }
    for (glue, _, wasm) in parts {
        plan.bytes(wasm, glue.wasm)?;
    }
    viewer::add(tree, &mut plan)?;
    plan.folder(&tree.at("www/virtual"), "virtual/")?;
    for style in ["panel.css", "chooser.css"] {
        plan.bytes(&format!("virtual/{style}.js"), pack::style(tree, &tree.at("www/virtual").join(style))?)?;
    }
    plan.bytes("virtual/messages.js", catalogue::apart(&tree.at("www/messages.json"), "panel")?)?;
    plan.file(&lock.script, "virtual/calock_virtual.js")?;
    plan.file(&lock.wasm, "virtual/calock_virtual_bg.wasm")?;
    Ok(plan)
}

const MODULE_WASM: &str = "calock_wasm_bg.wasm";
const FULL_WASM: &str = "calock_full_bg.wasm";
pub(crate) const SEAL_WASM: &str = "calock_seal_bg.wasm";
pub(crate) const SEAL_PDF_WASM: &str = "calock_seal_pdf_bg.wasm";
pub(crate) const VIEW_WASM: &str = "calock_view_bg.wasm";
/// The scripts of the workers; they have a module's glue in them and share nothing with an entry.
pub(crate) const SEAL_WORKER: &str = "seal-worker.js";
pub(crate) const SEAL_PDF_WORKER: &str = "seal-pdf-worker.js";
pub(crate) const VIEW_WORKER: &str = "view-worker.js";

fn slim(bound: &Bound, profile: Profile) -> Result<Glue> {
    let script = fs::read_to_string(&bound.script).with_context(|| format!("no {}", bound.script.display()))?;
    let wasm = fs::read(&bound.wasm).with_context(|| format!("no {}", bound.wasm.display()))?;
    glue::slim(&script, &wasm, profile == Profile::Release)
}

/// The module in the files it is written in, with those that are made beside them. It runs as it stands in target/plain.
fn plain_module(tree: &Tree, parts: &[(Glue, &str, &str)]) -> Result<Plan> {
    let mut plan = Plan::default();
    plan.folder(&tree.at("www/calock"), "")?;
    for style in
        ["element/login.css", "diagnose.css", "seal/seal.css", "seal/view.css", "seal/more.css", "selftest.css"]
    {
        plan.bytes(&format!("{style}.js"), pack::style(tree, &tree.at("www/calock").join(style))?)?;
    }
    let messages = tree.at("www/messages.json");
    for group in ["choice", "diagnose", "placing", "selftest", "tools"] {
        plan.bytes(&format!("messages.{group}.js"), catalogue::apart(&messages, group)?)?;
    }
    for (script, language) in [("messages.seal.js", "zh"), (catalogue::SEAL_ENGLISH, "en")] {
        plan.bytes(script, catalogue::apart_in(&messages, "seal", language)?)?;
    }
    for language in catalogue::LANGUAGES {
        for part in [Part::Login, Part::More] {
            plan.bytes(&part.file(language), catalogue::script(&messages, part, language)?)?;
        }
    }
    for (glue, script, wasm) in parts {
        plan.bytes(script, glue.script.clone().into_bytes())?;
        plan.bytes(wasm, glue.wasm.clone())?;
    }
    Ok(plan)
}
