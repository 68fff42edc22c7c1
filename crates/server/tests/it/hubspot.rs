//! A HubSpot of the test's own: it answers as version 3 of the API is documented, and fails as it is told to.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use throughline_model::Timestamp;
use tokio::{io::AsyncWriteExt, io::BufReader};

use crate::sink::{listen, read_post};

pub const TOKEN: &str = "pat-eu1-0f0e";

/// What it does in place of a sound answer.
#[derive(Clone, Debug)]
pub enum Amiss {
    /// A status, further headers, a body.
    Answer(u16, &'static str, Value),
    /// Takes the call and says nothing.
    Hangs,
    /// Hangs up.
    Breaks,
}

/// One call as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub body: Value,
}

struct Account {
    /// Properties with their types; `*` before a type that is read only.
    types: BTreeMap<String, String>,
    contacts: BTreeMap<String, BTreeMap<String, (String, Timestamp)>>,
    amiss: VecDeque<(&'static str, Amiss)>,
    asked: Vec<Asked>,
    now: Timestamp,
}

pub struct HubSpot {
    pub port: u16,
    account: Arc<Mutex<Account>>,
}

impl HubSpot {
    pub async fn open(types: &[(&str, &str)], now: Timestamp) -> Self {
        let (listener, port) = listen().await;
        let types = types
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned()));
        let account = Account {
            types: types.collect(),
            contacts: BTreeMap::new(),
            amiss: VecDeque::new(),
            asked: Vec::new(),
            now,
        };
        let account = Arc::new(Mutex::new(account));
        let kept = account.clone();
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let post = read_post(&mut stream).await;
                let is_known = post.head.get("authorization") == Some(&format!("Bearer {TOKEN}"));
                let asked = Asked {
                    path: post.path,
                    body: serde_json::from_str(&post.body).unwrap(),
                };
                let answer = match is_known {
                    true => kept.lock().unwrap().answer(&asked),
                    false => Amiss::Answer(401, "", unauthorized()),
                };
                match answer {
                    Amiss::Hangs => held.push(stream),
                    Amiss::Breaks => {}
                    Amiss::Answer(status, headers, body) => {
                        let body = body.to_string();
                        let length = body.len();
                        let answer = format!(
                            "HTTP/1.1 {status} So\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
                        );
                        let _ = stream.write_all(answer.as_bytes()).await;
                    }
                }
            }
        });
        Self { port, account }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Puts a value into a contact, as somebody there would at a moment.
    pub fn put(&self, id: &str, property: &str, value: &str, at: Timestamp) {
        let mut account = self.account.lock().unwrap();
        let contact = account.contacts.entry(id.to_owned()).or_default();
        contact.insert(property.to_owned(), (value.to_owned(), at));
    }

    pub fn get(&self, id: &str, property: &str) -> Option<String> {
        let account = self.account.lock().unwrap();
        Some(account.contacts.get(id)?.get(property)?.0.clone())
    }

    pub fn contacts_count(&self) -> usize {
        self.account.lock().unwrap().contacts.len()
    }

    /// The next call whose path ends so goes amiss.
    pub fn next(&self, end: &'static str, amiss: Amiss) {
        self.account.lock().unwrap().amiss.push_back((end, amiss));
    }

    /// What came since it was asked last.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.account.lock().unwrap().asked)
    }

    pub fn now_is(&self, now: Timestamp) {
        self.account.lock().unwrap().now = now;
    }
}

impl Account {
    fn answer(&mut self, asked: &Asked) -> Amiss {
        self.asked.push(asked.clone());
        let amiss = self.amiss.iter().position(|it| asked.path.ends_with(it.0));
        if let Some((_, amiss)) = amiss.and_then(|it| self.amiss.remove(it)) {
            return amiss;
        }
        let inputs = asked.body["inputs"].as_array().unwrap().clone();
        let (results, errors) = match asked.path.as_str() {
            "/crm/v3/properties/contacts/batch/read" => self.properties(&inputs),
            "/crm/v3/objects/contacts/batch/read" => {
                if inputs.len() > 50 {
                    let message = "The maximum number of inputs supported in a batch request for property histories is 50.";
                    return Amiss::Answer(
                        400,
                        "",
                        json!({"status": "error", "message": message, "category": "VALIDATION_ERROR"}),
                    );
                }
                self.read(&inputs, &asked.body)
            }
            "/crm/v3/objects/contacts/batch/update" => self.update(&inputs),
            "/crm/v3/objects/contacts/batch/create" => self.create(&inputs),
            path => panic!("{path} is not called"),
        };
        let mut body = json!({"status": "COMPLETE", "results": results,
            "startedAt": "2026-03-02T12:00:00.000Z", "completedAt": "2026-03-02T12:00:00.100Z"});
        if errors.is_empty() {
            return Amiss::Answer(200, "", body);
        }
        body["numErrors"] = json!(errors.len());
        body["errors"] = Value::from(errors);
        Amiss::Answer(207, "", body)
    }

