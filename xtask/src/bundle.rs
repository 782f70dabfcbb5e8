//! `cargo xtask build`: pkg/dist, the module as a portal serves it under /calock/ and as npm packs it.

mod catalogue;
mod glue;
mod integrity;
mod order;
mod pack;
mod plan;
mod sections;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bindgen::{self, Bound};
use crate::process;
use crate::progress::Progress;
use crate::setup::{self, Need};
use crate::tree::Tree;
use catalogue::Part;
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
    /// Below cargo's target folder. A cdylib's file has no hash in its name, so two sets of features in one folder
    /// would overwrite each other and every build would link both again.
    target_folder: &'static str,
}

const MODULE: Variant = Variant { name: "calock_wasm", features: &[], target_folder: "module" };
const VIRTUAL: Variant = Variant {
    name: "calock_virtual",
    features: &["--no-default-features", "--features", "virtual"],
    target_folder: "virtual",
};

/// Builds both wasm files and assembles pkg/dist from them and from www.
pub(crate) fn build(tree: &Tree, profile: Profile) -> Result<()> {
    let mut progress = Progress::new(7);
    progress.step("the wasm32 target of the Rust toolchain, and esbuild");
    setup::rust_target(tree)?;
    Need::Node.ensure(tree)?;
    progress.step("the browser module");
    let module = compile(tree, &MODULE, profile)?;
    progress.step("the virtual lock");
    let lock = compile(tree, &VIRTUAL, profile)?;
    progress.step("bindings");
    let module = bind(tree, &MODULE, profile, &module)?;
    let lock = bind(tree, &VIRTUAL, profile, &lock)?;
    progress.step("the module in one file");
    let plan = assemble(tree, &module, &lock, profile)?;
    progress.step("pkg/dist");
    let (written, removed) = plan.apply(&tree.dist())?;
    progress.step("pkg/dist/sri.json");
    integrity::write(&tree.dist(), plan.paths().filter(|path| !path.ends_with(MAP)))?;
    progress.done(&format!("pkg/dist is ready: {} files, {written} changed, {removed} removed", plan.len()));
    Ok(())
}

/// Compiles the root crate for wasm32 and returns the file.
fn compile(tree: &Tree, variant: &Variant, profile: Profile) -> Result<PathBuf> {
    let target = tree.target().join(variant.target_folder);
    let mut command = process::cargo(tree);
    command.args(["build", "--package", "calock", "--lib", "--target", setup::WASM]).args(variant.features);
    command.arg("--target-dir").arg(&target);
    for option in nameless()? {
        command.arg("--config").arg(option);
    }
    let folder = match profile {
        Profile::Release => {
            command.arg("--release");
            "release"
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
fn assemble(tree: &Tree, module: &Bound, lock: &Bound, profile: Profile) -> Result<Plan> {
    let plain = tree.target().join("plain");
    let script = fs::read_to_string(&module.script).with_context(|| format!("no {}", module.script.display()))?;
    let wasm = fs::read(&module.wasm).with_context(|| format!("no {}", module.wasm.display()))?;
    let glue = glue::slim(&script, &wasm, profile == Profile::Release)?;
    plain_module(tree, glue.script, &glue.wasm)?.apply(&plain)?;

    let mut plan = Plan::default();
    let packed = pack::folder(tree)?;
    for name in pack::ENTRIES {
        pack::entry(tree, &plain, name, &packed, profile)?;
        for name in [(*name).to_owned(), format!("{name}{MAP}")] {
            plan.file(&packed.join(&name), &name)?;
        }
    }
    for script in catalogue::later() {
        plan.bytes(&script, pack::small(tree, &plain.join(&script))?)?;
    }
    plan.file(&plain.join("index.d.ts"), "index.d.ts")?;
    plan.bytes("calock_wasm_bg.wasm", glue.wasm)?;
    plan.folder(&tree.at("www/virtual"), "virtual/")?;
    plan.file(&lock.script, "virtual/calock_virtual.js")?;
    plan.file(&lock.wasm, "virtual/calock_virtual_bg.wasm")?;
    Ok(plan)
}

/// The module in the files it is written in, with those that are made beside them. It runs as it stands in target/plain.
fn plain_module(tree: &Tree, glue: String, wasm: &[u8]) -> Result<Plan> {
    let mut plan = Plan::default();
    plan.folder(&tree.at("www/calock"), "")?;
    plan.bytes("element/login.css.js", pack::style(tree, &tree.at("www/calock/element/login.css"))?)?;
    for language in catalogue::LANGUAGES {
        for part in [Part::Login, Part::More] {
            plan.bytes(&part.file(language), catalogue::script(&tree.at("www/messages.json"), part, language)?)?;
        }
    }
    plan.bytes("calock_wasm.js", glue.into_bytes())?;
    plan.bytes("calock_wasm_bg.wasm", wasm.to_vec())?;
    Ok(plan)
}
