//! A file of named sections of plain numbers, made to be mapped.
//!
//! ```text
//! 0    magic, 8 bytes
//! 8    format version, u32
//! 12   bytes of the header, u32
//! 16   CRC-32C of the header, u32
//! 24   header: JSON with the part and, per section, its place, length and CRC-32C
//! ...  sections, each at a multiple of 64, little-endian
//! ```

use std::{fs::File, io::Write, path::Path, sync::Arc};

use bytemuck::Pod;
use memmap2::Mmap;
use serde::{Deserialize, Serialize};

use crate::{
    column::Column,
    error::StoreError,
    objects::{Objects, file_error},
};

const PREAMBLE_BYTES: usize = 24;
const ALIGNMENT: usize = 64;

/// What a file of sections is.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    pub magic: [u8; 8],
    pub version: u32,
}

#[derive(Serialize, Deserialize)]
struct Header {
    part: u64,
    sections: Vec<Section>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Section {
    name: String,
    from: usize,
    bytes: usize,
    crc32c: u32,
}

/// A mapped file whose header has been checked.
#[derive(Clone)]
pub(crate) struct Sections {
    name: String,
    file: Arc<Mmap>,
    sections: Arc<[Section]>,
}

/// Length and header checksum of a file; the header's checksum covers all of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub bytes: u64,
    pub crc32c: u32,
}

/// Writes a file of sections.
pub(crate) fn write(
    objects: &Objects,
    name: &str,
    format: Format,
    part: u64,
    sections: &[(&str, &[u8])],
) -> Result<Sum, StoreError> {
    let header = |first: usize| {
        let mut from = first;
        let mut header = Header {
            part,
            sections: Vec::new(),
        };
        for (name, bytes) in sections {
            header.sections.push(Section {
                name: (*name).to_owned(),
                from,
                bytes: bytes.len(),
                crc32c: crc32c::crc32c(bytes),
            });
            from = (from + bytes.len()).next_multiple_of(ALIGNMENT);
        }
        serde_json::to_vec(&header).expect("a header is always JSON")
    };
    // Places are written in decimal, so leave room for them to become longer.
    let first =
        (PREAMBLE_BYTES + header(0).len() + 16 * sections.len()).next_multiple_of(ALIGNMENT);
    let header = header(first);
    let sum = crc32c::crc32c(&header);
    let length = u32::try_from(header.len()).expect("a header lists few sections");
    let mut start = Vec::with_capacity(first);
    start.extend_from_slice(&format.magic);
    for number in [format.version, length, sum, 0] {
        start.extend_from_slice(&number.to_le_bytes());
    }
    start.extend_from_slice(&header);
    start.resize(first, 0);
    let mut upload = objects.upload(name)?;
    let mut put = |bytes: &[u8]| -> Result<(), StoreError> {
        upload.write_all(bytes).map_err(file_error("write", name))
    };
    put(&start)?;
    for (_, bytes) in sections {
        put(bytes)?;
        put(&[0; ALIGNMENT][..bytes.len().next_multiple_of(ALIGNMENT) - bytes.len()])?;
    }
    let bytes = upload.finish()?;
    Ok(Sum { bytes, crc32c: sum })
}

impl Sections {
    /// Maps a file and checks that its header is the one that was written.
    pub fn open(
        path: &Path,
        name: &str,
        format: Format,
        part: u64,
        sum: Sum,
    ) -> Result<Self, StoreError> {
        let damaged = |what: &str| StoreError::damaged(name, what);
        let file = File::open(path).map_err(file_error("open", name))?;
        let length = file.metadata().map_err(file_error("open", name))?.len();
        if length != sum.bytes {
            let bytes = sum.bytes;
            return Err(damaged(&format!("it has {length} bytes, not {bytes}")));
        }
        // SAFETY: files of parts are never changed after they got their name, only removed, and
        // a removed file stays mapped. One process at a time may open the folder.
        let file = unsafe { Mmap::map(&file) }.map_err(file_error("map", name))?;
        if file.get(..8) != Some(&format.magic) {
            return Err(damaged(
                "it starts with other bytes than a file of its kind",
            ));
        }
        let number = |at: usize| {
            let bytes = file.get(at..at + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        let (Some(found), Some(length), Some(crc)) = (number(8), number(12), number(16)) else {
            return Err(damaged("it ends within its first bytes"));
        };
        if found != format.version {
            return Err(StoreError::Newer {
                file: name.to_owned(),
                found,
                known: format.version,
            });
        }
        let end = PREAMBLE_BYTES + length as usize;
        let header = file
            .get(PREAMBLE_BYTES..end)
            .filter(|header| crc32c::crc32c(header) == crc)
            .ok_or_else(|| damaged("its header does not fit its checksum"))?;
        if crc != sum.crc32c {
            return Err(damaged("its header is not the one that the manifest names"));
        }
        let header: Header = serde_json::from_slice(header)
            .map_err(|error| damaged(&format!("its header cannot be read: {error}")))?;
        if header.part != part {
            return Err(damaged(&format!("it belongs to part {}", header.part)));
        }
        Ok(Self {
            name: name.to_owned(),
            file: Arc::new(file),
            sections: header.sections.into(),
        })
    }

    /// The numbers of a section. They are not checked; see [`Sections::check`].
    pub fn column<T: Pod + Send + Sync>(&self, name: &str) -> Result<Column<T>, StoreError> {
        let section = self.section(name)?;
        let count = section.bytes / size_of::<T>();
        Column::mapped(Arc::clone(&self.file), section.from, count)
            .filter(|_| section.bytes % size_of::<T>() == 0)
            .ok_or_else(|| {
                let what = format!("its section `{name}` does not lie within the file");
                StoreError::damaged(&*self.name, what)
            })
    }

    /// Reads a section whole and compares it with its checksum.
    pub fn check(&self, name: &str) -> Result<(), StoreError> {
        let section = self.section(name)?;
        let bytes = self.file.get(section.from..section.from + section.bytes);
        if bytes.map(crc32c::crc32c) == Some(section.crc32c) {
            return Ok(());
        }
        let what = format!("its section `{name}` does not fit its checksum");
        Err(StoreError::damaged(&*self.name, what))
    }

    /// Names of all sections.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|it| it.name.as_str())
    }

    fn section(&self, name: &str) -> Result<&Section, StoreError> {
        let found = self.sections.iter().find(|it| it.name == name);
        found.ok_or_else(|| StoreError::damaged(&*self.name, format!("it has no section `{name}`")))
    }
}
