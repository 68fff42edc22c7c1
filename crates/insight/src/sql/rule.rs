//! Conditions on events, as SQL. They are true or false, never null.

use throughline_model::{By, Field, Matcher, Rule, Test, Value, limits};

use super::{all, quoted};

/// What a matcher asks of an event; `acts` holds for those that fit without being named.
pub(crate) fn matcher(matcher: &Matcher, acts: String) -> String {
    let list = |column: &str, values: Vec<String>| {
        let values: Vec<String> = values.iter().map(|it| quoted(it)).collect();
        format!("coalesce({column} IN ({}), false)", values.join(", "))
    };
    let mut conditions = Vec::new();
    if matcher.events.is_empty() {
        conditions.push(acts);
    } else {
        let names: Vec<String> = (matcher.events.iter())
            .map(|it| quoted(it.as_str()))
            .collect();
        conditions.push(format!("event IN ({})", names.join(", ")));
    }
    if !matcher.touchpoints.is_empty() {
        conditions.push(list("touchpoint", matcher.touchpoints.clone()));
    }
    if !matcher.channels.is_empty() {
        let channels = matcher.channels.iter().map(|it| it.name().to_owned());
        conditions.push(list("channel", channels.collect()));
    }
    conditions.extend(matcher.rule.as_ref().map(rule));
    all(conditions)
}

/// What a rule asks of an event.
pub(crate) fn rule(it: &Rule) -> String {
    match it {
        Rule::All(rules) if rules.is_empty() => "true".to_owned(),
        Rule::Any(rules) if rules.is_empty() => "false".to_owned(),
        Rule::All(rules) => bracketed(rules, " AND "),
        Rule::Any(rules) => bracketed(rules, " OR "),
        Rule::Not(inner) => format!("NOT ({})", rule(inner)),
        Rule::Where { field, test } => condition(field, test),
    }
}

/// Any matcher may stand beside others.
pub(crate) fn one_of(conditions: &[String]) -> String {
    let all: Vec<String> = conditions.iter().map(|it| format!("({it})")).collect();
    format!("({})", all.join(" OR "))
}

/// A field as a number; none for those that never are one.
pub(crate) fn number(field: &Field) -> Option<String> {
    sides(field).number
}

/// Everything that is blank, as reports know it: white space of Unicode.
const BLANKS: &str = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\
\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

/// A text without the blanks around it.
pub(crate) fn trimmed(text: &str) -> String {
    let blanks = quoted(BLANKS);
    format!("ltrim(rtrim({text}, {blanks}), {blanks})")
}

/// The id of an object that a field holds: a whole number is written like the text that means the same.
pub(crate) fn object_id(field: &Field) -> String {
    let Sides { text, number, .. } = sides(field);
    let mut cases = Vec::new();
    if let Some(text) = text {
        let (text, most) = (trimmed(&text), limits::IDENTIFIER_CHARS_MAX);
        cases.push(format!(
            "WHEN length({text}) BETWEEN 1 AND {most} THEN {text}"
        ));
    }
    if let Some(number) = number {
        // What is no whole number is written as each engine does, which tells as many apart.
        cases.push(format!(
            "WHEN abs({number}) <= 9007199254740992.0 AND {number} = round({number}) THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) \
             WHEN {number} IS NOT NULL THEN CAST({number} AS VARCHAR)"
        ));
    }
    format!("CASE {} END", cases.join(" "))
}

/// A field with everything that tells its values apart and puts them in the order of reports.
pub(crate) struct Valued {
    /// 0 where the field is missing, else grows from flags over numbers to texts.
    pub(crate) rank: String,
    pub(crate) number: String,
    /// The value as text; two of one rank are the same when these are.
    pub(crate) text: String,
}

/// What lines are told apart by; none where the tables do not have it.
///
/// Traits are read from a table of events that has them beside each event.
pub(crate) fn valued_by(by: &By) -> Option<Valued> {
    match by {
        By::Field(field) => Some(valued(field)),
        By::Trait(name) => Some(valued_trait(name)),
        By::Account { .. } => None,
    }
}

/// What fields go by.
pub(crate) fn valued(field: &Field) -> Valued {
    told(sides(field))
}

/// A trait of a row of `profiles`, like a field.
pub(crate) fn valued_trait(name: &str) -> Valued {
    told(read_in("traits", &[name.to_owned()]))
}

/// A field where it is a text.
pub(crate) fn text(field: &Field) -> Option<String> {
    sides(field).text
}

