//! Each kernel against a bare scan: `cargo bench -p throughline-insight -- [ROWS] [RUNS] [NAME]`.

use throughline_insight::bench::{self, Shape};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|it| it.parse().ok());
    let name = std::env::args()
        .skip(1)
        .find(|it| it.parse::<usize>().is_err() && !it.starts_with('-'));
    let rows = numbers.next().unwrap_or(50_000_000);
    let runs = numbers.next().unwrap_or(1) as u32;
    let shape = Shape {
        rows,
        runs,
        ..Shape::default()
    };
    let snapshot = bench::generate(shape, 1);
    let names: Vec<_> = snapshot
        .names
        .iter()
        .map(|(_, name)| name.clone())
        .collect();
    println!("{}", bench::walk(&snapshot, 9));
    for question in bench::questions(&names)
        .into_iter()
        .chain([bench::sessions(&names)])
    {
        if name
            .as_ref()
            .is_some_and(|name| !question.name.contains(name.as_str()))
        {
            continue;
        }
        println!("{}", bench::kernel(&snapshot, &question, 9));
    }
}
