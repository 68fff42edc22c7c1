//! `throughline reference`: the page on the command line, made from the commands themselves.

use std::fmt::Write;

use clap::{Command, CommandFactory};

use super::Cli;

/// Prints `docs/reference/cli.md`.
pub fn run() -> anyhow::Result<()> {
    print!("{}", page());
    Ok(())
}

fn page() -> String {
    let mut page = String::from(
        "# Command line\n\n<!-- Made by `throughline reference`. Do not edit. -->\n\n\
         Every command takes `--config FILE`, `--data FOLDER` and `--json`.\n\
         With `--json`, results go to standard output as JSON and errors to standard error as \
         `{\"error\":{\"message\":…}}`.\n\
         A command that fails ends with a code other than 0.\n",
    );
    let mut root = Cli::command();
    root.build();
    for command in root.get_subcommands().filter(|it| shown(it)) {
        describe(&mut page, command, "throughline");
    }
    page
}

fn shown(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

fn describe(page: &mut String, command: &Command, before: &str) {
    let name = format!("{before} {}", command.get_name());
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut line = |text: &str| {
        let _ = writeln!(page, "{text}");
    };
    line(&format!("\n## `{name}`\n\n{about}.\n"));
    let arguments: Vec<_> = command
        .get_arguments()
        .filter(|it| !it.is_global_set() && !it.is_hide_set())
        .filter(|it| !["help", "version"].contains(&it.get_id().as_str()))
        .collect();
    if !arguments.is_empty() {
        line("| Argument | Meaning |\n| --- | --- |");
    }
    for argument in arguments {
        let names = argument.get_value_names().unwrap_or_default();
        let value = names
            .first()
            .filter(|_| argument.get_action().takes_values());
        let written = match (argument.get_long(), value) {
            (Some(long), Some(value)) => format!("--{long} {value}"),
            (Some(long), None) => format!("--{long}"),
            (None, Some(value)) => value.to_string(),
            (None, None) => argument.get_id().to_string(),
        };
        let help = argument
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        line(&format!("| `{written}` | {help} |"));
    }
    for inner in command.get_subcommands().filter(|it| shown(it)) {
        describe(page, inner, &name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_page_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/cli.md");
        expect_test::expect_file![path].assert_eq(&page());
    }
}