fn told(sides: Sides) -> Valued {
    let Sides { text, number, flag } = sides;
    let (mut ranks, mut texts) = (Vec::new(), Vec::new());
    if let Some(text) = text {
        ranks.push(format!("WHEN {text} IS NOT NULL THEN 3"));
        texts.push(format!("WHEN {text} IS NOT NULL THEN {text}"));
    }
    // Adding nothing turns -0 into 0, which are one value.
    let mut size = "0.0".to_owned();
    if let Some(number) = number {
        ranks.push(format!("WHEN {number} IS NOT NULL THEN 2"));
        texts.push(format!(
            "WHEN {number} IS NOT NULL THEN CAST({number} + 0.0 AS VARCHAR)"
        ));
        size = format!("coalesce({number} + 0.0, 0.0)");
    }
    if let Some(flag) = flag {
        ranks.push(format!("WHEN {flag} IS NOT NULL THEN 1"));
        texts.push(format!(
            "WHEN {flag} THEN 'true' WHEN NOT {flag} THEN 'false'"
        ));
    }
    Valued {
        rank: format!("CASE {} ELSE 0 END", ranks.join(" ")),
        number: size,
        text: format!("CASE {} END", texts.join(" ")),
    }
}

fn bracketed(rules: &[Rule], between: &str) -> String {
    let all: Vec<String> = rules.iter().map(rule).collect();
    format!("({})", all.join(between))
}

fn reading(function: &str, object: &str, path: &[String]) -> String {
    let names: Vec<String> = path.iter().map(|it| quoted(it)).collect();
    format!("{function}({object}, {})", names.join(", "))
}

/// A field by the types that its values can have.
struct Sides {
    text: Option<String>,
    number: Option<String>,
    flag: Option<String>,
}

/// What lies in a JSON object under a path of names.
fn read_in(object: &str, path: &[String]) -> Sides {
    Sides {
        text: Some(reading("json_text", object, path)),
        number: Some(reading("json_number", object, path)),
        flag: Some(reading("json_flag", object, path)),
    }
}

fn sides(field: &Field) -> Sides {
    let column = |name: &str| Sides {
        text: Some(name.to_owned()),
        number: None,
        flag: None,
    };
    match field {
        Field::Source => Sides {
            text: None,
            number: Some("source".to_owned()),
            flag: None,
        },
        Field::Property(path) => read_in("properties", path),
        Field::Context(path) => read_in("context", path),
        Field::Event => column("event"),
        Field::Channel => column("channel"),
        Field::Touchpoint => column("touchpoint"),
        Field::Stage => column("stage"),
    }
}

fn condition(field: &Field, test: &Test) -> String {
    let sides = sides(field);
    let known = || {
        let all = [&sides.text, &sides.number, &sides.flag]
            .into_iter()
            .flatten();
        let all: Vec<String> = all.map(|it| format!("{it} IS NOT NULL")).collect();
        format!("({})", all.join(" OR "))
    };
    let number = |sign: &str, bound: f64| match &sides.number {
        Some(side) => format!("coalesce({side} {sign} {}, false)", number_of(bound)),
        None => "false".to_owned(),
    };
    let like = |pattern: String| match &sides.text {
        Some(side) => format!(
            "coalesce({side} LIKE {} ESCAPE '\\', false)",
            quoted(&pattern)
        ),
        None => "false".to_owned(),
    };
    match test {
        Test::Exists(_) => known(),
        Test::Missing(_) => format!("NOT {}", known()),
        Test::Is(values) => is_one_of(&sides, values),
        Test::IsNot(values) => format!("NOT {}", is_one_of(&sides, values)),
        Test::Contains(part) => like(format!("%{}%", escaped(part))),
        Test::Lacks(part) => format!("NOT {}", like(format!("%{}%", escaped(part)))),
        Test::StartsWith(part) => like(format!("{}%", escaped(part))),
        Test::EndsWith(part) => like(format!("%{}", escaped(part))),
        Test::Less(bound) => number("<", *bound),
        Test::AtMost(bound) => number("<=", *bound),
        Test::Greater(bound) => number(">", *bound),
        Test::AtLeast(bound) => number(">=", *bound),
    }
}

fn is_one_of(sides: &Sides, values: &[Value]) -> String {
    let mut conditions = Vec::new();
    let mut side = |column: &Option<String>, values: Vec<String>| {
        if let (Some(column), false) = (column, values.is_empty()) {
            conditions.push(format!(
                "coalesce({column} IN ({}), false)",
                values.join(", ")
            ));
        }
    };
    let of = |pick: fn(&Value) -> Option<String>| values.iter().filter_map(pick).collect();
    side(
        &sides.text,
        of(|it| match it {
            Value::Text(text) => Some(quoted(text)),
            _ => None,
        }),
    );
    side(
        &sides.number,
        of(|it| match it {
            Value::Number(number) => Some(number_of(*number)),
            _ => None,
        }),
    );
    side(
        &sides.flag,
        of(|it| match it {
            Value::Flag(flag) => Some(flag.to_string()),
            _ => None,
        }),
    );
    match conditions.is_empty() {
        true => "false".to_owned(),
        false => format!("({})", conditions.join(" OR ")),
    }
}

/// With a point, so that it is no whole number to either engine.
fn number_of(number: f64) -> String {
    format!("{number:?}")
}

fn escaped(part: &str) -> String {
    part.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}
