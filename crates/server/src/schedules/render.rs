//! A delivery as a mail in two forms, and as JSON.

use throughline_insight::{
    Label,
    digest::{Amount, Digest, DigestRow, Figure, Form, Quantity, RowLabel},
};
use throughline_model::{By, Field, Timestamp, Value, Vocabulary, Zone, schedule::Language};

use super::{
    content::{Content, Section, SectionBody},
    texts::{filled, text},
};

/// What writing needs to know besides the numbers.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    pub language: Language,
    /// Names touchpoints and stages.
    pub vocabulary: &'a Vocabulary,
    pub is_test: bool,
}

/// One section as lines of a table.
struct Written {
    title: String,
    about: String,
    figures: Vec<(String, String)>,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Pen<'_> {
    /// What stands above a mail.
    pub fn subject(&self, content: &Content) -> String {
        if self.is_test {
            return filled(
                self.language,
                "mail.testSubject",
                &[("title", &content.title)],
            );
        }
        content.title.clone()
    }

    /// The mail for those who read plain text.
    pub fn plain(&self, content: &Content) -> String {
        let mut lines = vec![content.title.clone()];
        if !content.description.is_empty() {
            lines.push(content.description.clone());
        }
        for section in &content.sections {
            let it = self.section(section);
            lines.push(String::new());
            if !it.title.is_empty() {
                lines.push(format!("== {} ==", it.title));
            }
            let figures = it.figures.iter();
            lines.extend(figures.map(|(name, value)| format!("{name}: {value}")));
            if !it.rows.is_empty() {
                lines.push(it.head.join("\t"));
                lines.extend(it.rows.iter().map(|row| row.join("\t")));
            }
            lines.extend(it.notes);
            if !it.about.is_empty() {
                lines.push(it.about);
            }
        }
        if let Some(link) = &content.link {
            lines.push(String::new());
            lines.push(format!("{} {link}", text(self.language, "mail.open")));
        }
        lines.push(String::new());
        lines.push(text(self.language, "mail.why"));
        lines.join("\n")
    }

    /// The mail as a page. Styles are inline, as mail programs drop all others.
    pub fn html(&self, content: &Content) -> String {
        let mut page = format!(
            "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
             <body style=\"margin:0;padding:24px;background:#fcfbf9;color:#1f1c18;\
             font:14px/1.5 -apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif\">\
             <div style=\"max-width:640px;margin:0 auto\">\
             <h1 style=\"font-size:20px;margin:0 0 4px\">{}</h1>",
            locale(self.language),
            escaped(&content.title)
        );
        if !content.description.is_empty() {
            page += &format!(
                "<p style=\"margin:0;color:#57514a\">{}</p>",
                escaped(&content.description)
            );
        }
        for section in &content.sections {
            page += &self.html_section(section);
        }
        if let Some(link) = &content.link {
            let link = escaped(link);
            page += &format!(
                "<p style=\"margin:28px 0 0\"><a href=\"{link}\" style=\"color:#0b6a61\">{}</a></p>",
                escaped(&text(self.language, "mail.open"))
            );
        }
        page += &format!(
            "<p style=\"margin:20px 0 0;color:#726b61;font-size:12px\">{}</p></div></body></html>",
            escaped(&text(self.language, "mail.why"))
        );
        page
    }

