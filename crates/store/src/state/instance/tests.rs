use throughline_model::{Role, Zone};

use super::*;

fn member(id: i64, email: &str) -> MemberRow {
    MemberRow {
        id: MemberId(id),
        email: email.to_owned(),
        name: "Name".to_owned(),
        password: None,
        is_owner: false,
        locale: None,
        created: Timestamp(5),
    }
}

fn workspace(id: &str) -> WorkspaceRow {
    WorkspaceRow {
        id: WorkspaceId::parse(id).unwrap(),
        name: id.to_owned(),
        zone: Zone::parse("Asia/Shanghai").unwrap(),
        is_demo: false,
        created: Timestamp(6),
    }
}

fn entry(action: &str) -> AuditEntry {
    AuditEntry {
        at: Timestamp(7),
        actor: "a@example.com".to_owned(),
        address: None,
        action: action.to_owned(),
        workspace: None,
        subject: None,
        details: serde_json::json!({"role": "viewer"}),
    }
}

fn fresh() -> (tempfile::TempDir, InstanceDb) {
    let dir = tempfile::tempdir().unwrap();
    let db = InstanceDb::open(&dir.path().join("instance.db")).unwrap();
    (dir, db)
}

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let (dir, db) = fresh();
    let key = KeyRow {
        id: SourceId(3),
        workspace: WorkspaceId::parse("shop").unwrap(),
        name: "site".to_owned(),
        prefix: "tlw_abcd".to_owned(),
        hash: [9; 32],
        created: Timestamp(8),
        last_used: None,
    };
    let membership = MembershipRow {
        member: MemberId(1),
        workspace: WorkspaceId::parse("shop").unwrap(),
        role: Role::Editor,
    };
    let session = SessionRow {
        hash: [1; 32],
        member: MemberId(1),
        created: Timestamp(1),
        seen: Timestamp(2),
    };
    let link = LinkRow {
        hash: [2; 32],
        purpose: LinkPurpose::Join,
        member: Some(MemberId(1)),
        expires: Timestamp(9),
    };
    let share = ShareRow {
        id: 3,
        hash: [4; 32],
        workspace: WorkspaceId::parse("shop").unwrap(),
        kind: ShareKind::Dashboard,
        document: "week".to_owned(),
        note: "For Lin".to_owned(),
        author: "a@example.com".to_owned(),
        created: Timestamp(5),
        expires: Some(Timestamp(12)),
    };
    let hook = HookRow {
        id: SourceId(4),
        workspace: WorkspaceId::parse("shop").unwrap(),
        name: "Shopify".to_owned(),
        key: "tlh_key".to_owned(),
        settings: r#"{"maker":"shopify"}"#.to_owned(),
        created: Timestamp(6),
    };
    let revoked = ShareRow {
        id: 2,
        hash: [5; 32],
        kind: ShareKind::Report,
        expires: None,
        ..share.clone()
    };
    db.commit(
        &[
            Change::PutMember(member(1, "a@example.com")),
            Change::PutWorkspace(workspace("shop")),
            Change::PutMembership(membership.clone()),
            Change::PutSession(session.clone()),
            Change::PutLink(link.clone()),
            Change::PutKey(key.clone()),
            Change::UseKey(SourceId(3), Timestamp(11)),
            Change::PutShare(revoked),
            Change::PutShare(share.clone()),
            Change::RemoveShare(2),
            Change::PutHook(HookRow {
                name: "Older".to_owned(),
                ..hook.clone()
            }),
            Change::PutHook(hook.clone()),
            Change::PutHook(HookRow {
                id: SourceId(5),
                key: "tlh_gone".to_owned(),
                ..hook.clone()
            }),
            Change::RemoveHook(SourceId(5)),
            Change::NextId(4),
        ],
        None,
    )
    .unwrap();
    drop(db);
    let db = InstanceDb::open(&dir.path().join("instance.db")).unwrap();
    let rows = db.load().unwrap();
    let expected = InstanceRows {
        members: vec![member(1, "a@example.com")],
        memberships: vec![membership],
        sessions: vec![session],
        links: vec![link],
        workspaces: vec![workspace("shop")],
        keys: vec![KeyRow {
            last_used: Some(Timestamp(11)),
            ..key
        }],
        shares: vec![share],
        hooks: vec![hook.clone()],
        next_id: 4,
    };
    assert_eq!(rows, expected);
    db.commit(
        &[
            Change::RemoveWorkspace(WorkspaceId::parse("shop").unwrap()),
            Change::RemoveMember(MemberId(1)),
        ],
        None,
    )
    .unwrap();
    let rows = db.load().unwrap();
    let expected = InstanceRows {
        next_id: 4,
        ..InstanceRows::default()
    };
    assert_eq!(
        rows, expected,
        "memberships, sessions, links, keys, shares and webhooks go along"
    );
}

#[test]
fn a_commit_that_fails_changes_nothing() {
    let (_dir, db) = fresh();
    let twice = [
        Change::PutMember(member(1, "a@example.com")),
        Change::PutMember(member(2, "a@example.com")),
    ];
    assert!(db.commit(&twice, Some(&entry("member.invited"))).is_err());
    assert!(db.load().unwrap().members.is_empty());
    let all = AuditFilter {
        count_max: 10,
        ..AuditFilter::default()
    };
    assert_eq!(db.audit(&all).unwrap(), []);
}

#[test]
fn a_changed_audit_record_breaks_the_chain() {
    let (_dir, db) = fresh();
    for action in ["one", "two", "three"] {
        db.commit(&[], Some(&entry(action))).unwrap();
    }
    assert_eq!(db.verify_audit().unwrap(), None);
    let tamper = |sql: &str| db.db.write("tamper", |tx| tx.execute(sql, [])).unwrap();
    tamper("UPDATE audit SET actor = 'b@example.com' WHERE position = 2");
    let broken = db.verify_audit().unwrap();
    assert_eq!(broken, Some(AuditBreak { position: 2 }));
    tamper("DELETE FROM audit WHERE position = 2");
    let broken = db.verify_audit().unwrap();
    assert_eq!(broken, Some(AuditBreak { position: 3 }));
}

#[test]
fn audit_of_some_workspaces_hides_the_others() {
    let (_dir, db) = fresh();
    for id in ["a", "b"] {
        let entry = AuditEntry {
            workspace: WorkspaceId::parse(id),
            ..entry(id)
        };
        db.commit(&[], Some(&entry)).unwrap();
    }
    db.commit(&[], Some(&entry("none"))).unwrap();
    let filter = AuditFilter {
        workspaces: Some(vec![WorkspaceId::parse("a").unwrap()]),
        count_max: 10,
        before: None,
    };
    let actions: Vec<_> = db
        .audit(&filter)
        .unwrap()
        .into_iter()
        .map(|it| it.entry.action)
        .collect();
    assert_eq!(actions, ["a"]);
}
