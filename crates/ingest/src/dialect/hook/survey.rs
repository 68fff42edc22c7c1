//! Surveys: NPS, CSAT, CES and others, as Typeform sends them, and from any tool in a plain shape.
//!
//! Every answer on a scale is an event of its own, with the question and what was said besides.

use serde_json::{Map, Value};
use throughline_model::{Channel, IdentifierKind};

use super::{
    read::{at, first, list, number, plain_name, text, time},
    told::{Told, Who},
};

pub fn typeform(body: &Value) -> Vec<Told<'_>> {
    let none = Value::Null;
    let response = at(body, "form_response").unwrap_or(&none);
    let answers = list(response, "answers");
    let mut base = Base {
        id: first(body, &["form_response.token", "event_id"]).map(|it| it.into_owned()),
        time: time(response, &["submitted_at", "landed_at"]),
        item: body,
        who: Who::default(),
        properties: Map::new(),
    };
    who_answers(response, answers, &mut base.who);
    base.put("survey_id", text(response, "form_id"));
    base.put("survey", text(response, "definition.title"));
    base.put("response_id", text(response, "token"));
    let comments = answers
        .iter()
        .filter(|it| text(it, "type").as_deref() == Some("text"));
    let comments: Vec<String> = comments
        .filter_map(|it| Some(text(it, "text")?.into_owned()))
        .collect();
    base.put(
        "comment",
        (!comments.is_empty()).then(|| comments.join("\n")),
    );
    if let Some(Value::Object(hidden)) = at(response, "hidden") {
        for (name, value) in hidden {
            if !matches!(&**name, "email" | "phone" | "user_id" | "userid") {
                base.put(&plain_name(name), Some(value.clone()));
            }
        }
    }
    if text(body, "event_type").is_some_and(|it| it.ends_with("partial")) {
        return vec![base.told("survey_abandoned", None)];
    }
    let mut all: Vec<Told> = answers
        .iter()
        .filter_map(|it| scored(response, it, &base))
        .collect();
    if all.is_empty() {
        let mut told = base.told("survey_answered", None);
        told.put("kind", Some("other"));
        told.put("answers", Some(all_answers(response, answers)));
        all.push(told);
    }
    all
}

/// What the answers of one response share.
struct Base<'a> {
    item: &'a Value,
    id: Option<String>,
    time: Option<throughline_model::Timestamp>,
    who: Who,
    properties: Map<String, Value>,
}

impl<'a> Base<'a> {
    fn put(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.properties.insert(name.to_owned(), value.into());
        }
    }

    /// An event of this response; `part` tells the answers of one apart.
    fn told(&self, name: &str, part: Option<&str>) -> Told<'a> {
        let mut told = Told::new(name, Channel::Review, self.item);
        told.id = self.id.as_ref().map(|id| match part {
            Some(part) => format!("{id}:{part}"),
            None => id.clone(),
        });
        told.time = self.time;
        told.who = self.who.clone();
        told.properties = self.properties.clone();
        told
    }
}

fn who_answers(response: &Value, answers: &[Value], who: &mut Who) {
    who.email(text(response, "hidden.email"));
    who.phone(text(response, "hidden.phone"));
    who.add(
        IdentifierKind::User,
        first(response, &["hidden.user_id", "hidden.userid"]),
    );
    for answer in answers {
        who.email(text(answer, "email"));
        who.phone(text(answer, "phone_number"));
    }
    // Without any of these there is still somebody who answered.
    who.known_by("typeform", text(response, "token"));
}

/// An answer on a scale, as an event.
fn scored<'a>(response: &Value, answer: &Value, base: &Base<'a>) -> Option<Told<'a>> {
    let score = number(answer, "number")?;
    let sort = text(answer, "field.type").unwrap_or_default();
    let (kind, most) = match &*sort {
        "nps" => ("nps", Some(10.0)),
        "rating" => ("csat", None),
        "opinion_scale" => ("other", None),
        _ => return None,
    };
    let field = text(answer, "field.id").unwrap_or_default();
    let mut told = base.told("survey_answered", Some(&field));
    told.put("kind", text(response, "hidden.kind").or(Some(kind.into())));
    told.put("score", Some(score));
    let defined = list(response, "definition.fields").iter();
    let defined = defined
        .clone()
        .find(|it| text(it, "id").as_deref() == Some(&*field));
    let steps = defined.and_then(|it| number(it, "properties.steps"));
    told.put("score_max", most.or(steps));
    told.put("question", defined.and_then(|it| text(it, "title")));
    told.put("question_id", first(answer, &["field.ref", "field.id"]));
    Some(told)
}

