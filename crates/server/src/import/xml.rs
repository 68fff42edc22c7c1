//! XML as it is read from a file: one tag at a time, within limits, and without what a document could tell a parser to do.

use std::{
    io::{self, BufRead, BufReader, Read},
    ops::Range,
};

use quick_xml::{Reader, XmlVersion, events::Event};
use throughline_model::limits;

use super::rows::FileFault;

/// Tags within tags.
const DEPTH_MAX: usize = 64;
/// Attributes of one tag.
const ATTRIBUTES_MAX: usize = 1_000;

/// The tags of a document, in order.
pub struct Xml<R: Read> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    depth: usize,
    began: u64,
}

/// What comes next in a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Tag {
    Open(Open),
    Close(String),
    Text(String),
}

/// The beginning of an element. One without content is closed right after it.
#[derive(Debug, PartialEq, Eq)]
pub struct Open {
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// About how much memory keeping it takes.
    pub fn bytes(&self) -> usize {
        let text = match self {
            Self::Open(open) => (open.attributes.iter())
                .map(|it| it.0.len() + it.1.len())
                .sum(),
            Self::Close(_) => 0,
            Self::Text(text) => text.len(),
        };
        text + size_of::<Self>()
    }
}

impl Open {
    /// Takes an attribute out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.attributes.iter().position(|it| it.0 == name)?;
        Some(self.attributes.swap_remove(at).1)
    }
}

impl<R: Read> Xml<R> {
    pub fn new(source: R) -> Self {
        let mut reader = Reader::from_reader(Bounded {
            inner: BufReader::with_capacity(256 << 10, source),
            used: 0,
            total: 0,
        });
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
            began: 0,
        }
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Bytes of the document before what comes next.
    pub fn position(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// Where what was read last begins and ends in the bytes of the document.
    pub fn span(&self) -> Range<u64> {
        self.began..self.reader.get_ref().total
    }

    /// The next tag or text; none at the end of the document.
    ///
    /// Nothing outside of the file is read, and entities other than the five of XML itself are refused, so that no
    /// document can grow while it is read.
    pub fn next(&mut self) -> Result<Option<Tag>, FileFault> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().used = 0;
            self.began = self.reader.get_ref().total;
            let event = self.reader.read_event_into(&mut self.buffer);
            let at = self.reader.buffer_position();
            let unsound = |error: &dyn std::fmt::Display| {
                FileFault::Xml(format!("{error}, before byte {at}"))
            };
            let tag = match event.map_err(|it| unsound(&it))? {
                // Elements without content are expanded into a beginning and an end.
                Event::Start(start) | Event::Empty(start) => {
                    self.depth += 1;
                    if self.depth > DEPTH_MAX {
                        let error = format!("elements nest deeper than {DEPTH_MAX}");
                        return Err(unsound(&error));
                    }
                    let mut attributes = Vec::new();
                    // To look for names that come twice takes the square of their count.
                    for attribute in start.attributes().with_checks(false) {
                        if attributes.len() == ATTRIBUTES_MAX {
                            let error = format!("a tag has more than {ATTRIBUTES_MAX} attributes");
                            return Err(unsound(&error));
                        }
                        let attribute = attribute.map_err(|it| unsound(&it))?;
                        let value = attribute.normalized_value(XmlVersion::Explicit1_0);
                        let value = value.map_err(|it| unsound(&it))?;
                        attributes.push((
                            AsRef::<str>::as_ref(&attribute.key).to_owned(),
                            value.into_owned(),
                        ));
                    }
                    Tag::Open(Open {
                        name: AsRef::<str>::as_ref(&start.local_name()).to_owned(),
                        attributes,
                    })
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Tag::Close(AsRef::<str>::as_ref(&end.local_name()).to_owned())
                }
                Event::Text(text) => {
                    Tag::Text(text.xml_content(XmlVersion::Explicit1_0).into_owned())
                }
                Event::CData(text) => {
                    Tag::Text(text.xml_content(XmlVersion::Explicit1_0).into_owned())
                }
                Event::GeneralRef(reference) => {
                    Tag::Text(resolved(&reference).ok_or_else(|| {
                        unsound(&"an entity is named that XML itself does not have")
                    })?)
                }
                Event::DocType(_) => {
                    return Err(unsound(&"a document type is declared, which is not read"));
                }
                Event::Eof if self.depth > 0 => {
                    return Err(unsound(&"the document ends within an element"));
                }
                Event::Eof => return Ok(None),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            return Ok(Some(tag));
        }
    }
}

