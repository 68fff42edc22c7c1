//! Files that are not what was written are noticed, and never read as fewer rows.

use std::path::{Path, PathBuf};

use super::*;

fn filled(dir: &Path) -> BTreeMap<u32, Vec<Told>> {
    let store = EventStore::open(dir, options(4)).expect("opens");
    store.set_names(names()).expect("new");
    let event = |n: u64| {
        event(
            u32::try_from(n % 5).expect("small"),
            100,
            Seq::new(n, 0),
            n,
            1,
        )
    };
    store.set_roots([(ActorId(1), ProfileId(0))], 1);
    store.append(Batch {
        events: (0..90).map(event).collect(),
        applied: 90,
    });
    store.seal().expect("sealed");
    walked(&store.snapshot(at(0)))
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let folders = ["manifest", "parts"].map(|it| dir.join(it));
    let entries = folders
        .iter()
        .flat_map(|it| std::fs::read_dir(it).expect("listed"));
    let mut files: Vec<PathBuf> = entries.map(|it| it.expect("listed").path()).collect();
    files.sort();
    files
}

/// Opens a store and reads all of it; the first fault, or what was found.
fn read(dir: &Path) -> Result<BTreeMap<u32, Vec<Told>>, String> {
    let store = EventStore::open(dir, options(4)).map_err(|error| error.to_string())?;
    store.set_roots([(ActorId(1), ProfileId(0))], 1);
    if let Some(fault) = store.verify().into_iter().next() {
        return Err(fault.to_string());
    }
    Ok(walked(&store.snapshot(at(0))))
}

#[test]
fn a_flipped_bit_in_any_file_is_noticed() {
    let dir = tempfile::tempdir().expect("a folder");
    let expected = filled(dir.path());
    assert_eq!(read(dir.path()), Ok(expected.clone()));
    let (mut noticed_count, mut padding_count) = (0, 0);
    for file in files(dir.path()) {
        let sound = std::fs::read(&file).expect("readable");
        for at in (0..sound.len()).step_by(sound.len() / 60 + 1) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << (at % 8);
            std::fs::write(&file, &bytes).expect("written");
            match read(dir.path()) {
                Err(fault) => {
                    let name = file.file_name().expect("a file").to_string_lossy();
                    assert!(fault.contains(&*name), "{fault} names {name}");
                    noticed_count += 1;
                }
                Ok(found) => {
                    // Between sections lie a few bytes that mean nothing.
                    assert_eq!(found, expected, "byte {at} of {}", file.display());
                    padding_count += 1;
                }
            }
        }
        std::fs::write(&file, &sound).expect("written");
    }
    assert!(
        noticed_count > 5 * padding_count,
        "{noticed_count} {padding_count}"
    );
}

#[test]
fn a_torn_or_missing_file_is_noticed() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path());
    for file in files(dir.path()) {
        let is_manifest = file.parent().is_some_and(|it| it.ends_with("manifest"));
        let sound = std::fs::read(&file).expect("readable");
        std::fs::write(&file, &sound[..sound.len() - 1]).expect("written");
        let fault = read(dir.path()).expect_err("torn");
        assert!(fault.contains("is damaged"), "{fault}");
        if !is_manifest {
            std::fs::remove_file(&file).expect("removed");
            let fault = read(dir.path()).expect_err("missing");
            assert!(fault.contains("is missing"), "{fault}");
        }
        std::fs::write(&file, &sound).expect("written");
    }
    read(dir.path()).expect("sound again");
}

#[test]
fn files_of_another_part_are_noticed() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path());
    {
        let store = EventStore::open(dir.path(), options(4)).expect("opens");
        store.append(Batch {
            events: vec![event(3, 1, Seq::new(90, 0), 500, 1)],
            applied: 91,
        });
        store.seal().expect("sealed");
    }
    for kind in ["parquet", "timeline", "keys"] {
        let of_kind: Vec<PathBuf> = (files(dir.path()).into_iter())
            .filter(|it| it.extension().is_some_and(|it| it == kind))
            .collect();
        let sound = std::fs::read(&of_kind[0]).expect("readable");
        std::fs::copy(&of_kind[1], &of_kind[0]).expect("copied");
        let fault = read(dir.path()).expect_err("swapped");
        assert!(fault.contains("is damaged"), "{fault}");
        std::fs::write(&of_kind[0], &sound).expect("written");
    }
}

#[test]
fn files_of_a_newer_program_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path());
    let manifest = &files(dir.path())[0];
    let text = std::fs::read_to_string(manifest).expect("text");
    let newer = text.replacen("throughline manifest 1 ", "throughline manifest 2 ", 1);
    std::fs::write(manifest, newer).expect("written");
    let refused = read(dir.path()).expect_err("newer");
    assert!(refused.contains("start the newer program"), "{refused}");
}
