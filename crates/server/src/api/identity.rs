//! Who is one person: the policy, what is suspended, and what members decide by hand.

pub mod join;
pub mod moments;
pub mod policy;
pub mod profile;
pub mod suggestions;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_model::{
    ActorId, Identifier, IdentifierKind, ProfileId, Role, SourceId, Timestamp,
    identity::{Decided, Decision, Treatment},
    limits,
};
use utoipa::ToSchema;

use super::session::faulty;
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    collect::refuse::unaccepted,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
    work::blocking,
};

/// An identifier with what is known of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KnownIdentifier {
    pub id: ActorId,
    pub kind: IdentifierKind,
    pub value: String,
    /// The profile that it belongs to now.
    pub profile: ProfileId,
    /// When it was seen with another for the first time; none when it never was.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// True while its links do not count.
    pub suspended: bool,
    /// True for a device that several people sign in on, so that whose it is follows from the time.
    pub shared: bool,
    pub treatment: Treatment,
}

/// Identifiers that join too many, and those that members have treated.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuspendedIdentifiers {
    /// Those that members have not looked at come first.
    pub identifiers: Vec<SuspendedIdentifier>,
    /// How many there are, also beyond those that are listed.
    pub total: usize,
}

/// An identifier that joins too many, with the evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuspendedIdentifier {
    pub identifier: KnownIdentifier,
    /// Identifiers of one stronger type that it was seen with.
    pub owners_count: usize,
    /// The limit of its type.
    pub owners_max: Option<u32>,
    /// Some of whom it was seen with, the newest first.
    pub evidence: Vec<SeenWith>,
}

/// One time when an identifier was seen with another.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeenWith {
    pub kind: IdentifierKind,
    pub value: String,
    pub profile: ProfileId,
    pub time: Timestamp,
    pub source: SourceId,
}

/// What a member wants to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityDecision {
    pub what: DecisionKind,
    pub identifier: Identifier,
    /// The other of the two; for a treatment there is none.
    #[serde(default)]
    pub other: Option<Identifier>,
    /// Why; it stays in the link log.
    pub why: String,
}

/// What can be done by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// Links between the two no longer count.
    Part,
    /// They count again.
    Reunite,
    /// The two are one person, whatever events say.
    Join,
    /// The two are not suggested to be one person.
    Dismiss,
    /// They may be suggested again.
    Reconsider,
    /// The identifier joins, however many it was seen with.
    Release,
    /// The identifier joins nobody.
    Suspend,
    /// As the limit of its type says.
    Learn,
}

/// What came of a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionDone {
    /// Lines of the link log, with the decision.
    pub position: u64,
    /// The profiles of the identifiers that were named, now.
    pub profiles: Vec<ProfileId>,
    /// Whether the two are one person now; none for a treatment.
    pub are_one: Option<bool>,
}

pub fn routes() -> Vec<Route> {
    let (reads, writes) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    let mut routes = vec![
        Route::new(reads, __path_suspended, suspended),
        Route::new(writes, __path_decide, decide),
    ];
    routes.extend(join::routes());
    routes.extend(moments::routes());
    routes.extend(policy::routes());
    routes.extend(profile::routes());
    routes.extend(suggestions::routes());
    routes
}

/// Identifiers that join too many people to be anybody's, with the evidence.
#[utoipa::path(get, path = "/api/w/{ws}/identity/suspended", tag = "identity",
    operation_id = "listSuspendedIdentifiers",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = SuspendedIdentifiers)))]
async fn suspended(workspace: Workspace) -> Result<Json<SuspendedIdentifiers>, Refusal> {
    const EVIDENCE_SHOWN: usize = 20;
    let runtime = workspace.runtime;
    let listed = blocking(move || {
        let (suspects, total) = {
            let resolver = runtime.pipeline().resolver();
            let mut suspects = resolver.suspects();
            let total = suspects.len();
            suspects.sort_by_key(|it| (it.treatment, std::cmp::Reverse(it.owners_count)));
            suspects.truncate(limits::IDENTITY_SUSPENDED_SHOWN_MAX);
            let told: Vec<_> = (suspects.into_iter())
                .map(|suspect| {
                    let links: Vec<_> = (resolver.links_of(suspect.actor))
                        .take(EVIDENCE_SHOWN)
                        .map(|(link, _)| link)
                        .collect();
                    (suspect, links)
                })
                .collect();
            (told, total)
        };
        let other = |link: &throughline_ingest::identity::Link, actor: ActorId| {
            if link.left == actor {
                link.right
            } else {
                link.left
            }
        };
        let actors: Vec<ActorId> = (suspects.iter())
            .flat_map(|(suspect, links)| {
                let others = links.iter().map(|link| other(link, suspect.actor));
                std::iter::once(suspect.actor).chain(others)
            })
            .collect();
        let known = profile::known(&runtime, &actors)?;
        let mut identifiers = Vec::new();
        for (suspect, links) in suspects {
            let Some(identifier) = known.get(&suspect.actor).cloned() else {
                continue;
            };
            let evidence = links.iter().filter_map(|link| {
                let with = known.get(&other(link, suspect.actor))?;
                Some(SeenWith {
                    kind: with.kind,
                    value: with.value.clone(),
                    profile: with.profile,
                    time: link.time,
                    source: link.source,
                })
            });
            let evidence = evidence.collect();
            let rule = runtime
                .pipeline()
                .resolver()
                .policy()
                .rule(identifier.kind)
                .cloned();
            identifiers.push(SuspendedIdentifier {
                identifier,
                owners_count: suspect.owners_count,
                owners_max: rule.and_then(|it| it.owners_max),
                evidence,
            });
        }
        Ok::<_, Refusal>(SuspendedIdentifiers { identifiers, total })
    });
    listed.await.map(Json)
}