    fn properties(&self, inputs: &[Value]) -> (Vec<Value>, Vec<Value>) {
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in inputs {
            let name = input["name"].as_str().unwrap();
            match self.types.get(name) {
                Some(kind) => results.push(json!({"name": name, "type": kind.trim_start_matches('*'),
                    "fieldType": "text", "modificationMetadata": {"archivable": true, "readOnlyDefinition": false,
                        "readOnlyValue": kind.starts_with('*')}})),
                None => errors.push(json!({"status": "error", "category": "OBJECT_NOT_FOUND",
                    "message": "Property not found", "context": {"name": [name]}})),
            }
        }
        (results, errors)
    }

    fn read(&self, inputs: &[Value], body: &Value) -> (Vec<Value>, Vec<Value>) {
        assert_eq!(body["idProperty"], "email");
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in inputs {
            let email = input["id"].as_str().unwrap();
            let found = self.contacts.iter().find(|(_, values)| {
                let emails = ["email", "hs_additional_emails"];
                let all = emails.iter().filter_map(|it| values.get(*it));
                all.flat_map(|it| it.0.split(';'))
                    .any(|it| it.eq_ignore_ascii_case(email))
            });
            let Some((id, values)) = found else {
                errors.push(json!({"status": "error", "category": "OBJECT_NOT_FOUND",
                    "message": "Could not get some CONTACT objects, they may be deleted or not exist.",
                    "context": {"ids": [email]}}));
                continue;
            };
            let names = |of: &str| body[of].as_array().unwrap().clone();
            let text = |name: &Value| values.get(name.as_str().unwrap());
            let properties: serde_json::Map<String, Value> = (names("properties").iter())
                .map(|name| {
                    (
                        name.as_str().unwrap().to_owned(),
                        json!(text(name).map(|it| &it.0)),
                    )
                })
                .collect();
            let history: serde_json::Map<String, Value> = (names("propertiesWithHistory").iter())
                .filter_map(|name| {
                    let (value, at) = text(name)?;
                    let version = json!({"value": value, "timestamp": at, "sourceType": "CRM_UI"});
                    Some((name.as_str().unwrap().to_owned(), json!([version])))
                })
                .collect();
            results.push(json!({"id": id, "properties": properties, "propertiesWithHistory": history,
                "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z", "archived": false}));
        }
        (results, errors)
    }

    fn update(&mut self, inputs: &[Value]) -> (Vec<Value>, Vec<Value>) {
        assert!(inputs.len() <= 100);
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in inputs {
            let id = input["id"].as_str().unwrap().to_owned();
            if let Some(fault) = self.fault(&input["properties"], &input["objectWriteTraceId"]) {
                errors.push(fault);
            } else if self.contacts.contains_key(&id) {
                self.write(&id, &input["properties"]);
                results
                    .push(json!({"id": id, "properties": input["properties"], "archived": false}));
            } else {
                errors.push(
                    json!({"status": "error", "category": "OBJECT_NOT_FOUND", "message": "gone",
                    "context": {"ids": [id]}}),
                );
            }
        }
        (results, errors)
    }

    fn create(&mut self, inputs: &[Value]) -> (Vec<Value>, Vec<Value>) {
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in inputs {
            if let Some(fault) = self.fault(&input["properties"], &input["objectWriteTraceId"]) {
                errors.push(fault);
                continue;
            }
            let id = (900 + self.contacts.len()).to_string();
            self.contacts.insert(id.clone(), BTreeMap::new());
            self.write(&id, &input["properties"]);
            results.push(json!({"id": id, "properties": input["properties"], "archived": false}));
        }
        (results, errors)
    }

    /// A number property takes numbers below 1000 only.
    fn fault(&self, properties: &Value, mark: &Value) -> Option<Value> {
        let properties = properties.as_object().unwrap();
        let wrong = properties.iter().find(|(name, value)| {
            let number: Option<f64> = value.as_str().unwrap().parse().ok();
            let kind = self.types.get(*name).map(String::as_str);
            kind == Some("number") && number.is_none_or(|it| it >= 1000.0)
        });
        wrong.map(|(name, value)| {
            let inner = json!([{"isValid": false, "message": format!("{value} was too large"),
                "error": "NUMBER_TOO_LARGE", "name": name}]);
            json!({"status": "error", "category": "VALIDATION_ERROR",
                "message": format!("Property values were not valid: {inner}"),
                "context": {"objectWriteTraceId": [mark]}})
        })
    }

    fn write(&mut self, id: &str, properties: &Value) {
        let now = self.now;
        let contact = self.contacts.get_mut(id).unwrap();
        for (name, value) in properties.as_object().unwrap() {
            let value = value.as_str().unwrap().to_owned();
            contact.insert(name.clone(), (value, now));
        }
    }
}

fn unauthorized() -> Value {
    json!({"status": "error", "message": "Authentication credentials not found.", "category": "INVALID_AUTHENTICATION"})
}

/// What HubSpot says when calls come too fast, as it is documented.
pub fn too_fast(policy: &str) -> Value {
    json!({"status": "error", "message": "You have reached your ten_secondly_rolling limit.",
        "errorType": "RATE_LIMIT", "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24", "policyName": policy,
        "requestId": "3d3e35b7-0dae-4b9f-a6e3-9c230cbcf8dd"})
}