    fn html_section(&self, section: &Section) -> String {
        let it = self.section(section);
        let mut html =
            "<div style=\"margin-top:26px;padding-top:12px;border-top:1px solid #d5cfc4\">"
                .to_owned();
        if !it.title.is_empty() {
            html += &format!(
                "<h2 style=\"font-size:15px;margin:0 0 8px\">{}</h2>",
                escaped(&it.title)
            );
        }
        if !it.figures.is_empty() {
            html += "<table style=\"border-collapse:collapse;margin-bottom:8px\"><tr>";
            for (name, value) in &it.figures {
                html += &format!(
                    "<td style=\"padding:0 28px 0 0\"><span style=\"color:#726b61;font-size:12px\">{}</span>\
                     <br><b style=\"font-size:20px\">{}</b></td>",
                    escaped(name),
                    escaped(value)
                );
            }
            html += "</tr></table>";
        }
        if !it.rows.is_empty() {
            html += "<table style=\"border-collapse:collapse;width:100%;font-size:13px\"><tr>";
            let align = |index: usize| if index == 0 { "left" } else { "right" };
            for (index, name) in it.head.iter().enumerate() {
                html += &format!(
                    "<th style=\"text-align:{};font-weight:400;color:#726b61;padding:4px 0 4px 12px;\
                     border-bottom:1px solid #e9e5dd\">{}</th>",
                    align(index),
                    escaped(name)
                );
            }
            html += "</tr>";
            for row in &it.rows {
                html += "<tr>";
                for (index, cell) in row.iter().enumerate() {
                    html += &format!(
                        "<td style=\"text-align:{};padding:4px 0 4px 12px;border-bottom:1px solid #e9e5dd\">{}</td>",
                        align(index),
                        escaped(cell)
                    );
                }
                html += "</tr>";
            }
            html += "</table>";
        }
        for note in it.notes {
            html += &format!(
                "<p style=\"margin:6px 0 0;white-space:pre-line\">{}</p>",
                escaped(&note)
            );
        }
        if !it.about.is_empty() {
            html += &format!(
                "<p style=\"margin:6px 0 0;color:#726b61;font-size:12px\">{}</p>",
                escaped(&it.about)
            );
        }
        html + "</div>"
    }

    fn section(&self, section: &Section) -> Written {
        let empty = Written {
            title: section.title.clone(),
            about: String::new(),
            figures: Vec::new(),
            head: Vec::new(),
            rows: Vec::new(),
            notes: Vec::new(),
        };
        let other = section.compared.as_ref().map(|it| &*it.digest);
        match &section.body {
            SectionBody::Text(text) => Written {
                notes: vec![text.clone()],
                ..empty
            },
            SectionBody::Failed(why) => Written {
                notes: vec![filled(self.language, "mail.failed", &[("why", why)])],
                ..empty
            },
            SectionBody::Digest(digest) => Written {
                about: self.about(digest),
                figures: (digest.figures.iter())
                    .map(|it| (self.quantity(it.name), self.figure(it, other)))
                    .collect(),
                head: std::iter::once(String::new())
                    .chain(digest.columns.iter().map(|it| self.quantity(*it)))
                    .collect(),
                rows: (digest.rows.iter())
                    .map(|row| self.row(digest, row, other))
                    .collect(),
                notes: (digest.more > 0)
                    .then(|| {
                        let count = digest.more.to_string();
                        filled(self.language, "digest.more", &[("count", &count)])
                    })
                    .into_iter()
                    .chain(section.compared.as_ref().map(|it| {
                        let with = format!("digest.against.{}", it.with.name());
                        let with = text(self.language, &with);
                        filled(self.language, "digest.compared", &[("with", &with)])
                    }))
                    .collect(),
                title: match section.title.as_str() {
                    "" => text(self.language, &format!("digest.kind.{}", digest.kind)),
                    title => title.to_owned(),
                },
            },
        }
    }

    /// Range, zone, how many, and when it was asked.
    fn about(&self, digest: &Digest) -> String {
        let moment = |at: Timestamp| minute(at, &digest.zone);
        let from = digest.range.from.max(Timestamp::MIN);
        // The end of a range is the first instant behind it, and no later than the question.
        let to = Timestamp(digest.range.to.0 - 1).min(digest.asked);
        filled(
            self.language,
            "mail.about",
            &[
                ("from", &moment(from)),
                ("to", &moment(to)),
                ("zone", digest.zone.name()),
                ("n", &count(digest.n as f64)),
                ("asked", &moment(digest.asked)),
            ],
        )
    }

    fn quantity(&self, quantity: Quantity) -> String {
        let name = serde_json::to_value(quantity).expect("a name");
        let name = name.as_str().unwrap_or_default();
        text(self.language, &format!("digest.quantity.{name}"))
    }

