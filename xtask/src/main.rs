//! Chores longer than one line. `make help` names the everyday ones, `cargo xtask help` all of them.

mod check;
mod chromium;
mod demo;
mod dist;
mod e2e;
mod gates;
mod layers;
mod links;
mod openapi;
mod run;
mod sizes;
mod sql;
mod suites;
mod tally;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  check           format, lints, layers, types and unit tests of both languages
  test            every test, then one line with the sum
  demo [ARG...]   build, load the demo shop, serve it; ARGs go to `throughline demo`
  dev [ARG...]    binary and interface with reload; ARGs go to `throughline serve`
  e2e [ARG...]    browser tests only; ARGs go to Playwright
  dist            a release archive in the target folder
  bench [ARG...]  the measurements of docs/reference/performance.md
  sql             the companion that answers SQL; takes half an hour the first time
  web             build interface and browser library when their sources changed
  openapi         regenerate the interface's API types from the server
  layers          hold the crate table of STYLE.md
  links           find links between pages that lead nowhere
  sizes           hold the limits on the first load of the interface and on the browser library
  chromium        find the browser for the tests, or install it where that is allowed
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = args.split_first() else {
        print!("{HELP}");
        return ExitCode::from(2);
    };
    match dispatch(command, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, rest: &[String]) -> Result<()> {
    match command {
        "check" => check::check(),
        "test" => suites::test(),
        "demo" => demo::demo(rest),
        "dev" => demo::dev(rest),
        "e2e" => e2e::only(rest),
        "dist" => dist::dist(),
        "bench" => demo::bench(rest),
        "sql" => sql::build(),
        "web" => web::build(),
        "openapi" => openapi::regenerate(),
        "layers" => layers::check_workspace(),
        "links" => links::check_pages(),
        "sizes" => sizes::check_build().and_then(|()| sizes::check_sdk()),
        "chromium" => chromium::find_or_install().map(|path| println!("{}", path.display())),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        _ => bail!("no such command; `cargo xtask help` lists them"),
    }
}
