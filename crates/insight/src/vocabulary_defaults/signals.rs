//! Signals of friction that the browser library's events can tell, with bounds that are usual.

use throughline_model::{EventName, Field, Matcher, Rule, Signal, Test, Value};

use super::SeenEvent;

/// Three clicks in one place within this are rage.
const RAGE_MS: f64 = 1_000.0;
/// A click on which the page did nothing for so long is dead.
const DEAD_MS: f64 = 2_500.0;
/// Who goes back sooner has not found what the page promised.
const QUICK_MS: f64 = 10_000.0;
/// A search that follows another this soon replaces it.
const AGAIN_MS: f64 = 60_000.0;

/// The signals whose events were seen.
pub(super) fn suggest(seen: &[&SeenEvent]) -> Vec<Signal> {
    let late = Rule::Any(vec![
        test("reaction_ms", Test::Missing(Default::default())),
        test("reaction_ms", Test::Greater(DEAD_MS)),
    ]);
    // A click that tells no reaction because it was never waited for is not dead.
    let waited = test("reaction", Test::Exists(Default::default()));
    let back = test("back", Test::Is(vec![Value::Flag(true)]));
    let quick = test("before_ms", Test::AtMost(QUICK_MS));
    let all = [
        (
            "rage_click",
            "Rage click",
            "element_clicked",
            Some(test("within.3", Test::AtMost(RAGE_MS))),
        ),
        (
            "dead_click",
            "Dead click",
            "element_clicked",
            Some(Rule::All(vec![waited, late])),
        ),
        ("form_error", "Form error", "form_error", None),
        (
            "quick_back",
            "Quick back",
            "page_viewed",
            Some(Rule::All(vec![back, quick])),
        ),
        (
            "repeated_search",
            "Repeated search",
            "search_answered",
            Some(test("again_ms", Test::AtMost(AGAIN_MS))),
        ),
        (
            "zero_results",
            "Zero results",
            "search_answered",
            Some(test("results", Test::AtMost(0.0))),
        ),
    ];
    // Pages are viewed with any library; only ours tells ways back, which it does along with clicks.
    let is_ours = is_seen(seen, "element_clicked") || is_seen(seen, "page_left");
    let seen = all.into_iter().filter(|it| is_ours && is_seen(seen, it.2));
    seen.map(|(id, name, event, rule)| Signal {
        id: id.to_owned(),
        name: name.to_owned(),
        matcher: Matcher {
            events: vec![EventName::parse(event).expect("names of ours are sound")],
            rule,
            ..Matcher::default()
        },
    })
    .collect()
}

fn is_seen(seen: &[&SeenEvent], name: &str) -> bool {
    seen.iter().any(|it| it.name.as_str() == name)
}

fn test(path: &str, test: Test) -> Rule {
    let names = path.split('.').map(str::to_owned).collect();
    Rule::Where {
        field: Field::Property(names),
        test,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cancel::Cancel,
        fixture::Log,
        view::View,
        vocabulary_defaults::{named_in, observe},
    };
    use throughline_model::{Vocabulary, schedule::Language};

    const SITE: &str = r#"
        ana 09:00 page_viewed web {"path":"/list"}
        ana 09:01 page_viewed web {"path":"/item","before_ms":60000,"back":false}
        ana 09:02 page_viewed web {"path":"/list","before_ms":4000,"back":true}
        ana 09:03 element_clicked web {"reaction":"change","reaction_ms":20,"within":{"2":100}}
        ana 09:04 element_clicked web {"reaction":"none","within":{"2":100,"3":300}}
        ana 09:05 element_clicked web {"reaction":"scroll","reaction_ms":2600}
        ana 09:06 form_error web {"fault":"valueMissing"}
        ana 09:07 search_answered web {"results":0}
        ana 09:08 search_answered web {"results":3,"again_ms":60000}
        ana 09:09 search_answered web {"results":3,"again_ms":60001}
    "#;

    /// How many events of the log each suggested signal is told by.
    #[test]
    fn signals_are_found_in_what_the_library_tells() {
        let (snapshot, cancel) = (Log::read(SITE).snapshot(), Cancel::default());
        let bare = Vocabulary::default();
        let seen = observe(&View::new(&snapshot, &bare, &cancel)).expect("readable");
        let vocabulary = super::super::suggest(&seen);
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let told: Vec<String> = (vocabulary.signals.iter())
            .map(|signal| {
                let matcher = Matcher {
                    signals: vec![signal.id.clone()],
                    ..Matcher::default()
                };
                let condition = view.matcher(&matcher).expect("sound");
                let run = &snapshot.runs[0];
                let fits = (0..run.len()).filter(|row| {
                    let place = crate::scan::Place {
                        run: 0,
                        row: *row as u32,
                    };
                    condition.holds(run.event[*row], place)
                });
                format!("{} {}", signal.id, fits.count())
            })
            .collect();
        assert_eq!(
            told,
            [
                "rage_click 1",
                "dead_click 2",
                "form_error 1",
                "quick_back 1",
                "repeated_search 1",
                "zero_results 1"
            ]
        );
        let named = named_in(vocabulary, Language::SimplifiedChinese);
        assert_eq!(named.signals[0].name, "愤怒点击");
    }

    #[test]
    fn other_libraries_tell_no_ways_back() {
        let seen = SeenEvent::named(EventName::parse("page_viewed").unwrap(), 3, 0.0);
        assert_eq!(suggest(&[&seen]), []);
    }
}