/// Parts, reunites or joins two identifiers, or says how one is treated, or that two are not
/// suggested. It can be taken back.
#[utoipa::path(post, path = "/api/w/{ws}/identity/decisions", tag = "identity",
    operation_id = "decideIdentity", params(("ws" = String, Path, description = "The workspace")),
    request_body = IdentityDecision, responses((status = 200, body = DecisionDone)))]
async fn decide(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<IdentityDecision>,
) -> Result<Json<DecisionDone>, Refusal> {
    let why = reason("why", &body.why)?;
    let IdentityDecision {
        what,
        identifier,
        other,
        ..
    } = body;
    let (left, right) = (identifier, other);
    check_known(&workspace, what, &left, right.as_ref())?;
    let both = |right: &Option<Identifier>| right.clone().expect("checked above");
    let decision = match what {
        DecisionKind::Part => Decision::Part {
            left: left.clone(),
            right: both(&right),
        },
        DecisionKind::Reunite => Decision::Reunite {
            left: left.clone(),
            right: both(&right),
        },
        DecisionKind::Join => Decision::Join {
            left: left.clone(),
            right: both(&right),
        },
        DecisionKind::Dismiss => Decision::Dismiss {
            left: left.clone(),
            right: both(&right),
        },
        DecisionKind::Reconsider => Decision::Reconsider {
            left: left.clone(),
            right: both(&right),
        },
        DecisionKind::Release | DecisionKind::Suspend | DecisionKind::Learn => Decision::Treat {
            identifier: left.clone(),
            treatment: match what {
                DecisionKind::Release => Treatment::Released,
                DecisionKind::Suspend => Treatment::Suspended,
                _ => Treatment::Learned,
            },
        },
    };
    let action = match what {
        DecisionKind::Part => "identity.parted",
        DecisionKind::Reunite => "identity.reunited",
        DecisionKind::Join => "identity.joined",
        DecisionKind::Dismiss => "identity.dismissed",
        DecisionKind::Reconsider => "identity.reconsidered",
        DecisionKind::Release => "identity.released",
        DecisionKind::Suspend => "identity.suspended",
        DecisionKind::Learn => "identity.learned",
    };
    // The audit log cannot be changed, so it holds no identifier: whoever is erased would stay in it.
    let subject = {
        let resolver = workspace.runtime.pipeline().resolver();
        let named = |it: &Identifier| {
            let kind = format!("{:?}", it.kind).to_lowercase();
            match resolver.actor(it) {
                Some(actor) => format!("{kind} of profile {}", resolver.root(actor).0),
                None => kind,
            }
        };
        let both: Vec<String> = std::iter::once(&left).chain(&right).map(named).collect();
        both.join(" – ")
    };
    carry_out(&app, &workspace, decision, why, action, subject).await?;
    let resolver = workspace.runtime.pipeline().resolver();
    let root = |it: &Identifier| resolver.actor(it).map(|actor| resolver.root(actor));
    let profiles: Vec<ProfileId> = (std::iter::once(&left).chain(&right))
        .filter_map(root)
        .collect();
    Ok(Json(DecisionDone {
        position: resolver.position(),
        are_one: right.map(|_| profiles.windows(2).all(|them| them[0] == them[1])),
        profiles,
    }))
}

/// Writes a decision into the raw log, waits until it holds, and says so in the audit log.
pub async fn carry_out(
    app: &App,
    workspace: &Workspace,
    what: Decision,
    why: String,
    action: &str,
    subject: String,
) -> Result<(), Refusal> {
    let now = app.now();
    let mut audit = workspace.did(action, now);
    audit.subject = Some(subject);
    audit.details = serde_json::json!({ "why": why });
    let decided = Decided {
        at: now,
        by: workspace.caller.email.clone(),
        why,
        what,
    };
    let runtime = workspace.runtime.clone();
    let is_applied = blocking(move || runtime.pipeline().decide(&decided)).await;
    if !is_applied.map_err(|error| unaccepted(&error, false))? {
        let message = "the decision is safe, and holds once the server has started again";
        return Err(Refusal::new(Code::Draining, message));
    }
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(crate::instance::Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await
}

/// A reason that a member gives.
pub fn reason(place: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let most = limits::REASON_CHARS_MAX;
    if (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(faulty(place, &format!("has 1 to {most} characters")))
}

fn check_known(
    workspace: &Workspace,
    what: DecisionKind,
    left: &Identifier,
    right: Option<&Identifier>,
) -> Result<(), Refusal> {
    let resolver = workspace.runtime.pipeline().resolver();
    let known = |place: &str, it: &Identifier| {
        let actor = resolver.actor(it);
        actor.ok_or_else(|| faulty(place, "was never seen in this workspace"))
    };
    let first = known("identifier", left)?;
    let is_pair = !matches!(
        what,
        DecisionKind::Release | DecisionKind::Suspend | DecisionKind::Learn
    );
    let Some(right) = right else {
        return match is_pair {
            true => Err(faulty("other", "names the other of the two")),
            false => Ok(()),
        };
    };
    if !is_pair {
        return Err(faulty("other", "is left out, as one identifier is treated"));
    }
    if known("other", right)? == first {
        return Err(faulty("other", "is another identifier"));
    }
    if what == DecisionKind::Join
        && resolver.is_known(resolver.root(first))
        && resolver.is_known(resolver.root(known("other", right)?))
        && resolver.root(first) != resolver.root(known("other", right)?)
    {
        let message = "belongs to another known identity; a profile holds one user id at most, \
            so part it from that one first";
        return Err(faulty("other", message));
    }
    Ok(())
}
