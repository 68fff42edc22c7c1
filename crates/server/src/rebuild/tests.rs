//! What the log gives again is what was there, whatever was done before.

use bytes::Bytes;
use throughline_ingest::{
    dialect::{Dialect, Moment},
    segment::{self, Route},
};
use throughline_model::{
    Identifier, IdentifierKind, Seq, SourceId,
    identity::{Decided, Decision, IdentityPolicy, Survivor, TraitRule, Treatment},
};
use throughline_testkit::{demo::Demo, rng::Rng};

use super::*;
use crate::pipeline::{applier::Arrival, envelope::Envelope};

const START: Timestamp = Timestamp(1_790_000_000_000);

fn open(dir: &Path, clock: &Clock) -> Pipeline {
    let read = Box::new(|_: &_| Err("there are no files".to_owned()));
    Pipeline::open(dir, clock.clone(), read).expect("opens")
}

fn send(pipeline: &Pipeline, source: u32, received: Timestamp, body: String) {
    let source = SourceId(source);
    let decoded = segment::decode(Route::Batch, body.as_bytes(), received).expect("sound");
    let arrival = Arrival::of(source, received, decoded);
    let envelope = Envelope::Request {
        source,
        moment: Moment {
            received,
            sent: None,
        },
        dialect: Dialect::Segment(Route::Batch),
        body: Bytes::from(body),
    };
    pipeline.append(&envelope, Some(arrival)).expect("accepted");
}

fn decide(pipeline: &Pipeline, what: Decision) {
    let decided = Decided {
        at: START,
        by: "mia@example.com".into(),
        why: "a test".into(),
        what,
    };
    assert!(pipeline.decide(&decided).expect("accepted"));
}

/// Makes everything again, checks that it is equal, and that a restart is too.
fn check_rebuilt(pipeline: &Pipeline, dir: &Path, clock: &Clock) -> StateHash {
    pipeline.settle();
    let before = StateHash::of(pipeline, START).expect("read");
    let fresh = dir.with_extension("replayed");
    let after = rebuild(pipeline, &fresh, clock, false).expect("rebuilt");
    assert_eq!(before.differences(&after), Vec::<String>::new());
    assert_eq!(before, after);
    before
}

