//! Fields of events as JSON texts: ids, instants, plain texts. A wrong type is a fault with a name.

use std::borrow::Cow;

use throughline_model::Timestamp;

use crate::{Fault, Reason, check, instant, json};

/// An id as text; `null` and blanks are no id, a whole number is its digits.
pub(crate) fn id<'a>(field: &str, raw: Option<&'a str>) -> Result<Option<Cow<'a, str>>, Fault> {
    let Some(raw) = raw.filter(|&raw| raw != "null") else {
        return Ok(None);
    };
    let id = json::text(raw)
        .or_else(|| whole_number(raw))
        .ok_or_else(|| {
            Fault::new(
                Reason::IdInvalid,
                format!("`{field}` is neither a text nor a whole number"),
            )
        })?;
    let id = trimmed(id);
    if id.is_empty() {
        return Ok(None);
    }
    check::id(field, &id)?;
    Ok(Some(id))
}

/// The id of a message as text; blanks are none.
pub(crate) fn message_id<'a>(
    field: &str,
    raw: Option<&'a str>,
) -> Result<Option<Cow<'a, str>>, Fault> {
    let Some(raw) = raw.filter(|&raw| raw != "null") else {
        return Ok(None);
    };
    let id = json::text(raw)
        .or_else(|| whole_number(raw))
        .ok_or_else(|| Fault::new(Reason::MessageIdInvalid, format!("`{field}` is not a text")))?;
    check::message_id(&id)?;
    Ok(Some(id).filter(|id| !id.trim().is_empty()))
}

/// An instant as text or number; a blank text is none.
pub(crate) fn instant(field: &str, raw: Option<&str>) -> Result<Option<Timestamp>, Fault> {
    let Some(raw) = raw.filter(|&raw| raw != "null") else {
        return Ok(None);
    };
    let invalid = || {
        Fault::new(
            Reason::TimeInvalid,
            format!("`{field}` is not an instant like 2026-03-01T08:00:00Z"),
        )
    };
    let text = match json::text(raw) {
        Some(text) if text.trim().is_empty() => return Ok(None),
        Some(text) => text,
        None => Cow::Borrowed(raw),
    };
    instant::read(&text).map(Some).ok_or_else(invalid)
}

/// A JSON text that is neither empty nor of blanks.
pub(crate) fn plain_text(value: &str) -> Option<String> {
    let text = json::text(value)?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The digits of a whole number.
pub(crate) fn whole_number(raw: &str) -> Option<Cow<'_, str>> {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    let is_whole = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    is_whole.then_some(Cow::Borrowed(raw))
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