fn all_answers(response: &Value, answers: &[Value]) -> Vec<Value> {
    let fields = list(response, "definition.fields");
    let shown = answers
        .iter()
        .filter(|it| !matches!(text(it, "type").as_deref(), Some("email" | "phone_number")));
    let shown = shown.map(|answer| {
        let field = text(answer, "field.id");
        let defined = fields.iter().find(|it| text(it, "id") == field);
        let question = defined.and_then(|it| text(it, "title")).or(field.clone());
        let labels: Vec<&str> = list(answer, "choices.labels")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let said = match labels.is_empty() {
            false => Value::from(labels.join(", ")),
            true => [
                "text",
                "number",
                "boolean",
                "date",
                "url",
                "choice.label",
                "choice.other",
            ]
            .iter()
            .find_map(|it| at(answer, it).cloned())
            .unwrap_or_default(),
        };
        serde_json::json!({ "question": question, "answer": said })
    });
    shown.collect()
}

/// Answers in a plain shape: an object or a list, whose members may have any of the usual names.
pub fn plain(body: &Value) -> Vec<Told<'_>> {
    let items = match body {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    items.iter().map(answer).collect()
}

fn answer(item: &Value) -> Told<'_> {
    // Some tools put the answer beside what they say of the delivery.
    let inner = ["event_data", "survey_response", "response", "data"];
    let inner = inner
        .iter()
        .find_map(|it| at(item, it))
        .filter(|it| it.is_object());
    let answer = inner.unwrap_or(item);
    let mut told = Told::new("survey_answered", Channel::Review, item);
    told.is_local = true;
    told.id = first(answer, &["id", "response_id", "uuid"])
        .or_else(|| first(item, &["event_id", "id"]))
        .map(|it| it.into_owned());
    told.time = time(
        answer,
        &[
            "answered_at",
            "submitted_at",
            "time",
            "timestamp",
            "created_at",
            "updated_at",
        ],
    );
    let who = &mut told.who;
    let places = [
        "email",
        "person.email",
        "customer.email",
        "end_user.email",
        "user.email",
        "contact.email",
    ];
    who.email(first(answer, &places));
    let places = [
        "phone",
        "person.phone_number",
        "person.phone",
        "customer.phone",
        "user.phone",
    ];
    who.phone(first(answer, &places));
    let places = [
        "user_id",
        "userId",
        "customer_id",
        "customer.id",
        "end_user.external_id",
    ];
    who.add(IdentifierKind::User, first(answer, &places));
    who.trait_of(
        "name",
        first(answer, &["name", "person.name", "customer.name"]),
    );
    let kind = first(answer, &["kind", "survey_type", "type", "metric"]).unwrap_or_default();
    let kind = match plain_name(&kind) {
        kind if kind.contains("nps") => "nps",
        kind if kind.contains("csat") || kind.contains("satisfaction") => "csat",
        kind if kind.contains("ces") || kind.contains("effort") => "ces",
        _ if number(answer, "nps_score").is_some() => "nps",
        _ => "other",
    };
    told.put("kind", Some(kind));
    let scores = ["score", "rating", "value", "nps_score", "answer"];
    told.put("score", scores.iter().find_map(|it| number(answer, it)));
    let usual = match kind {
        "nps" => Some(10.0),
        "csat" => Some(5.0),
        "ces" => Some(7.0),
        _ => None,
    };
    let most = ["score_max", "scale", "scale_max", "max"];
    told.put(
        "score_max",
        most.iter().find_map(|it| number(answer, it)).or(usual),
    );
    let weights = ["weight", "response_weight"];
    told.put("weight", weights.iter().find_map(|it| number(answer, it)));
    told.put(
        "comment",
        first(answer, &["comment", "feedback", "text", "reason"]),
    );
    told.put(
        "question",
        first(answer, &["question", "question.text", "survey_question"]),
    );
    told.put(
        "survey",
        first(
            answer,
            &["survey", "survey_name", "survey.name", "campaign"],
        ),
    );
    for name in [
        "survey_id",
        "order_id",
        "ticket_id",
        "shipment_id",
        "touchpoint",
    ] {
        told.put(name, text(answer, name));
    }
    told.who
        .add(IdentifierKind::Order, text(answer, "order_id"));
    told
}
