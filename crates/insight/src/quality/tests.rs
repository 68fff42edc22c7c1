use throughline_model::{
    ActorId, EventKind, EventName, JsonObject, Matcher, MessageKey, Seq, Vocabulary,
};
use throughline_store::{EventNames, Snapshot};

use super::*;
use crate::cancel::Cancel;

const WEEK_MS: i64 = 168 * HOUR_MS;

/// Where the tests' five weeks begin.
const START: i64 = 1_770_000_000_000 / HOUR_MS * HOUR_MS;

fn event(actor: u32, at: i64, delay: i64, source: u32, name: u16, agent: &str) -> StoredEvent {
    let seq = (at + delay - START).unsigned_abs() << 8 | u64::from(actor & 255);
    StoredEvent {
        actor: ActorId(actor),
        seq: Seq(seq),
        time: Timestamp(at),
        received: Timestamp(at + delay),
        kind: EventKind::Track,
        event: name,
        channel: Channel::Web.code(),
        source: SourceId(source),
        message: MessageKey(u128::from(seq)),
        properties: JsonObject::empty(),
        context: JsonObject::parse(&format!(
            r#"{{"userAgent":"{agent}","library":{{"name":"web"}}}}"#
        ))
        .expect("an object"),
    }
}

/// Twenty events in each hour of five weeks, by many people who each do few.
fn shop() -> Vec<StoredEvent> {
    (0..5 * 168)
        .flat_map(|hour| (0..20_i64).map(move |at| (hour, at)))
        .map(|(hour, at)| {
            let actor = u32::try_from((hour * 20 + at) % 997).expect("few");
            event(
                actor,
                START + hour * HOUR_MS + at * 180_000,
                900,
                1,
                0,
                "Mozilla/5.0 Chrome/126",
            )
        })
        .collect()
}

fn snapshot(events: &[StoredEvent]) -> Snapshot {
    let names = ["view", "order"].map(|it| EventName::parse(it).expect(it));
    Snapshot::of_events(events, (0..2_000).collect(), EventNames::of(&names), 8, 3)
}

fn range() -> TimeRange {
    TimeRange {
        from: Timestamp(START),
        to: Timestamp(START + 5 * WEEK_MS),
    }
}

fn checked(events: &[StoredEvent]) -> (Vec<SourceGap>, Bots, Vec<Arrivals>, OutOfOrder) {
    let (snapshot, vocabulary, cancel) =
        (snapshot(events), Vocabulary::default(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let goal = view
        .matcher(&Matcher {
            events: vec![EventName::parse("order").expect("a name")],
            ..Matcher::default()
        })
        .expect("ready");
    let (gaps, _) = source_gaps(&view, range()).expect("counted");
    let looked_at = sample(&view, range(), &BTreeSet::new(), 100_000).expect("read");
    let by_profile: Vec<_> = (looked_at.iter())
        .map(|it| (ProfileId(it.actor.0), it.clone()))
        .collect();
    let bots = bots(&view, range(), Some(&goal)).expect("counted");
    (gaps, bots, arrivals(&looked_at), out_of_order(&by_profile))
}

#[test]
fn a_clean_shop_has_nothing_to_report() {
    let (gaps, bots, arrivals, order) = checked(&shop());
    assert_eq!(gaps, []);
    assert_eq!(bots.suspects, BotCounts::default());
    assert_eq!((bots.all.events, bots.all.profiles), (16_800, 997));
    assert_eq!(
        (arrivals.len(), arrivals[0].late, arrivals[0].ahead),
        (1, 0, 0)
    );
    assert_eq!(order.disordered, 0);
    assert_eq!(arrivals[0].delay_ms_median, 900);
}

#[test]
fn everything_that_is_planted_is_reported() {
    let mut events = shop();
    // A source that is silent for six hours.
    let gap = START + 500 * HOUR_MS..START + 506 * HOUR_MS;
    events.retain(|it| !gap.contains(&it.time.0));
    // A crawler that orders, a driven browser, and somebody who is too fast to be a person.
    events.push(event(1_001, START + HOUR_MS, 900, 1, 1, "Googlebot/2.1"));
    events.push(event(
        1_002,
        START + HOUR_MS,
        900,
        1,
        0,
        "HeadlessChrome/126",
    ));
    events.extend((0..200).map(|at| event(1_003, START + at * 100, 900, 1, 0, "Mozilla/5.0")));
    // One that comes two hours late, after a later one of the same person, and a clock that runs ahead.
    events.push(event(1_004, START + 3 * HOUR_MS, 0, 1, 0, "Mozilla/5.0"));
    events.push(event(
        1_004,
        START + 2 * HOUR_MS,
        2 * HOUR_MS,
        1,
        0,
        "Mozilla/5.0",
    ));
    events.push(event(
        1_005,
        START + 9 * HOUR_MS,
        -120_000,
        1,
        0,
        "Mozilla/5.0",
    ));
    let (gaps, bots, arrivals, order) = checked(&events);
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!((gaps[0].from.0, gaps[0].to.0), (gap.start, gap.end));
    assert_eq!((gaps[0].events, gaps[0].expected), (0, 120.0));
    let told = |reason| bots.by_reason.get(&reason).copied().unwrap_or_default();
    assert_eq!(
        told(BotReason::Declared),
        BotCounts {
            events: 1,
            profiles: 1,
            goals: 1
        }
    );
    assert_eq!(told(BotReason::Headless).events, 1);
    assert_eq!(
        told(BotReason::Rate),
        BotCounts {
            events: 200,
            profiles: 1,
            goals: 0
        }
    );
    assert_eq!(
        bots.suspects,
        BotCounts {
            events: 202,
            profiles: 3,
            goals: 1
        }
    );
    assert_eq!((arrivals[0].late, arrivals[0].ahead), (1, 1));
    assert_eq!(order.disordered, 1);
}

#[test]
fn what_servers_send_is_no_browser_however_its_library_is_called() {
    let mut sent = event(1, START, 900, 1, 0, "python-httpx/0.27");
    sent.channel = Channel::Email.code();
    let (_, bots, ..) = checked(&[sent]);
    assert_eq!(bots.suspects, BotCounts::default());
}

#[test]
fn what_is_left_out_takes_no_room_among_what_is_looked_at() {
    let at = |index: i64| START + index * HOUR_MS;
    // A file of many people, a few who came by themselves, and some long before the range.
    let imported = (0..400).map(|it| event(it, at(1), 900, 9, 0, ""));
    let own = (0..8).map(|it| event(500 + it, at(2), 900, 1, 0, ""));
    let old = (0..400).map(|it| event(1_000 + it, START - WEEK_MS, 900, 1, 0, ""));
    let events: Vec<StoredEvent> = imported.chain(own).chain(old).collect();
    let (snapshot, vocabulary) = (snapshot(&events), Vocabulary::default());
    let cancel = Cancel::default();
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let without = BTreeSet::from([SourceId(9)]);
    let looked_at = sample(&view, range(), &without, 8).expect("read");
    assert_eq!(looked_at.len(), 8);
    let lives = sample_lives(&view, range(), &without, 8).expect("read");
    assert_eq!(lives.len(), 8);
    let few = sample_lives(&view, range(), &without, 4).expect("read");
    assert_eq!(few.len(), 4);
}
