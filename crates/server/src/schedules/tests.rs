//! Due moments over days, restarts and failures, without a clock or a network.

use super::*;

fn daily() -> Schedule {
    serde_json::from_str(
        r#"{"title":"Day","of":{"report":"a"},"every":"day","at":"08:00","zone":"UTC",
            "to":{"mail":["a@example.com"]}}"#,
    )
    .unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn failed() -> Ended {
    Ended {
        outcome: Outcome::Failed,
        message: "no".to_owned(),
        may_try_again: true,
    }
}

fn start(step: Step) -> (Deliveries, Open) {
    match step {
        Step::Start(deliveries, open) => (deliveries, open),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_due_moment_is_claimed_once() {
    let made = Deliveries::starting(at("2026-03-02T07:00:00Z"));
    assert_eq!(
        decide(&daily(), &made, at("2026-03-02T07:59:59Z")),
        Step::Nothing
    );
    let (mut claimed, open) = start(decide(&daily(), &made, at("2026-03-02T08:00:00Z")));
    assert_eq!((open.due, open.tries), (at("2026-03-02T08:00:00Z"), 1));
    let sent = Ended {
        outcome: Outcome::Sent,
        message: String::new(),
        may_try_again: false,
    };
    claimed.try_ended(sent, at("2026-03-02T08:00:02Z"));
    assert_eq!(claimed.recent[0].outcome, Outcome::Sent);
    for hour in ["08:00:03", "12:00:00", "23:59:59"] {
        let now = at(&format!("2026-03-02T{hour}Z"));
        assert_eq!(decide(&daily(), &claimed, now), Step::Nothing);
    }
    start(decide(&daily(), &claimed, at("2026-03-03T08:00:00Z")));
}

#[test]
fn a_claim_that_a_stopped_server_left_is_not_sent_again() {
    let made = Deliveries::starting(at("2026-03-02T07:00:00Z"));
    let (claimed, _) = start(decide(&daily(), &made, at("2026-03-02T08:00:00Z")));
    let after = decide(&daily(), &claimed, at("2026-03-02T08:05:00Z"));
    let Step::Note(noted) = after else {
        panic!("{after:?}")
    };
    assert_eq!(
        (noted.recent[0].outcome, noted.open),
        (Outcome::Unknown, None)
    );
    assert_eq!(
        decide(&daily(), &noted, at("2026-03-02T09:00:00Z")),
        Step::Nothing
    );
}

#[test]
fn failures_are_tried_again_ever_later_and_not_forever() {
    let mut deliveries = Deliveries::starting(at("2026-03-02T07:00:00Z"));
    let mut now = at("2026-03-02T08:00:00Z");
    let mut waits = Vec::new();
    for tries in 1..=limits::DELIVERY_TRIES_MAX {
        let (claimed, open) = start(decide(&daily(), &deliveries, now));
        assert_eq!(open.tries, tries);
        deliveries = claimed;
        deliveries.try_ended(failed(), now);
        if let Some(Open {
            next: Some(next), ..
        }) = deliveries.open
        {
            assert_eq!(
                decide(&daily(), &deliveries, Timestamp(next.0 - 1)),
                Step::Nothing
            );
            waits.push(next.since(now).to_string());
            now = next;
        }
    }
    assert_eq!(waits, ["1m", "4m", "16m", "64m"]);
    assert_eq!((deliveries.open, deliveries.recent[0].tries), (None, 5));
    assert_eq!(deliveries.recent[0].outcome, Outcome::Failed);
    assert_eq!(decide(&daily(), &deliveries, now), Step::Nothing);
}

#[test]
fn what_was_due_while_the_server_was_off_is_sent_late_once_or_missed() {
    let made = Deliveries::starting(at("2026-03-02T07:00:00Z"));
    let (_, open) = start(decide(&daily(), &made, at("2026-03-05T10:00:00Z")));
    assert_eq!(
        open.due,
        at("2026-03-05T08:00:00Z"),
        "only the last of four"
    );
    let late = decide(&daily(), &made, at("2026-03-05T20:00:00Z"));
    let Step::Note(noted) = late else {
        panic!("{late:?}")
    };
    assert_eq!(noted.recent.len(), 1);
    assert_eq!(noted.recent[0].outcome, Outcome::Missed);
    let years = decide(&daily(), &made, at("2036-03-05T09:00:00Z"));
    assert_eq!(start(years).1.due, at("2036-03-05T08:00:00Z"));
}

#[test]
fn a_clock_that_is_set_back_sends_nothing_again() {
    let made = Deliveries::starting(at("2026-03-02T07:00:00Z"));
    let (mut claimed, _) = start(decide(&daily(), &made, at("2026-03-02T08:00:00Z")));
    let sent = Ended {
        outcome: Outcome::Sent,
        message: String::new(),
        may_try_again: false,
    };
    claimed.try_ended(sent, at("2026-03-02T08:00:01Z"));
    assert_eq!(
        decide(&daily(), &claimed, at("2026-03-02T07:30:00Z")),
        Step::Nothing
    );
    assert_eq!(
        decide(&daily(), &claimed, at("2026-03-02T08:00:30Z")),
        Step::Nothing
    );
}

#[test]
fn paused_means_nothing() {
    let made = Deliveries::starting(at("2026-03-02T07:00:00Z"));
    let paused = Schedule {
        is_paused: true,
        ..daily()
    };
    assert_eq!(
        decide(&paused, &made, at("2026-03-02T08:00:00Z")),
        Step::Nothing
    );
}
