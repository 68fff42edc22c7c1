//! Every route × every role × own and foreign workspace, made from the route table itself.

use std::collections::BTreeMap;

use throughline_model::Role;
use throughline_server::{access::gate::Needs, api, http::routes::Route};

use crate::client::{Browser, Server};

const GATE: [&str; 5] = [
    "401 session.none",
    "401 setup.needed",
    "403 origin.foreign",
    "403 role.low",
    "404 workspace.unknown",
];

/// Addresses that answer everybody, and take nothing.
const QUIET: [&str; 7] = [
    "/flags",
    "/flags/definitions",
    "/decide",
    "/s",
    "/record",
    "/api/feature_flag/local_evaluation",
    "/debug/mp/collect",
];

/// What the gate has to say to a caller; none when it has to let the call through.
fn expected(needs: Needs, role: Option<Role>, is_foreign: bool) -> Option<&'static str> {
    let low = |needed: Role| {
        role.is_none_or(|role| role < needed)
            .then_some("403 role.low")
    };
    match needs {
        Needs::Nothing | Needs::WriteKey | Needs::OwnPage => None,
        _ if role.is_none() => Some("401 session.none"),
        Needs::Member => None,
        Needs::Anywhere(needed) => low(needed),
        Needs::Workspace(_) if is_foreign && role != Some(Role::Owner) => {
            Some("404 workspace.unknown")
        }
        Needs::Workspace(needed) => low(needed),
    }
}

fn path_of(route: &Route, workspace: &str) -> String {
    let path = route.path.replace("{ws}", workspace);
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        filled.push_str(if part.starts_with('{') {
            "999999"
        } else {
            part
        });
    }
    filled
}

/// Calls a route with a body that no handler accepts, so that nothing changes behind the gate.
async fn call(browser: &mut Browser, route: &Route, workspace: &str) -> String {
    let path = path_of(route, workspace);
    let body = (route.method != "GET").then(|| b"{\"no such field\":1,\"batch\":[1]}".to_vec());
    let answer = browser.send_bytes(route.method.as_str(), &path, body).await;
    let refusal = answer.refusal();
    let is_found = refusal != "404 path.unknown" || route.path == "/metrics";
    assert!(
        is_found && refusal != "405 method.unknown",
        "{path} is in the table and not routed"
    );
    assert_ne!(
        answer.status,
        500,
        "{} {path}: {}",
        route.method,
        answer.text()
    );
    refusal
}

