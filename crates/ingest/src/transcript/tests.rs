use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn check(name: &str, file: &str, expected: Expect) {
    let shown = match read(name, file.as_bytes()) {
        Ok(it) => format!("{} cues of {:?}\n{}\n", it.cues_count, it.speakers, it.text),
        Err(faults) => faults
            .iter()
            .map(|it| format!("{:?}: {}\n", it.line, it.message))
            .collect(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn plain_text_stays_as_it_is() {
    check(
        "Ana.MD",
        "\u{feff}# Ana\r\n\r\n> \"It took <b>ages</b>\"\r\n-->\r\n",
        expect![[r##"
            0 cues of []
            # Ana

            > "It took <b>ages</b>"
            -->

        "##]],
    );
}

#[test]
fn webvtt_keeps_who_spoke_and_when() {
    check(
        "talk.vtt",
        "WEBVTT - made by a machine
Kind: captions

STYLE
::cue { color: red }

NOTE nothing
of this is said

intro
00:01.000 --> 00:04.000 align:start position:0%
<v Roger Bingham>We are in <i>New York</i> &amp; it&lt;rains

00:00:04.500 --> 00:00:06,000
<v Roger Bingham>City

01:02:03.4 --> 01:02:05.000
<v.loud Ana>No!</v> <v Ben>Yes, 3 < 4 <00:00:19.000>and a &amp;lt; b

02:00:00.000 --> 02:00:01.000
Cleo: I paid: it failed
",
        expect![[r#"
            5 cues of ["Roger Bingham", "Ana", "Ben", "Cleo"]
            [0:00:01] Roger Bingham: We are in New York & it<rains City

            [1:02:03] Ana: No!

            [1:02:03] Ben: Yes, 3 < 4 and a &lt; b

            [2:00:00] Cleo: I paid: it failed
        "#]],
    );
}

#[test]
fn subrip_is_read_with_its_numbers() {
    check(
        "a.srt",
        "1\r\n00:00:00,000 --> 00:00:02,000\r\n{\\an8}客服：你好\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\n客服：请说\r\n\r\n3\r\n00:00:03,000 --> 00:00:04,000\r\n<font color=\"red\">It said: \"no\". So what? {sigh}</font>\r\n",
        expect![[r#"
            3 cues of ["客服", "It said"]
            [0:00:00] 客服: 你好 请说

            [0:00:03] It said: "no". So what? {sigh}
        "#]],
    );
}

#[test]
fn every_fault_has_its_line() {
    check(
        "a.vtt",
        "00:00.000 --> 00:01.000\nHi",
        expect![[r#"
        Some(1): a WebVTT file begins with the line WEBVTT
    "#]],
    );
    check(
        "a.srt",
        "1\n00:00:61,000 --> 00:00:02,000\nHi\n\nstray words\n\n2\n99999:00:00,000 --> x\nHo\n",
        expect![[r"
            Some(2): `00:00:61,000 --> 00:00:02,000` is no time
            Some(5): `stray words` stands where a time like 00:00:01.000 --> 00:00:02.000 should
            Some(8): `99999:00:00,000 --> x` is no time
        "]],
    );
    check(
        "a.vtt",
        "WEBVTT\n",
        expect![[r"
        None: has no cues, as `00:00:01.000 --> 00:00:02.000` and words below
    "]],
    );
    check(
        "a.docx",
        "PK",
        expect![[r"
        None: is no file of a kind that is read: .txt, .md, .vtt or .srt
    "]],
    );
    check(
        "a.txt",
        " \n\t",
        expect![[r"
        None: has no words
    "]],
    );
    let faulty = read("a.txt", b"one\ntwo\xff").expect_err("no text");
    assert_eq!(faulty[0].line, Some(2));
    let most = limits::FIELD_NOTE_CHARS_MAX;
    assert!(read("a.txt", "慢".repeat(most).as_bytes()).is_ok());
    assert!(read("a.txt", "慢".repeat(most + 1).as_bytes()).is_err());
    let endless = "x\n\n".repeat(1_000);
    let listed = read("a.srt", endless.as_bytes()).expect_err("no times");
    assert_eq!(listed.len(), limits::FIELD_NOTE_FAULTS_MAX);
}

#[test]
fn a_long_speech_has_a_time_now_and_then() {
    let cues: String = (0..60)
        .map(|it| {
            format!(
                "00:{it:02}:00.000 --> 00:{it:02}:30.000\n<v Ana>{}\n\n",
                "word ".repeat(20)
            )
        })
        .collect();
    let told = read("a.vtt", format!("WEBVTT\n\n{cues}").as_bytes()).expect("sound");
    let paragraphs: Vec<&str> = told.text.split("\n\n").collect();
    assert!((8..=12).contains(&paragraphs.len()), "{}", paragraphs.len());
    assert!(paragraphs.iter().all(|it| it.contains("] Ana: word")));
}

#[test]
fn a_title_comes_from_the_name_of_the_file() {
    for (name, title) in [
        ("2026-03-02_Ana.vtt", "2026-03-02 Ana"),
        ("C:\\talks\\Ben K.txt", "Ben K"),
        ("../../etc/passwd", "passwd"),
        (".vtt", "Untitled"),
        ("访谈_一.md", "访谈 一"),
        ("a\u{0}b\n.txt", "ab"),
    ] {
        assert_eq!(title_of(name), title);
    }
    assert_eq!(title_of(&"n".repeat(500)).len(), limits::NAME_CHARS_MAX);
}

proptest! {
    #[test]
    fn whatever_a_file_holds_it_is_read_soundly_or_told_what_is_wrong(
        lines in prop::collection::vec(prop::sample::select(vec![
            "WEBVTT", "", "1", "00:01.000 --> 00:02.000", "00:01 -->", "-->", "<v Ana>Hi", "<v", "<", ">", "{\\an8", "}",
            "Ana: yes", "：", "NOTE x", "&amp;lt;", "🐌 <i", "</v> <00:00:01.000>", "\u{0}", "\r", "99:99:99,9 --> 0:0",
        ]), 0..24),
        name in prop::sample::select(vec!["a.vtt", "a.srt", "a.txt", "a", ""]),
    ) {
        let text = lines.join("\n");
        let read = read(name, text.as_bytes());
        prop_assert_eq!(&read, &super::read(name, text.as_bytes()));
        match read {
            Ok(it) => {
                prop_assert!(!it.text.trim().is_empty());
                prop_assert!(it.text.chars().count() <= limits::FIELD_NOTE_CHARS_MAX);
                prop_assert_eq!(clean_text(&it.text), it.text);
            }
            Err(faults) => prop_assert!((1..=limits::FIELD_NOTE_FAULTS_MAX).contains(&faults.len())),
        }
    }
}
