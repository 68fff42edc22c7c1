//! Chores that build the product and hand over to it.

use std::process::Stdio;

use anyhow::{Context, Result};

use crate::run;
use crate::web;
use crate::workspace::{build_release, cargo, root};

/// Builds everything, loads the demo shop and serves it until interrupted.
pub fn demo(args: &[String]) -> Result<()> {
    web::check_node()?;
    let stamp = web::build_stamped()?;
    let binary = build_release(&stamp)?;
    run::run(run::command(root(), &binary.to_string_lossy(), ["demo"]).args(args))
}

/// The measurements that are published, on the binary as it ships, and on the peers that the repository knows.
pub fn bench(args: &[String]) -> Result<()> {
    web::check_node()?;
    let stamp = web::build_stamped()?;
    let binary = build_release(&stamp)?;
    let mut bench = run::command(root(), &binary.to_string_lossy(), ["bench"]);
    if !args.iter().any(|it| it.starts_with("--peers")) {
        bench.arg("--peers").arg(root().join("bench/peers/run"));
    }
    run::run(bench.args(args))
}

/// Serves a debug build, and the interface with reload in front of it. Ctrl-C ends both.
pub fn dev(args: &[String]) -> Result<()> {
    web::check_node()?;
    web::install(&web::dir())?;
    web::build_sdk()?;
    let mut interface = web::npm(&web::dir(), ["run", "dev"])
        .stdin(Stdio::null())
        .spawn()
        .context("could not start `npm run dev`")?;
    let serve = ["run", "--package", "throughline-server", "--", "serve"];
    let served = run::run(run::command(root(), &cargo(), serve).args(args));
    interface.kill().context("could not stop `npm run dev`")?;
    interface
        .wait()
        .context("could not wait for `npm run dev`")?;
    served
}