/// A text as the value of an attribute in quotes, which is read as it was.
pub fn quoted(text: &str) -> String {
    let escaped = quick_xml::escape::escape(text);
    let mut quoted = String::from("\"");
    for sign in escaped.chars() {
        match sign {
            // As they stand they would be read as blanks.
            '\t' | '\n' | '\r' => quoted.push_str(&format!("&#{};", u32::from(sign))),
            sign => quoted.push(sign),
        }
    }
    quoted.push('"');
    quoted
}

/// A reference to a sign, or to one of the five entities that XML itself has.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(sign)) = reference.resolve_char_ref() {
        return Some(sign.to_string());
    }
    let name: &str = reference.as_ref();
    quick_xml::escape::resolve_xml_entity(name).map(str::to_owned)
}

/// A reader that gives up on a tag or text which has no end in sight.
struct Bounded<R> {
    inner: BufReader<R>,
    /// Bytes of the tag that is being read.
    used: usize,
    /// Bytes of the document, with the mark at its beginning if it has one.
    total: u64,
}

impl<R: Read> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used > limits::IMPORT_ROW_BYTES_MAX {
            let most = limits::IMPORT_ROW_BYTES_MAX;
            return Err(io::Error::other(format!(
                "a tag or text is longer than {most} bytes"
            )));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.used += count;
        self.total += count as u64;
        self.inner.consume(count);
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Result<Vec<Tag>, String> {
        let mut xml = Xml::new(text.as_bytes());
        let mut tags = Vec::new();
        while let Some(tag) = xml.next().map_err(|it| it.to_string())? {
            tags.push(tag);
        }
        Ok(tags)
    }

    #[test]
    fn tags_come_one_by_one_with_their_texts_unescaped() {
        let mut told = String::new();
        for tag in tags("<?xml version=\"1.0\"?><a b=\"&lt;1&#x4e2d;\"><!-- c --><d/>x &amp; y</a>")
            .unwrap()
        {
            told.push_str(&format!("{tag:?}\n"));
        }
        assert!(told.contains("(\"b\", \"<1中\")"), "{told}");
        let close = Tag::Close("d".to_owned());
        assert!(told.contains(&format!("{close:?}")), "{told}");
        for part in ["\"x \"", "\"&\"", "\" y\""] {
            assert!(told.contains(part), "{part} of {told}");
        }
    }

    #[test]
    fn no_document_tells_the_reader_what_to_do() {
        let laughs = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>";
        assert!(tags(laughs).unwrap_err().contains("document type"));
        let outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>";
        assert!(tags(outside).unwrap_err().contains("document type"));
        assert!(tags("<a>&y;</a>").unwrap_err().contains("entity"));
        assert!(tags("<a b=\"&y;\"/>").is_err());
    }

    #[test]
    fn what_has_no_end_is_given_up() {
        let deep = "<a>".repeat(DEPTH_MAX + 1);
        assert!(tags(&deep).unwrap_err().contains("deeper"));
        assert!(tags("<a><b></a>").is_err());
        assert!(tags("<a><b>").unwrap_err().contains("ends within"));
        let wide = format!("<a {}/>", "b='' ".repeat(ATTRIBUTES_MAX + 1));
        assert!(tags(&wide).unwrap_err().contains("attributes"));
        let long = format!(
            "<a b=\"{}",
            "x".repeat(limits::IMPORT_ROW_BYTES_MAX + (1 << 20))
        );
        assert!(tags(&long).unwrap_err().contains("longer than"));
    }
}