fn any_body(rng: &mut Rng, n: u64) -> String {
    let pick = |rng: &mut Rng, count: u64| rng.bits() % count;
    let mut members = Vec::new();
    let user = format!(r#""userId":"u{}""#, pick(rng, 40));
    let anonymous = format!(r#""anonymousId":"a{}""#, pick(rng, 80));
    match pick(rng, 4) {
        0 => members.push(user),
        1 => members.push(anonymous),
        _ => members.extend([user, anonymous]),
    }
    let email = pick(rng, 30);
    let time = START.0 - i64::try_from(pick(rng, 1_000_000)).expect("small");
    members.push(match pick(rng, 6) {
        0 | 1 => format!(
            r#""type":"identify","traits":{{"email":"e{email}@x.org","plan":"p{}","phone":"+4930123{}"}}"#,
            pick(rng, 3),
            1_000 + pick(rng, 20)
        ),
        2 => format!(r#""type":"alias","userId":"u{}","previousId":"a{}""#, pick(rng, 40), pick(rng, 80)),
        3 => format!(
            r#""type":"page","context":{{"device":{{"id":"d{}"}},"traits":{{"email":"e{email}@x.org"}},
               "traitOperations":{{"$add":{{"seen":{n},"plan":0.1}},"$union":{{"plan":["p{email}"]}}}}}}"#,
            pick(rng, 10)
        ),
        _ => format!(r#""type":"track","event":"seen {}""#, pick(rng, 5)),
    });
    members.push(format!(
        r#""timestamp":{time},"messageId":"m{}""#,
        n - pick(rng, 2).min(n)
    ));
    format!(r#"{{"batch":[{{{}}}]}}"#, members.join(","))
}

fn any_identifier(rng: &mut Rng) -> Identifier {
    match rng.bits() % 3 {
        0 => Identifier::user(&format!("u{}", rng.bits() % 40)),
        1 => Identifier::anonymous(&format!("a{}", rng.bits() % 80)),
        _ => Identifier {
            kind: IdentifierKind::Email,
            value: format!("e{}@x.org", rng.bits() % 30).into(),
        },
    }
}

fn any_decision(rng: &mut Rng) -> Decision {
    let (left, right) = (any_identifier(rng), any_identifier(rng));
    match rng.bits() % 8 {
        0 | 1 => Decision::Part { left, right },
        2 => Decision::Reunite { left, right },
        5 => Decision::Dismiss { left, right },
        6 => Decision::Reconsider { left, right },
        3 => Decision::Join { left, right },
        4 => Decision::Treat {
            identifier: left,
            treatment: match rng.bits() % 3 {
                0 => Treatment::Learned,
                1 => Treatment::Released,
                _ => Treatment::Suspended,
            },
        },
        _ => {
            let mut policy = IdentityPolicy::default();
            for rule in policy.types.iter_mut().skip(1) {
                rule.joins = !rng.bits().is_multiple_of(4);
                rule.owners_max = Some(u32::try_from(1 + rng.bits() % 4).expect("small"));
                rule.around_max = (rng.bits().is_multiple_of(2)).then_some(2);
            }
            policy.traits = vec![TraitRule {
                name: "plan".into(),
                keep: match rng.bits() % 2 {
                    0 => Survivor::First,
                    _ => Survivor::Frequent,
                },
            }];
            Decision::Policy {
                policy: Box::new(policy),
            }
        }
    }
}

#[test]
fn a_thousand_random_operations_are_made_again_from_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("live");
    fs::create_dir_all(&dir).expect("a folder");
    let clock = Clock::manual(START);
    let mut pipeline = open(&dir, &clock);
    let mut rng = Rng::new(11, 4);
    for n in 0..1_000_u64 {
        match rng.bits() % 50 {
            0..=3 => decide(&pipeline, any_decision(&mut rng)),
            4 => {
                let source = SourceId(3 + u32::try_from(rng.bits() % 3).expect("small"));
                let envelope = Envelope::SourceRemoved {
                    source,
                    received: START,
                };
                pipeline.append(&envelope, None).expect("accepted");
            }
            5 if rng.bits().is_multiple_of(4) => {
                pipeline.close();
                pipeline = open(&dir, &clock);
            }
            _ => {
                let source = 1 + u32::try_from(rng.bits() % 5).expect("small");
                let body = any_body(&mut rng, n);
                send(&pipeline, source, START, body);
            }
        }
    }
    let hash = check_rebuilt(&pipeline, &dir, &clock);
    assert!(hash.events_count > 300 && hash.links > 300, "{hash:?}");
    pipeline.close();
    let again = open(&dir, &clock);
    again.settle();
    assert_eq!(
        StateHash::of(&again, START).expect("read"),
        hash,
        "a restart"
    );
    again.close();
}

#[test]
fn the_demo_shop_is_made_again_from_the_log_and_takes_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("live");
    fs::create_dir_all(&dir).expect("a folder");
    let clock = Clock::manual(START);
    let pipeline = open(&dir, &clock);
    let shop = Demo {
        profiles: 60,
        days: 30,
        ..Demo::new(START)
    };
    let mut text = String::new();
    shop.write(0..60, &mut text);
    let lines: Vec<&str> = text.lines().collect();
    for lines in lines.chunks(500) {
        let body = format!("{{\"batch\":[{}]}}", lines.join(","));
        send(&pipeline, 1, START, body);
    }
    let hash = check_rebuilt(&pipeline, &dir, &clock);
    assert!(hash.events_count > 300, "{hash:?}");
    pipeline.close();
    drop(pipeline);
    let fresh = dir.with_extension("replayed");
    swap(&dir, &fresh).expect("swapped");
    let again = open(&dir, &clock);
    again.settle();
    assert_eq!(StateHash::of(&again, START).expect("read"), hash);
    assert_eq!(
        again.read_log().expect("read"),
        lines.chunks(500).len() as u64
    );
    again.close();
}

#[test]
fn what_an_older_program_left_out_is_left_out_again_until_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("live");
    fs::create_dir_all(&dir).expect("a folder");
    let clock = Clock::manual(START);
    // As a migration of tables that hold one record would say.
    let state = throughline_store::state::WorkspaceState::open(&dir.join("state.db"));
    state.expect("opens").set_typed_from(1).expect("said");
    let pipeline = open(&dir, &clock);
    let event = |user: &str| {
        format!(
            r#"{{"batch":[{{"type":"identify","userId":"{user}","traits":{{"email":"a@x.org"}}}}]}}"#
        )
    };
    send(&pipeline, 1, START, event("old"));
    send(&pipeline, 1, START, event("new"));
    check_rebuilt(&pipeline, &dir, &clock);
    let email = Identifier {
        kind: IdentifierKind::Email,
        value: "a@x.org".into(),
    };
    let owner = |pipeline: &Pipeline| {
        let resolver = pipeline.resolver();
        let email = resolver.actor(&email).expect("seen");
        let links: Vec<Seq> = resolver.links_of(email).map(|it| it.0.seq).collect();
        links.len()
    };
    assert_eq!(owner(&pipeline), 1, "only the second event counts");
    let fresh = dir.with_extension("replayed");
    rebuild(&pipeline, &fresh, &clock, true).expect("rebuilt");
    pipeline.close();
    drop(pipeline);
    swap(&dir, &fresh).expect("swapped");
    let again = open(&dir, &clock);
    assert_eq!(owner(&again), 2);
    again.close();
}
