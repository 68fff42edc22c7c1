//! A mapping guessed from the header and the first rows, so that most files need no hand.

use jiff::civil::Date;
use throughline_model::{Channel, EventName, Zone, limits};

use super::{Cell, EventSource, Format, Mapping, TimeColumn, TimeFormat, when};

/// Column names by role, in the order of how much they say. `_` stands for any other sign.
const TIMES: &[&str] = &[
    "event_time",
    "event_timestamp",
    "timestamp",
    "ts",
    "datetime",
    "date_time",
    "occurred_at",
    "happened_at",
    "created_at",
    "time",
    "date",
    "day",
    "时间",
    "日期",
    "時間",
];
const USERS: &[&str] = &[
    "user_id",
    "userid",
    "customer_id",
    "customerid",
    "client_id",
    "clientid",
    "household_id",
    "member_id",
    "profile_id",
    "account_id",
    "contact_id",
    "person_id",
    "subscriber_id",
    "uid",
    "user",
    "customer",
    "client",
    "member",
    "email",
    "phone",
    "用户id",
    "用户",
    "客户编号",
    "客户id",
    "客户",
    "会员号",
    "会员id",
    "會員",
    "客戶",
    "用戶",
];
const ANONYMOUS: &[&str] = &[
    "anonymous_id",
    "anonymousid",
    "anon_id",
    "visitor_id",
    "visitorid",
    "device_id",
    "deviceid",
    "cookie_id",
    "cookie",
    "fullvisitorid",
    "user_pseudo_id",
    "distinct_id",
];
const BAGS: &[&str] = &[
    "properties",
    "props",
    "event_properties",
    "payload",
    "attributes",
    "params",
    "parameters",
    "data",
    "custom",
];
const EVENTS: &[&str] = &[
    "event",
    "event_name",
    "eventname",
    "event_type",
    "eventtype",
    "action",
    "activity",
    "interaction",
    "touchpoint",
    "事件",
    "行为",
    "动作",
    "行為",
];
const MESSAGES: &[&str] = &[
    "message_id",
    "messageid",
    "event_id",
    "eventid",
    "insert_id",
    "uuid",
    "row_id",
];
const ID_ENDINGS: &[&str] = &[
    "id", "code", "zip", "phone", "postcode", "sku", "upc", "number", "no",
];

/// Guesses what the columns of a file mean; `base` has its format, `name` is the file's own name.
pub fn suggest(base: &Mapping, name: &str, columns: &[String], rows: &[Vec<Cell<'_>>]) -> Mapping {
    let mut mapping = base.clone();
    if mapping.format == Format::Segment {
        return mapping;
    }
    if mapping.format == Format::Xes {
        of_xes(&mut mapping, columns);
        return mapping;
    }
    let table = Table { columns, rows };
    if mapping.format == Format::Ocel {
        mapping.message = Some("event_id".to_owned());
    }
    mapping.time = table.time();
    let taken = mapping.time.iter().map(|it| it.column.clone()).collect();
    let mut taken: Vec<String> = taken;
    let mut take = |found: Option<String>| {
        taken.extend(found.clone());
        (found, taken.clone())
    };
    let (event, used) = take(table.named(EVENTS, &[], |it| it.is_event_name()));
    let (user, used) = take(table.named(USERS, &used, |it| it.is_filled()));
    let (anonymous, used) = take(table.named(ANONYMOUS, &used, |it| it.is_filled()));
    let (user, anonymous) = match (user, anonymous) {
        // Objects of any type have ids: which of them are people only their names tell.
        (None, None) if mapping.format == Format::Ocel => (None, None),
        (None, None) => (take(table.any_id(&used)).0, None),
        found => found,
    };
    let used = taken;
    mapping.event = Some(event.map_or_else(
        || EventSource::Constant(event_of_file(name)),
        EventSource::Column,
    ));
    if mapping.format != Format::Ocel {
        mapping.message = table.named(MESSAGES, &used, |it| it.is_distinct());
    }
    mapping.channel = table
        .named(&["channel", "渠道"], &used, |it| it.are_channels())
        .map(EventSource::Column);
    mapping.user = user;
    mapping.anonymous = anonymous;
    for (index, column) in columns.iter().enumerate() {
        if !mapping.is_property(column) {
            continue;
        }
        let values = table.values(index);
        let rules = &mut mapping.properties;
        if BAGS.contains(&&*plain(column)) && values.are_objects() {
            rules.spread.push(column.clone());
        } else if values.are_flags() {
            rules.flags.push(column.clone());
        } else if values.are_numbers() && !is_id_name(&plain(column)) {
            rules.numbers.push(column.clone());
        }
    }
    mapping
}

/// What the standard calls things. The case is who it was, until somebody names a better column, and an object too.
fn of_xes(mapping: &mut Mapping, columns: &[String]) {
    let has = |name: &str| columns.iter().any(|it| it == name);
    let column = |name: &str| has(name).then(|| name.to_owned());
    mapping.user = column("case:concept:name").or_else(|| column("case_id"));
    mapping.event = column("concept:name").map(EventSource::Column);
    mapping.time = column("time:timestamp").map(|column| TimeColumn {
        column,
        format: TimeFormat::Iso,
        zone: Zone::UTC,
    });
    for (key, name) in [
        ("lifecycle:transition", "lifecycle"),
        ("org:resource", "resource"),
        ("org:group", "group"),
        ("org:role", "role"),
        ("cost:total", "cost"),
    ] {
        if has(key) && !has(name) {
            let rename = &mut mapping.properties.rename;
            rename.insert(key.to_owned(), name.to_owned());
        }
    }
}

struct Table<'a> {
    columns: &'a [String],
    rows: &'a [Vec<Cell<'a>>],
}

