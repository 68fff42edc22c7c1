//! `cargo bench -p throughline-insight`
use throughline_insight::{Cancel, bench, scan};

fn main() {
    let rows = std::env::args()
        .filter_map(|it| it.parse().ok())
        .next()
        .unwrap_or(50_000_000);
    let snapshot = bench::generate(
        bench::Shape {
            rows,
            ..bench::Shape::default()
        },
        1,
    );
    println!(
        "rows {} profiles {}",
        snapshot.runs[0].len(),
        snapshot.runs[0].profiles.len()
    );
    for pair in bench::in_turns(&snapshot, 7, || {
        let sums = scan(
            &snapshot,
            &Cancel::default(),
            || 0_i64,
            |sum, rows| {
                *sum += rows.time.iter().sum::<i64>()
                    + rows.event.iter().map(|it| i64::from(*it)).sum::<i64>();
            },
        );
        std::hint::black_box(sums.unwrap());
    }) {
        println!("bare {:.4} scan {:.4}", pair.bare, pair.kernel);
    }
}