    /// A figure, and in brackets what it is compared with.
    fn figure(&self, figure: &Figure, other: Option<&Digest>) -> String {
        let own = self.amount(&figure.amount);
        let other = other.and_then(|it| it.figures.iter().find(|it| it.name == figure.name));
        match other {
            Some(other) => format!("{own} ({})", self.amount(&other.amount)),
            None => own,
        }
    }

    fn row(&self, digest: &Digest, row: &DigestRow, other: Option<&Digest>) -> Vec<String> {
        let other = other.and_then(|it| it.rows.iter().find(|it| it.label == row.label));
        let cells = row.cells.iter().enumerate().map(|(index, own)| {
            let own = self.amount(own);
            match other.and_then(|it| it.cells.get(index)) {
                Some(other) => format!("{own} ({})", self.amount(other)),
                None => own,
            }
        });
        std::iter::once(self.label(digest, &row.label))
            .chain(cells)
            .collect()
    }

    fn label(&self, digest: &Digest, label: &RowLabel) -> String {
        match label {
            RowLabel::Name(name) => name.clone(),
            RowLabel::Way(names) => names.join(" → "),
            RowLabel::Period(at) => at.in_zone(&digest.zone).date().to_string(),
            RowLabel::After { from, to } => {
                let key = match to {
                    None => "digest.afterOpen",
                    Some(to) if to == from => "digest.after",
                    Some(_) => "digest.afterTo",
                };
                let to = to.map_or_else(String::new, |to| to.to_string());
                filled(
                    self.language,
                    key,
                    &[("from", &from.to_string()), ("to", &to)],
                )
            }
            RowLabel::Units(units) => {
                let units = units.to_string();
                filled(self.language, "digest.units", &[("units", &units)])
            }
            RowLabel::Hour(hour) => format!("{hour:02}:00"),
            RowLabel::Weekday(day) => text(self.language, &format!("digest.weekday.{day}")),
            RowLabel::Group(group) => {
                text(self.language, &format!("digest.group.{}", group.name()))
            }
            RowLabel::Treated => text(self.language, "digest.treated"),
            RowLabel::Control => text(self.language, "digest.control"),
            RowLabel::Line(Label::NotSet) => text(self.language, "label.notSet"),
            RowLabel::Line(Label::Rest) => text(self.language, "label.rest"),
            RowLabel::Line(Label::Value(value)) => {
                self.value(digest.by.as_ref().and_then(By::field), value)
            }
        }
    }

    fn value(&self, field: Option<&Field>, value: &Value) -> String {
        let plain = match value {
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => text.clone(),
        };
        let vocabulary = self.vocabulary;
        match field {
            Some(Field::Channel) => text(self.language, &format!("channel.{plain}")),
            Some(Field::Source) => filled(self.language, "label.source", &[("number", &plain)]),
            Some(Field::Touchpoint) => {
                let found = vocabulary.touchpoints.iter().find(|it| it.id == plain);
                found.map_or(plain, |it| it.name.clone())
            }
            Some(Field::Stage) => {
                let found = vocabulary.stages.iter().find(|it| it.id == plain);
                found.map_or(plain, |it| it.name.clone())
            }
            _ => plain,
        }
    }

    fn amount(&self, amount: &Amount) -> String {
        let Some(value) = amount.value else {
            return "–".to_owned();
        };
        match amount.form {
            Form::Count => count(value),
            Form::Share => format!("{:.1} %", value * 100.0),
            Form::Span => self.span(value),
            Form::Amount => format!("{value:.2}"),
        }
    }

    /// The two largest units of a length of time.
    fn span(&self, ms: f64) -> String {
        let is_english = self.language == Language::English;
        let (units, between) = match is_english {
            true => (["d", "h", "min", "s"], " "),
            false if self.language == Language::SimplifiedChinese => {
                (["天", "小时", "分", "秒"], "")
            }
            false => (["天", "小時", "分", "秒"], ""),
        };
        let seconds = (ms / 1e3).round() as u64;
        let parts = [
            seconds / 86_400,
            seconds / 3_600 % 24,
            seconds / 60 % 60,
            seconds % 60,
        ];
        let largest = parts.iter().position(|part| *part > 0).unwrap_or(3);
        let written: Vec<String> = (largest..parts.len())
            .take(2)
            .filter(|at| *at == largest || parts[*at] > 0)
            .map(|at| format!("{} {}", parts[at], units[at]))
            .collect();
        let joined = written.join(" ");
        if between.is_empty() {
            joined.replace(' ', "")
        } else {
            joined
        }
    }
}

