//! What an event may hold, whatever source it came from.

use throughline_model::{EventName, Timestamp, limits};

use crate::{Fault, Reason};

/// Refuses more bytes than one event may have.
pub(crate) fn size(bytes: usize) -> Result<(), Fault> {
    if bytes <= limits::EVENT_BYTES_MAX {
        return Ok(());
    }
    Err(Fault::new(
        Reason::TooLarge,
        format!(
            "has {bytes} bytes; at most {} are allowed",
            limits::EVENT_BYTES_MAX
        ),
    ))
}

/// Refuses the names that the product gives its own events.
pub(crate) fn reserved(name: &EventName) -> Result<(), Fault> {
    if name.is_system() {
        return Err(Fault::new(
            Reason::EventNameReserved,
            format!(
                "`{name}` starts with `$`, which is kept for the product's own events; rename it"
            ),
        ));
    }
    Ok(())
}

/// Refuses ids that are too long or cannot be shown.
pub(crate) fn id(field: &str, id: &str) -> Result<(), Fault> {
    let most = limits::IDENTIFIER_CHARS_MAX;
    if id.len() > most && id.chars().count() > most {
        return Err(Fault::new(
            Reason::IdInvalid,
            format!("`{field}` has more than {most} characters"),
        ));
    }
    if id.chars().any(char::is_control) {
        return Err(Fault::new(
            Reason::IdInvalid,
            format!("`{field}` holds a control character"),
        ));
    }
    Ok(())
}

/// Refuses message ids that are too long.
pub(crate) fn message_id(id: &str) -> Result<(), Fault> {
    let most = limits::MESSAGE_ID_CHARS_MAX;
    if id.len() > most && id.chars().count() > most {
        return Err(Fault::new(
            Reason::MessageIdInvalid,
            format!("the message id has more than {most} characters"),
        ));
    }
    Ok(())
}

/// Refuses times that no sound clock shows.
pub(crate) fn time(time: Timestamp, received: Timestamp) -> Result<(), Fault> {
    if time < limits::EVENT_TIME_MIN {
        return Err(Fault::new(
            Reason::TimeTooEarly,
            format!("happened {time}, before any clock was set; check the sender's clock"),
        ));
    }
    if time > received.plus(limits::EVENT_AHEAD_MAX) {
        return Err(Fault::new(
            Reason::TimeAhead,
            format!("happened {time}, long after its arrival; check the sender's clock"),
        ));
    }
    Ok(())
}
