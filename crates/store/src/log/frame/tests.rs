use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;

const LOG_ID: u64 = 0x0123_4567_89ab_cdef;
const KIND: Kind = Kind::new(1);
const START: Chain = Chain {
    next: Position(10),
    previous: 99,
};

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for row in bytes.chunks(8) {
        for byte in row {
            let _ = write!(text, "{byte:02x} ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// The bytes of commit groups that begin at `START`, each group a list of payloads; `|` is a mark.
fn lay_out(groups: &[&[&str]]) -> (Vec<u8>, Vec<usize>) {
    let checksum = Checksum::new(LOG_ID);
    let (mut bytes, mut starts) = (Vec::new(), Vec::new());
    let mut chain = START;
    for group in groups {
        for (payload, in_group) in group.iter().zip(0..) {
            starts.push(bytes.len());
            let mut frame = match *payload {
                "|" => Frame::note(FrameKind::Mark, chain),
                payload => {
                    let crc = crc32c::crc32c(payload.as_bytes());
                    Frame::record(KIND, chain, in_group, payload.len() as u32, crc)
                }
            };
            bytes.extend_from_slice(&frame.encode(checksum));
            bytes.extend_from_slice(&payload.as_bytes()[..frame.payload_bytes as usize]);
            chain = chain.after(&frame);
        }
    }
    (bytes, starts)
}

/// Zeroes frame `lost`, and judges what is there from it on.
#[track_caller]
fn check(groups: &[&[&str]], lost: usize, expected: Tail) {
    let (mut bytes, starts) = lay_out(groups);
    let checksum = Checksum::new(LOG_ID);
    let mut chain = START;
    for start in &starts[..lost] {
        let Found::Frame(frame) = read_frame(&bytes[*start..], chain, checksum) else {
            panic!("the frames before the damage are whole");
        };
        chain = chain.after(&frame);
    }
    let end = starts.get(lost + 1).copied().unwrap_or(bytes.len());
    bytes[starts[lost]..end].fill(0);
    assert_eq!(
        judge_tail(&bytes[starts[lost]..], chain, checksum),
        expected
    );
}

#[test]
fn header_keeps_its_bytes() {
    let header = Header {
        log_id: LOG_ID,
        first: Position(258),
        previous: 0xdead_beef,
    };
    let expected = expect![[r#"
        54 4c 49 4e 45 4c 4f 47
        01 00 00 00 00 00 00 00
        ef cd ab 89 67 45 23 01
        02 01 00 00 00 00 00 00
        ef be ad de 33 bb f8 17
    "#]];
    expected.assert_eq(&hex(&header.encode()));
    assert_eq!(Header::decode(&header.encode()), Ok(header));
}

#[test]
fn record_keeps_its_bytes() {
    let check = |groups: &[&[&str]], expected: Expect| expected.assert_eq(&hex(&lay_out(groups).0));
    check(
        &[&["seen"]],
        expect![[r#"
        04 00 00 00 00 00 00 00
        0a 00 00 00 00 00 00 00
        ee 85 16 b2 63 00 00 00
        01 00 00 00 67 03 dd 7f
        73 65 65 6e
    "#]],
    );
    check(
        &[&["|"]],
        expect![[r#"
        00 00 00 00 00 00 00 00
        0a 00 00 00 00 00 00 00
        00 00 00 00 63 00 00 00
        fe 00 00 00 72 9f e2 ad
    "#]],
    );
}

#[test]
fn unknown_version_is_told_from_damage() {
    let header = Header {
        log_id: LOG_ID,
        first: Position(0),
        previous: 0,
    };
    let mut bytes = header.encode();
    bytes[8] = 2;
    assert_eq!(Header::decode(&bytes), Err(HeaderFault::UnknownVersion(2)));
    let mut bytes = header.encode();
    bytes[20] ^= 1;
    assert_eq!(Header::decode(&bytes), Err(HeaderFault::Invalid));
    assert_eq!(Header::decode(&bytes[..39]), Err(HeaderFault::Invalid));
}

#[test]
fn zeros_are_never_a_frame() {
    for log_id in 0..10_000 {
        let frame = Frame::decode(&[0; FRAME_BYTES], Checksum::new(log_id));
        assert_eq!(frame, None);
    }
}

#[test]
fn a_frame_of_another_log_is_not_one() {
    let (bytes, _) = lay_out(&[&["seen"]]);
    assert_eq!(Frame::decode(&bytes, Checksum::new(LOG_ID + 1)), None);
}

#[test]
fn the_last_group_is_torn_wherever_it_was_hit() {
    check(&[&["a", "b"], &["c", "d", "e"]], 2, Tail::Torn);
    check(&[&["a", "b"], &["c", "d", "e"]], 3, Tail::Torn);
    check(&[&["a", "b"], &["c", "d", "e"]], 4, Tail::Torn);
}

#[test]
fn a_group_that_another_one_follows_was_durable() {
    check(&[&["a", "b"], &["c"]], 0, Tail::Broken);
    check(&[&["a", "b"], &["c"]], 1, Tail::Broken);
}

#[test]
fn a_group_that_a_mark_follows_was_durable() {
    check(&[&["a", "b"], &["|"]], 0, Tail::Broken);
    check(&[&["a", "b"], &["|"]], 1, Tail::Broken);
}

#[test]
fn a_mark_at_the_end_may_be_torn() {
    check(&[&["a", "b"], &["|"]], 2, Tail::Torn);
}

#[test]
fn a_damaged_mark_does_not_hide_the_group_behind_it() {
    check(&[&["a"], &["|"], &["b"]], 1, Tail::Broken);
    check(&[&["a"], &["|"], &["b", "c"]], 1, Tail::Broken);
}

#[test]
fn a_payload_that_holds_frames_does_not_deceive() {
    // What a client may know: the bytes of frames of this very log, from positions before.
    let (copied, _) = lay_out(&[&["x", "y"], &["z"]]);
    let checksum = Checksum::new(LOG_ID);
    let chain = Chain {
        next: Position(50),
        previous: 7,
    };
    let mut frame = Frame::record(KIND, chain, 0, copied.len() as u32, 0);
    let mut bytes = frame.encode(checksum).to_vec();
    bytes.extend_from_slice(&copied);
    assert_eq!(
        read_frame(&bytes, chain, checksum),
        Found::Bad(Fault::Payload)
    );
    assert_eq!(judge_tail(&bytes, chain, checksum), Tail::Torn);
    bytes[..FRAME_BYTES].fill(0);
    assert_eq!(judge_tail(&bytes, chain, checksum), Tail::Torn);
}