#[tokio::test]
async fn the_gate_holds_for_every_route_role_and_workspace() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    for id in ["own", "foreign"] {
        let body = serde_json::json!({"id": id, "name": id, "zone": "UTC"});
        owner.post("/api/workspaces", body).await.expect(200);
    }
    let mut callers: BTreeMap<Option<Role>, Browser> = BTreeMap::new();
    callers.insert(None, server.browser());
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
        let email = format!("{}@example.com", role.name());
        let browser = server
            .member(&mut owner, &email, &[("own", role.name())])
            .await;
        callers.insert(Some(role), browser);
    }
    callers.insert(Some(Role::Owner), owner.clone());
    let mut checked = 0;
    for route in api::routes().iter().filter(|it| !is_dangerous(it)) {
        for (role, browser) in &callers {
            for workspace in ["own", "foreign", "nowhere"] {
                // The sign-out ends the session, so each call has a copy of the browser.
                let is_last = route.path == "/api/session" && route.method == "DELETE";
                if is_last && role.is_some() {
                    continue;
                }
                let refusal = call(&mut browser.clone(), route, workspace).await;
                let is_foreign = workspace != "own";
                let expected = match expected(route.needs, *role, is_foreign) {
                    // Even an owner has no workspace that is not there.
                    None if matches!(route.needs, Needs::Workspace(_))
                        && workspace == "nowhere" =>
                    {
                        Some("404 workspace.unknown")
                    }
                    expected => expected,
                };
                let place = format!("{} {} as {role:?} in {workspace}", route.method, route.path);
                match expected {
                    Some(expected) => assert_eq!(refusal, expected, "{place}"),
                    None => assert!(!GATE.contains(&refusal.as_str()), "{place}: {refusal}"),
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 200, "{checked} combinations");
}

/// Without a body that a handler could refuse, these would do what they say.
fn is_dangerous(route: &Route) -> bool {
    route.method == "DELETE" && route.path == "/api/workspaces/{ws}"
}

#[tokio::test]
async fn only_admins_of_a_workspace_can_remove_it() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    for id in ["own", "foreign"] {
        let body = serde_json::json!({"id": id, "name": id, "zone": "UTC"});
        owner.post("/api/workspaces", body).await.expect(200);
    }
    let remove = async |browser: &mut Browser, id: &str| {
        let path = format!("/api/workspaces/{id}");
        browser.send("DELETE", &path, None).await.refusal()
    };
    let mut publisher = server
        .member(&mut owner, "p@example.com", &[("own", "publisher")])
        .await;
    let mut admin = server
        .member(&mut owner, "a@example.com", &[("own", "admin")])
        .await;
    assert_eq!(
        remove(&mut server.browser(), "own").await,
        "401 session.none"
    );
    assert_eq!(remove(&mut publisher, "own").await, "403 role.low");
    assert_eq!(remove(&mut admin, "foreign").await, "404 workspace.unknown");
    assert_eq!(remove(&mut admin, "own").await, "204 without a code");
    assert_eq!(remove(&mut admin, "own").await, "404 workspace.unknown");
}

#[tokio::test]
async fn every_changing_route_refuses_other_sites() {
    let server = Server::start().await;
    let owner = server.owner().await;
    for route in api::routes() {
        match route.needs {
            Needs::Nothing => {
                let is_reading = route.method == "GET";
                assert!(is_reading, "{} changes without a check", route.path);
                continue;
            }
            // These have a test of their own.
            Needs::WriteKey => continue,
            _ => {}
        }
        let mut browser = owner.clone();
        browser
            .headers
            .push(("sec-fetch-site", "cross-site".to_owned()));
        let refusal = call(&mut browser, &route, "own").await;
        assert_eq!(
            refusal, "403 origin.foreign",
            "{} {}",
            route.method, route.path
        );
    }
}

#[tokio::test]
async fn a_write_key_is_needed_where_any_site_may_call_and_no_session_replaces_it() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let routes = api::routes();
    let mut open = 0;
    let is_open = |path: &str| path.starts_with("/v1/") || path.starts_with("/t/");
    let is_ours = |it: &&Route| it.needs == Needs::WriteKey && is_open(&it.path);
    for route in routes.iter().filter(is_ours) {
        let expected = match route.path.as_str() {
            // It forgets what it is sent.
            "/v1/m" => "200 without a code",
            // The script is the same for everybody.
            "/t/throughline.js" => "200 without a code",
            "/v1/projects/{key}/settings" | "/t/{key}/settings" => "404 key.unknown",
            _ => "401 write_key.unknown",
        };
        for mut browser in [server.browser(), owner.clone()] {
            let site = ("sec-fetch-site", "cross-site".to_owned());
            browser.headers.push(site);
            browser.origin = Some("https://elsewhere.example".to_owned());
            let refusal = call(&mut browser, route, "own").await;
            assert_eq!(refusal, expected, "{} {}", route.method, route.path);
        }
        open += 1;
    }
    let others = routes.iter().filter(|it| is_open(&it.path));
    assert_eq!(open, others.count(), "the collecting API and nothing else");
}

/// Other makers have words of their own for no, and some have none; nothing is taken anyway.
#[tokio::test]
async fn without_a_write_key_nothing_is_taken_from_libraries_of_other_makers() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let routes = api::routes();
    let is_own = |path: &str| path.starts_with("/v1/") || path.starts_with("/t/");
    let is_theirs = |it: &&Route| it.needs == Needs::WriteKey && !is_own(&it.path);
    let mut theirs = 0;
    for route in routes.iter().filter(is_theirs) {
        for mut browser in [server.browser(), owner.clone()] {
            let site = ("sec-fetch-site", "cross-site".to_owned());
            browser.headers.push(site);
            browser.origin = Some("https://elsewhere.example".to_owned());
            let refusal = call(&mut browser, route, "own").await;
            let expected: &[&str] = match route.path.as_str() {
                path if QUIET.contains(&path.trim_end_matches('/')) => &["200 without a code"],
                path if path.ends_with("/mp/collect") => &["204 without a code"],
                path if path.starts_with("/array/") => &["404 key.unknown"],
                path if path.starts_with("/hooks/") => &["404 hook.unknown"],
                _ => &[
                    "401 write_key.unknown",
                    "401 without a code",
                    "400 without a code",
                ],
            };
            let place = format!("{} {}", route.method, route.path);
            assert!(expected.contains(&refusal.as_str()), "{place}: {refusal}");
        }
        theirs += 1;
    }
    assert!(theirs > 60, "{theirs} addresses");
    let counted = server.browser().get("/metrics").await.text();
    assert!(
        counted.contains("throughline_collected_bytes_total 0"),
        "{counted}"
    );
}

#[test]
fn workspace_routes_name_their_workspace_and_the_others_do_not() {
    for route in api::routes() {
        let names = route.path.contains("{ws}");
        let needs = matches!(route.needs, Needs::Workspace(_));
        assert_eq!(names, needs, "{} {}", route.method, route.path);
    }
}
