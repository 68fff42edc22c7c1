//! The state as lines, so that two makings of it can be compared.

use super::{StateError, WorkspaceState, each};

impl WorkspaceState {
    /// A line for each thing that follows from the log, in an order that does not depend on history.
    ///
    /// Two states of the same log write the same lines, so that a replay can be compared.
    pub fn describe(&self, line: &mut dyn FnMut(&str)) -> Result<(), StateError> {
        const QUESTIONS: [&str; 13] = [
            "SELECT 'name', code, name, '', '' FROM event_names ORDER BY code",
            "SELECT 'account type', type, source, is_property, '' FROM account_types ORDER BY type, source",
            "SELECT 'account', type || '/' || id, name || '/' || source, time, ifnull(value, '')
             FROM account_traits ORDER BY type, id, name, source",
            "SELECT 'identifier', actor, kind, value, '' FROM identifiers ORDER BY actor",
            "SELECT 'link', position, is_retraction || '/' || left_actor || '/' || right_actor,
                    reason || '/' || time, source || '/' || seq || ifnull(decision, '')
             FROM links ORDER BY position",
            "SELECT 'sign-in', device || '/' || slot, user, source, time
             FROM sign_ins ORDER BY device, slot, user, source",
            "SELECT 'trait', actor, name, source, ifnull(value, '') || '/' || time || '/'
                    || ifnull(first_value, '') || '/' || ifnull(first_time, '')
             FROM traits ORDER BY actor, name, source",
            "SELECT 'operated', actor, name || '/' || source,
                    kept || '/' || added || '/' || added_upto || '/' || forgotten, billionths
             FROM operated_traits ORDER BY actor, name, source",
            "SELECT 'operation', actor, name || '/' || source || '/' || time || '/' || event,
                    hex(message) || '/' || place, operator || '/' || operand
             FROM trait_operations
             ORDER BY actor, name, source, time, is_list, event, message, place",
            "SELECT 'consent', actor, key || '/' || channel || '/' || source,
                    is_granted || '/' || span || '/' || is_decision || '/' || first || '/' || time
                    || '/' || seq, hex(message) || '/' || event || '/' || text || '/' || proof
             FROM consents
             ORDER BY actor, key, channel, source, is_granted, text, proof, span, is_decision",
            "SELECT 'quarantined', seq, reason, source, raw FROM quarantine ORDER BY seq",
            "SELECT 'violation', breach, event, property, count || '/' || first || '/' || last
             FROM violations ORDER BY breach, event, property",
            "SELECT 'count', source, stored, duplicate, quarantined || '/' || faulty
             FROM source_counts ORDER BY source",
        ];
        self.db.read("describe the state", |tx| {
            for question in QUESTIONS {
                each(tx, question, |row| {
                    let mut text = String::new();
                    for column in 0..5 {
                        let value: rusqlite::types::Value = row.get(column)?;
                        match value {
                            rusqlite::types::Value::Integer(number) => {
                                text.push_str(&number.to_string())
                            }
                            rusqlite::types::Value::Text(value) => text.push_str(&value),
                            other => text.push_str(&format!("{other:?}")),
                        }
                        text.push('\t');
                    }
                    line(&text);
                    Ok(())
                })?;
            }
            Ok(())
        })
    }
}
