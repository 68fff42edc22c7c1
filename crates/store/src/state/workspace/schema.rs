//! The tables of a workspace as each version of the program has changed them.

use crate::state::db::Schema;

pub(super) const SCHEMA: Schema = Schema {
    application_id: 0x5468_7753,
    migrations: &["
        CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 0), applied INTEGER NOT NULL) STRICT;
        INSERT INTO progress VALUES (0, 0);
        CREATE TABLE event_names (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE identifiers (
            actor INTEGER PRIMARY KEY, kind INTEGER NOT NULL, value TEXT NOT NULL
        ) STRICT;
        CREATE INDEX identifiers_by_value ON identifiers (value COLLATE NOCASE);
        CREATE TABLE links (
            position INTEGER PRIMARY KEY,
            is_retraction INTEGER NOT NULL,
            left_actor INTEGER NOT NULL,
            right_actor INTEGER NOT NULL,
            reason INTEGER NOT NULL,
            time INTEGER NOT NULL,
            source INTEGER NOT NULL,
            seq INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX links_by_left ON links (left_actor);
        CREATE INDEX links_by_right ON links (right_actor);
        CREATE TABLE traits (
            actor INTEGER NOT NULL,
            name TEXT NOT NULL,
            source INTEGER NOT NULL,
            value TEXT,
            text TEXT,
            time INTEGER NOT NULL,
            PRIMARY KEY (actor, name, source)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX traits_by_text ON traits (text COLLATE NOCASE) WHERE text IS NOT NULL;
        CREATE INDEX traits_by_source ON traits (source);
        CREATE TABLE quarantine (
            seq INTEGER PRIMARY KEY,
            received INTEGER NOT NULL,
            reason TEXT NOT NULL,
            message TEXT NOT NULL,
            raw TEXT NOT NULL,
            source INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX quarantine_by_reason ON quarantine (reason, seq);
        CREATE INDEX quarantine_by_source ON quarantine (source);
        CREATE TABLE quarantine_counts (
            reason TEXT PRIMARY KEY, dropped INTEGER NOT NULL, dropped_upto INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE source_counts (
            source INTEGER PRIMARY KEY,
            stored INTEGER NOT NULL,
            duplicate INTEGER NOT NULL,
            quarantined INTEGER NOT NULL,
            faulty INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE imports (source INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
        CREATE TABLE documents (
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            title TEXT NOT NULL,
            updated INTEGER NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE segment_bases (
            segment TEXT PRIMARY KEY, definition TEXT NOT NULL, logged INTEGER NOT NULL, members BLOB NOT NULL
        ) STRICT;
        CREATE TABLE segment_moves (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            segment TEXT NOT NULL,
            profile INTEGER NOT NULL,
            has_entered INTEGER NOT NULL,
            at INTEGER NOT NULL,
            cause INTEGER NOT NULL,
            seq INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX segment_moves_by_segment ON segment_moves (segment, id);
        CREATE INDEX segment_moves_by_profile ON segment_moves (profile, id);
        CREATE TABLE segment_quarters (
            segment TEXT NOT NULL,
            start INTEGER NOT NULL,
            entered INTEGER NOT NULL,
            gone INTEGER NOT NULL,
            size INTEGER NOT NULL,
            PRIMARY KEY (segment, start)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE cost_imports (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            member TEXT NOT NULL,
            at INTEGER NOT NULL,
            currency TEXT NOT NULL,
            records INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE costs (
            day TEXT NOT NULL,
            channel INTEGER NOT NULL,
            source TEXT NOT NULL,
            campaign TEXT NOT NULL,
            import INTEGER NOT NULL,
            medium TEXT NOT NULL,
            content TEXT NOT NULL,
            micros INTEGER NOT NULL,
            impressions INTEGER NOT NULL,
            clicks INTEGER NOT NULL,
            PRIMARY KEY (day, channel, source, campaign, import, medium, content)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX costs_by_import ON costs (import);
    ", "
        ALTER TABLE links ADD COLUMN decision TEXT;
        ALTER TABLE progress ADD COLUMN typed_from INTEGER NOT NULL DEFAULT 0;
        UPDATE progress SET typed_from = applied;
        ALTER TABLE traits ADD COLUMN first_value TEXT;
        ALTER TABLE traits ADD COLUMN first_time INTEGER;
        UPDATE traits SET first_value = value, first_time = abs(time) WHERE value IS NOT NULL;
    ", "
        CREATE TABLE consents (
            actor INTEGER NOT NULL,
            key TEXT NOT NULL,
            channel INTEGER NOT NULL,
            source INTEGER NOT NULL,
            is_granted INTEGER NOT NULL,
            text TEXT NOT NULL,
            proof TEXT NOT NULL,
            span INTEGER NOT NULL,
            is_decision INTEGER NOT NULL,
            first INTEGER NOT NULL,
            time INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            message BLOB NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (actor, key, channel, source, is_granted, text, proof, span, is_decision)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX consents_by_source ON consents (source);
        ALTER TABLE progress ADD COLUMN consents_from INTEGER NOT NULL DEFAULT 0;
        UPDATE progress SET consents_from = applied;
    ", "
        ALTER TABLE quarantine ADD COLUMN id BLOB;
        CREATE TABLE violations (
            breach TEXT NOT NULL,
            event TEXT NOT NULL,
            property TEXT NOT NULL,
            count INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (breach, event, property)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE account_types (
            type TEXT NOT NULL,
            source INTEGER NOT NULL,
            is_property INTEGER NOT NULL,
            PRIMARY KEY (type, source)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE account_traits (
            type TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            source INTEGER NOT NULL,
            value TEXT,
            time INTEGER NOT NULL,
            PRIMARY KEY (type, id, name, source)
        ) STRICT, WITHOUT ROWID;
    ", "
        ALTER TABLE source_counts ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE refused (
            seq INTEGER PRIMARY KEY,
            received INTEGER NOT NULL,
            source INTEGER NOT NULL,
            id BLOB NOT NULL,
            erasure INTEGER NOT NULL,
            is_in_log INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX refused_by_id ON refused (id);
        CREATE INDEX refused_in_log ON refused (seq) WHERE is_in_log = 1;
        CREATE TABLE refused_counts (
            erasure INTEGER PRIMARY KEY,
            dropped INTEGER NOT NULL,
            dropped_upto INTEGER NOT NULL,
            dropped_last INTEGER NOT NULL
        ) STRICT;
    ", "
        CREATE TABLE sign_ins (
            device INTEGER NOT NULL,
            slot INTEGER NOT NULL,
            user INTEGER NOT NULL,
            source INTEGER NOT NULL,
            time INTEGER NOT NULL,
            PRIMARY KEY (device, slot, user, source)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE link_moments (lines INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
        -- When earlier lines arrived was not noted; it was no earlier than the events that they tell of.
        INSERT INTO link_moments
            SELECT position + 1, max(time) OVER (ORDER BY position) FROM links WHERE is_retraction = 0;
    ", "
        CREATE TABLE operated_traits (
            actor INTEGER NOT NULL,
            name TEXT NOT NULL,
            source INTEGER NOT NULL,
            kept INTEGER NOT NULL,
            billionths TEXT NOT NULL,
            added INTEGER NOT NULL,
            added_upto INTEGER NOT NULL,
            forgotten INTEGER NOT NULL,
            PRIMARY KEY (actor, name, source)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX operated_traits_by_name ON operated_traits (name);
        CREATE INDEX operated_traits_by_source ON operated_traits (source);
        CREATE TABLE trait_operations (
            actor INTEGER NOT NULL,
            name TEXT NOT NULL,
            source INTEGER NOT NULL,
            time INTEGER NOT NULL,
            is_list INTEGER NOT NULL,
            event INTEGER NOT NULL,
            message BLOB NOT NULL,
            place INTEGER NOT NULL,
            operator INTEGER NOT NULL,
            operand TEXT NOT NULL,
            PRIMARY KEY (actor, name, source, time, is_list, event, message, place)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE field_notes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            study TEXT NOT NULL,
            version INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            json TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX field_notes_by_study ON field_notes (study);
        CREATE TABLE quotes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            note INTEGER NOT NULL,
            version INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            json TEXT NOT NULL
        ) STRICT;
        CREATE INDEX quotes_by_note ON quotes (note);
    ", "
        CREATE TABLE costs_by_currency (
            day TEXT NOT NULL,
            channel INTEGER NOT NULL,
            source TEXT NOT NULL,
            campaign TEXT NOT NULL,
            import INTEGER NOT NULL,
            medium TEXT NOT NULL,
            content TEXT NOT NULL,
            currency TEXT NOT NULL,
            micros INTEGER NOT NULL,
            impressions INTEGER NOT NULL,
            clicks INTEGER NOT NULL,
            PRIMARY KEY (day, channel, source, campaign, import, medium, content, currency)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO costs_by_currency
            SELECT day, channel, source, campaign, import, medium, content,
                (SELECT currency FROM cost_imports WHERE id = import), micros, impressions, clicks
            FROM costs;
        DROP TABLE costs;
        ALTER TABLE costs_by_currency RENAME TO costs;
        CREATE INDEX costs_by_import ON costs (import);
    ", "
        CREATE TABLE sent_links (
            id INTEGER PRIMARY KEY,
            address TEXT NOT NULL UNIQUE,
            code TEXT UNIQUE,
            fallback TEXT,
            unasked TEXT,
            added INTEGER NOT NULL,
            standing TEXT NOT NULL,
            led INTEGER NOT NULL DEFAULT 0,
            due INTEGER
        ) STRICT;
        CREATE INDEX sent_links_by_due ON sent_links (due) WHERE due IS NOT NULL;
    ", "
        CREATE TABLE crm_contacts (
            profile INTEGER PRIMARY KEY,
            contact TEXT,
            held TEXT NOT NULL,
            written TEXT NOT NULL,
            looked INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX crm_contacts_by_contact ON crm_contacts (contact) WHERE contact IS NOT NULL;
    "],
};