/// The cells of one column that hold something.
struct Values<'a> {
    cells: Vec<&'a Cell<'a>>,
    rows_count: usize,
}

impl<'a> Table<'a> {
    fn values(&self, column: usize) -> Values<'a> {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        Values {
            cells: cells.filter(|it| !it.text().trim().is_empty()).collect(),
            rows_count: self.rows.len(),
        }
    }

    /// The column whose name says most, among those whose values fit.
    fn named(
        &self,
        names: &[&str],
        used: &[String],
        fits: impl Fn(&Values<'a>) -> bool,
    ) -> Option<String> {
        let mut best: Option<(usize, usize)> = None;
        for (index, column) in self.columns.iter().enumerate() {
            let found = plain(column);
            let exact = names.iter().position(|name| *name == found);
            let within = || {
                let has = |name: &&str| name.len() > 3 && found.contains(*name);
                names.iter().position(has).map(|at| at + names.len())
            };
            if let Some(rank) = exact.or_else(within)
                && !used.contains(column)
                && best.is_none_or(|(known, _)| rank < known)
                && fits(&self.values(index))
            {
                best = Some((rank, index));
            }
        }
        best.map(|(_, index)| self.columns[index].clone())
    }

    /// The first column that looks like an id by its name, if none is named like a person's.
    fn any_id(&self, used: &[String]) -> Option<String> {
        let mut columns = self.columns.iter().enumerate();
        columns
            .find(|(index, column)| {
                !used.contains(column)
                    && plain(column).ends_with("id")
                    && self.values(*index).is_filled()
            })
            .map(|(_, column)| column.clone())
    }

    /// The column that holds times, by its name first, and how they are written.
    fn time(&self) -> Option<TimeColumn> {
        let rank = |column: &str| {
            let found = plain(column);
            let named = TIMES.iter().position(|name| *name == found);
            let within = || {
                let has = |name: &&str| name.len() > 3 && found.contains(*name);
                TIMES.iter().position(has).map(|at| at + TIMES.len())
            };
            let last = found.ends_with("_at") || found.ends_with("_on");
            named
                .or_else(within)
                .unwrap_or(TIMES.len() * if last { 2 } else { 3 })
        };
        let mut best: Option<(usize, TimeColumn)> = None;
        for (index, column) in self.columns.iter().enumerate() {
            let rank = rank(column);
            if best.as_ref().is_some_and(|(known, _)| *known <= rank) {
                continue;
            }
            // Numbers count as times only where the name says so.
            let may_be_number = rank < TIMES.len() * 3;
            if let Some(format) = self.values(index).time_format(may_be_number) {
                let column = column.clone();
                best = Some((
                    rank,
                    TimeColumn {
                        column,
                        format,
                        zone: Zone::UTC,
                    },
                ));
            }
        }
        best.map(|(_, time)| time)
    }
}