fn locale(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::SimplifiedChinese => "zh-CN",
        Language::TraditionalChinese => "zh-TW",
    }
}

/// A moment to the minute, as clocks of the zone show it.
fn minute(at: Timestamp, zone: &Zone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A whole number in groups of three digits.
fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Text that stands in a page and stays text.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(language: Language, vocabulary: &Vocabulary) -> Pen<'_> {
        Pen {
            language,
            vocabulary,
            is_test: false,
        }
    }

    fn content(title: &str) -> Content {
        Content {
            title: title.to_owned(),
            description: String::new(),
            link: Some("https://journeys.example.com/w/shop/dashboards/a?x=\"".to_owned()),
            sections: vec![Section {
                title: "<img src=x onerror=alert(1)>".to_owned(),
                body: SectionBody::Text("5 < 6 & more".to_owned()),
                compared: None,
            }],
        }
    }

    #[test]
    fn what_people_have_typed_stays_text() {
        let vocabulary = Vocabulary::default();
        let html = pen(Language::English, &vocabulary).html(&content("<b>Week</b>"));
        assert!(
            !html.contains("<img") && !html.contains("<b>Week"),
            "{html}"
        );
        assert!(html.contains("5 &lt; 6 &amp; more") && html.contains("x=&quot;"));
    }

    #[test]
    fn numbers_are_written_for_people() {
        let vocabulary = Vocabulary::default();
        let english = pen(Language::English, &vocabulary);
        let chinese = pen(Language::SimplifiedChinese, &vocabulary);
        assert_eq!(count(1_234_567.0), "1,234,567");
        assert_eq!(count(12.0), "12");
        assert_eq!(english.span(93_784_000.0), "1 d 2 h");
        assert_eq!(english.span(3_600_000.0), "1 h");
        assert_eq!(english.span(400.0), "0 s");
        assert_eq!(chinese.span(93_784_000.0), "1天2小时");
    }

    #[test]
    fn every_quantity_and_kind_has_a_name_in_every_language() {
        let vocabulary = Vocabulary::default();
        for language in [
            Language::English,
            Language::SimplifiedChinese,
            Language::TraditionalChinese,
        ] {
            let pen = pen(language, &vocabulary);
            for quantity in [
                Quantity::Events,
                Quantity::Profiles,
                Quantity::Entered,
                Quantity::Converted,
                Quantity::Accounts,
                Quantity::Reached,
                Quantity::MedianTime,
                Quantity::MedianWait,
                Quantity::StillWaiting,
                Quantity::MedianWork,
                Quantity::StillInWork,
                Quantity::Times,
                Quantity::Ways,
                Quantity::Stays,
                Quantity::StillIn,
                Quantity::Conversions,
                Quantity::Credit,
                Quantity::Share,
                Quantity::Started,
                Quantity::Back,
                Quantity::Active,
                Quantity::New,
                Quantity::Returning,
                Quantity::Resurrecting,
                Quantity::Dormant,
                Quantity::Lost,
                Quantity::Customers,
                Quantity::Purchases,
                Quantity::Worth,
                Quantity::Visitors,
                Quantity::Views,
                Quantity::Clicks,
                Quantity::RageClicks,
                Quantity::DeadClicks,
            ] {
                let name = pen.quantity(quantity);
                assert!(!name.contains('.'), "{name}");
            }
            for group in throughline_model::rfm::RfmGroup::ALL {
                let key = format!("digest.group.{}", group.name());
                assert_ne!(text(language, &key), key);
            }
            for key in ["testSubject", "open", "why", "failed", "about"] {
                let key = format!("mail.{key}");
                assert_ne!(text(language, &key), key);
            }
        }
    }
}
