//! Figures as text: a table for the terminal, a page for the reference.

use std::fmt::Write;

use super::{Chapter, Figure, Grid, Measured, Subject, Target, Unit};

/// The figures for a terminal.
pub fn table(measured: &Measured) -> String {
    let mut text = format!("{}\n", machine(measured));
    for chapter in &measured.chapters {
        let _ = writeln!(text, "\n{}", title(chapter.subject));
        chapter.grid.iter().for_each(|it| aligned(&mut text, it));
        for figure in &chapter.figures {
            let value = written(figure.value, figure.unit);
            let target = figure.target.map_or_else(String::new, |target| {
                let verdict = verdict(figure);
                format!("  {} ({verdict})", promised(target, figure.unit))
            });
            let line = format!("  {:<52} {value:>20}{target}", figure.name);
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

/// `docs/reference/performance.md`. `command` is what makes it again.
pub fn markdown(measured: &Measured, command: &str) -> String {
    let mut page = format!(
        "# Performance\n\n<!-- Made by `throughline bench --page`. Do not edit. -->\n\n\
         Figures of version {}, measured on {} with\n\n```\n{command}\n```\n\n\
         {}\n\n\
         Times are medians of several rounds, and so are ratios, each taken within one round.\n\
         A machine that does other things spoils times more than ratios.\n\
         Whatever sends or asks runs on the same cores as the server that answers.\n",
        measured.version,
        day(measured),
        machine(measured),
    );
    for chapter in &measured.chapters {
        describe(&mut page, chapter);
    }
    page
}

fn describe(page: &mut String, chapter: &Chapter) {
    let _ = writeln!(
        page,
        "\n## {}\n\n{}\n",
        title(chapter.subject),
        chapter.about
    );
    if let Some(grid) = &chapter.grid {
        piped(page, grid);
    }
    page.push_str("| Figure | Measured | Promised |\n| --- | ---: | --- |\n");
    for figure in &chapter.figures {
        let value = written(figure.value, figure.unit);
        let target = figure.target.map_or_else(String::new, |target| {
            let verdict = verdict(figure);
            format!("{}, {verdict}", promised(target, figure.unit))
        });
        let _ = writeln!(page, "| {} | {value} | {target} |", figure.name);
    }
}

/// A grid for a terminal.
fn aligned(text: &mut String, grid: &Grid) {
    let lines = || std::iter::once(&grid.columns).chain(&grid.rows);
    for line in lines() {
        for (index, cell) in line.iter().enumerate() {
            let widths = lines().filter_map(|it| it.get(index)).map(|it| it.len());
            let width = widths.max().unwrap_or(0);
            let _ = match index {
                0 => write!(text, "  {cell:<width$}"),
                _ => write!(text, "  {cell:>width$}"),
            };
        }
        text.push('\n');
    }
}

/// A grid for a page.
fn piped(page: &mut String, grid: &Grid) {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    page.push_str(&line(&grid.columns));
    let rule = std::iter::once("---").chain(std::iter::repeat_n("---:", grid.columns.len() - 1));
    let rule: Vec<String> = rule.map(str::to_owned).collect();
    page.push_str(&line(&rule));
    for row in &grid.rows {
        page.push_str(&line(row));
    }
    page.push('\n');
}

fn title(subject: Subject) -> &'static str {
    match subject {
        Subject::Kernels => "Reports over stored events",
        Subject::Peers => "Against other engines",
        Subject::Growth => "Fewer and more events",
        Subject::Ingest => "Collecting over HTTP",
        Subject::Freshness => "From an event to reports",
        Subject::Import => "Importing files",
        Subject::Memory => "Memory",
        Subject::Identity => "Identity",
        Subject::Demo => "The demo shop",
    }
}

fn machine(measured: &Measured) -> String {
    let it = &measured.machine;
    format!(
        "{}, {} cores, {:.0} GiB of memory, {}, files on {}.\n\
         Other programs took {:.0} % of the processors' time meanwhile.",
        it.processor,
        it.cores,
        it.memory_gib,
        it.system,
        it.file_system,
        measured.others * 100.0
    )
}

fn day(measured: &Measured) -> String {
    measured.at.to_string().chars().take(10).collect()
}

fn verdict(figure: &Figure) -> &'static str {
    match figure.is_met() {
        Some(true) => "met",
        Some(false) => "missed",
        None => "",
    }
}

fn promised(target: Target, unit: Unit) -> String {
    match target {
        Target::AtLeast(bound) => format!("at least {}", written(bound, unit)),
        Target::AtMost(bound) => format!("at most {}", written(bound, unit)),
    }
}

fn written(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Seconds if value < 10.0 => format!("{value:.3} s"),
        Unit::Seconds => format!("{value:.1} s"),
        Unit::Milliseconds => format!("{value:.1} ms"),
        Unit::Times => format!("{value:.2} times"),
        Unit::RequestsPerSecond => format!("{} requests/s", grouped(value)),
        Unit::EventsPerSecond => format!("{} events/s", grouped(value)),
        Unit::Mebibytes => format!("{} MiB", grouped(value)),
        Unit::Count => grouped(value),
    }
}

/// A whole number with its thousands apart.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len() - index;
        if index > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use throughline_model::Timestamp;

    use super::{super::Machine, *};

    fn measured() -> Measured {
        Measured {
            machine: Machine {
                processor: "A 1".to_owned(),
                cores: 2,
                memory_gib: 23.4,
                system: "linux 6".to_owned(),
                file_system: "ext4".to_owned(),
            },
            others: 0.031,
            at: Timestamp(1_767_225_600_000),
            version: "1.2.3",
            chapters: vec![Chapter {
                subject: Subject::Demo,
                about: "It was loaded.".to_owned(),
                figures: vec![
                    Figure::new("loading", 61.25, Unit::Seconds).with(Target::AtMost(60.0)),
                    Figure::new("events", 1_234_567.0, Unit::Count),
                ],
                grid: Some(Grid {
                    columns: vec!["Shop".to_owned(), "Size".to_owned()],
                    rows: vec![vec!["corner shop".to_owned(), "12".to_owned()]],
                }),
            }],
        }
    }

    #[test]
    fn a_terminal_sees_what_is_met() {
        expect![[r"
            A 1, 2 cores, 23 GiB of memory, linux 6, files on ext4.
            Other programs took 3 % of the processors' time meanwhile.

            The demo shop
              Shop         Size
              corner shop    12
              loading                                                            61.2 s  at most 60.0 s (missed)
              events                                                          1,234,567
        "]]
        .assert_eq(&table(&measured()));
    }

    #[test]
    fn the_page_says_how_to_make_it_again() {
        let page = markdown(&measured(), "throughline bench demo");
        assert!(
            page.contains("version 1.2.3, measured on 2026-01-01"),
            "{page}"
        );
        assert!(page.contains("\nthroughline bench demo\n"), "{page}");
        assert!(
            page.contains("| Shop | Size |\n| --- | ---: |\n| corner shop | 12 |\n\n"),
            "{page}"
        );
        assert!(
            page.contains("| loading | 61.2 s | at most 60.0 s, missed |"),
            "{page}"
        );
    }
}