impl Values<'_> {
    fn is_filled(&self) -> bool {
        self.rows_count == 0 || self.cells.len() * 2 >= self.rows_count
    }

    fn is_event_name(&self) -> bool {
        let names = self
            .cells
            .iter()
            .all(|it| EventName::parse(&it.text()).is_ok());
        let mut texts: Vec<_> = self.cells.iter().map(|it| it.text()).collect();
        texts.sort_unstable();
        texts.dedup();
        let is_few = texts.len() < 30 || texts.len() * 3 < self.cells.len();
        names && is_few && self.is_filled()
    }

    fn is_distinct(&self) -> bool {
        let mut texts: Vec<_> = self.cells.iter().map(|it| it.text()).collect();
        let fits = texts
            .iter()
            .all(|it| it.len() <= limits::MESSAGE_ID_CHARS_MAX);
        texts.sort_unstable();
        texts.dedup();
        fits && texts.len() == self.rows_count && self.rows_count > 0
    }

    fn are_channels(&self) -> bool {
        !self.cells.is_empty()
            && self
                .cells
                .iter()
                .all(|it| Channel::parse(it.text().trim()).is_some())
    }

    fn are_objects(&self) -> bool {
        !self.cells.is_empty()
            && self.cells.iter().all(|it| {
                it.text().starts_with('{')
                    && serde_json::from_str::<serde::de::IgnoredAny>(&it.text()).is_ok()
            })
    }

    fn are_flags(&self) -> bool {
        let is_flag = |it: &&Cell<'_>| {
            matches!(it, Cell::Text(text)
                if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"))
        };
        !self.cells.is_empty() && self.cells.iter().all(is_flag)
    }

    fn are_numbers(&self) -> bool {
        let is_number = |it: &&Cell<'_>| {
            let Cell::Text(text) = it else { return false };
            let text = text.trim();
            let digits = text.trim_start_matches('-');
            let is_padded =
                digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
            digits.starts_with(|it: char| it.is_ascii_digit())
                && !is_padded
                && text.parse::<f64>().is_ok_and(f64::is_finite)
        };
        !self.cells.is_empty() && self.cells.iter().all(is_number)
    }

    /// How the times are written, if all are times.
    fn time_format(&self, may_be_number: bool) -> Option<TimeFormat> {
        const DATES: [&str; 9] = [
            "%Y/%m/%d",
            "%Y.%m.%d",
            "%Y年%m月%d日",
            "%m/%d/%Y",
            "%d/%m/%Y",
            "%d.%m.%Y",
            "%d-%m-%Y",
            "%m/%d/%y",
            "%d/%m/%y",
        ];
        const CLOCKS: [&str; 5] = ["", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p"];
        if self.cells.is_empty() {
            return None;
        }
        let is_number = |it: &&Cell<'_>| it.text().trim().parse::<f64>().is_ok();
        let are_numbers = self.cells.iter().all(is_number);
        if self.cells.iter().all(|it| is_compact_day(it.text().trim())) {
            return Some(TimeFormat::Pattern("%Y%m%d".to_owned()));
        }
        if are_numbers && !may_be_number {
            return None;
        }
        let patterns = DATES.iter().flat_map(|date| {
            let with = move |clock: &&str| TimeFormat::Pattern(format!("{date}{clock}"));
            CLOCKS.iter().map(with)
        });
        let mut formats = std::iter::once(TimeFormat::Iso).chain(patterns);
        formats.find(|format| {
            self.cells.iter().all(|cell| {
                when::read(cell, format, &Zone::UTC)
                    .is_some_and(|at| at >= limits::EVENT_TIME_MIN && at.0 < 4_102_444_800_000)
            })
        })
    }
}

/// True for a day written like 20260301.
fn is_compact_day(text: &str) -> bool {
    if text.len() != 8 || !text.bytes().all(|it| it.is_ascii_digit()) {
        return false;
    }
    let part = |range: std::ops::Range<usize>| text[range].parse::<i16>().unwrap_or_default();
    let small = |range| i8::try_from(part(range)).unwrap_or_default();
    (1971..2100).contains(&part(0..4)) && Date::new(part(0..4), small(4..6), small(6..8)).is_ok()
}

/// A column's name in lower case with `_` between its words.
fn plain(column: &str) -> String {
    let mut plain = String::new();
    let mut was_lower = false;
    for part in column.trim().chars() {
        if part.is_uppercase() && was_lower {
            plain.push('_');
        }
        was_lower = part.is_lowercase() || part.is_numeric();
        if part.is_alphanumeric() {
            plain.extend(part.to_lowercase());
        } else if !plain.ends_with('_') {
            plain.push('_');
        }
    }
    plain.trim_matches('_').to_owned()
}

fn is_id_name(plain: &str) -> bool {
    ID_ENDINGS.iter().any(|end| {
        plain
            .strip_suffix(end)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    })
}

/// An event name out of a file's name: `Orders 2026.csv.gz` tells of `orders_2026`.
fn event_of_file(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let event = plain(stem);
    EventName::parse(&event).map_or_else(|_| "imported".to_owned(), |it| it.to_string())
}
