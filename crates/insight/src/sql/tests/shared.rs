//! Statements against reports on public logs, where the folder that holds them is known.

use std::{collections::BTreeMap, io::Read as _, path::PathBuf};

use throughline_model::{Channel, Timestamp};

use super::{agree, engine::Engine, read};
use crate::fixture::Log;

/// A log out of the columns of a packed table: who, when and what.
fn log_of(name: &str, columns: [usize; 3]) -> Option<Log> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(beside, PathBuf::from);
    let Ok(bytes) = std::fs::read(shared.join("data").join(name)) else {
        eprintln!("skipped: there is no {name}");
        return None;
    };
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .expect(name);
    let mut log = Log::default();
    let mut actors: BTreeMap<String, u32> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [who, when, what] = columns.map(|it| cells[it]);
        let next = u32::try_from(actors.len()).expect("few people");
        let actor = *actors.entry(who.to_owned()).or_insert(next);
        let at = Timestamp::parse(&format!("{}Z", when.replace(' ', "T"))).expect(line);
        log.push(actor, at, what, Channel::Web, "{}");
    }
    log.roots = (0..).take(actors.len()).collect();
    Some(log)
}

fn check(name: &str, columns: [usize; 3], now: &str, reports: &[&str]) {
    let Some(log) = log_of(name, columns) else {
        return;
    };
    let engine = Engine::over(&log);
    let now = Timestamp::parse(now).expect(now);
    for report in reports {
        agree(&engine, &log, &read(report), now);
    }
}

#[test]
fn the_online_shop_has_the_same_numbers() {
    check(
        "simple_onlineshop/simple-onlineshop.csv.gz",
        [0, 2, 1],
        "2020-06-01T00:00:00Z",
        &[
            r#"{"kind":"funnel","range":{"all":true},"window":{"whole":"7d"},"steps":[
                {"name":"Catalog","matcher":{"events":["catalog"]}},
                {"name":"Cart","matcher":{"events":["cart"]}},
                {"name":"Delivery","matcher":{"events":["delivery_choice"]}},
                {"name":"Payment","matcher":{"events":["payment_choice"]}},
                {"name":"Paid","matcher":{"events":["payment_done"]}}]}"#,
            r#"{"kind":"funnel","range":{"between":{"from":"2019-11-10","to":"2020-01-10"},"zone":"Europe/Berlin"},
                "window":{"each":"1h"},"entry":"first","ties":"later","reuse":true,"steps":[
                {"name":"Product","matcher":{"events":["product1","product2"]}},
                {"name":"Cart","matcher":{"events":["cart"]}},
                {"name":"Again","matcher":{"events":["product1","product2"]}}]}"#,
            r#"{"kind":"transitions","range":{"all":true}}"#,
            r#"{"kind":"transitions","range":{"between":{"from":"2019-12-01","to":"2019-12-31"}},"pause_max":"30m"}"#,
            r#"{"kind":"paths","range":{"all":true},"length_max":8,"top":10000}"#,
            r#"{"kind":"paths","range":{"all":true},"length_max":5,"top":10000,"collapse":false,"pause_max":"30m"}"#,
            r#"{"kind":"retention","range":{"all":true},"period":"week","periods_count":8,
                "start":{"events":["catalog"]},"returns":{"events":["catalog","cart"]}}"#,
            r#"{"kind":"retention","range":{"between":{"from":"2019-11-01","to":"2020-02-01"},"zone":"Europe/Berlin"},
                "period":"day","clock":"rolling","mode":"on_or_after","periods_count":14,"cohorts":"each_period",
                "start":{},"returns":{"events":["payment_done"]}}"#,
            r#"{"kind":"funnel","range":{"all":true},"window":{"whole":"7d"},"breakdown":{"field":"event","attribution":"last"},"steps":[
                {"name":"Catalog","matcher":{"events":["catalog"]}},
                {"name":"Product","matcher":{"events":["product1","product2"]}},
                {"name":"Choice","matcher":{"events":["delivery_courier","delivery_pickup"]}},
                {"name":"Paid","matcher":{"events":["payment_done"]}}],
                "exclusions":[{"matcher":{"events":["main"]},"after":1,"before":3,"effect":"stop_there"}]}"#,
            r#"{"kind":"attribution","range":{"all":true},"by":"event","conversion":{"events":["payment_done"]},
                "look_back":{"within":"7d"},"models":["first","last","linear"]}"#,
            r#"{"kind":"work_time","range":{"between":{"from":"2019-11-10","to":"2020-01-10"}},"steps":[
                {"name":"Choose","start":{"events":["catalog"]},"end":{"events":["cart"]}},
                {"name":"Pay","asked":{"events":["cart"]},"start":{"events":["payment_choice"]},"end":{"events":["payment_done"]}}]}"#,
            r#"{"kind":"channels","range":{"all":true},"goal":{"events":["payment_done"]},
                "contacts":{"events":["main"]},"answer_within":"1h","within":"7d"}"#,
            r#"{"kind":"stage_time","range":{"all":true},"silence_max":"1d","stages":[
                {"name":"Look","matcher":{"events":["catalog","product1","product2"]}},
                {"name":"Take","matcher":{"events":["cart"]}},
                {"name":"Pay","matcher":{"events":["payment_choice","payment_done"]}}]}"#,
        ],
    );
}

#[test]
fn the_households_have_the_same_numbers() {
    check(
        "completejourney/events.csv.gz",
        [0, 1, 2],
        "2018-03-01T00:00:00Z",
        &[
            r#"{"kind":"funnel","range":{"all":true},"window":{"whole":"30d"},"steps":[
                {"name":"Told","matcher":{"events":["campaign_received"]}},
                {"name":"Bought","matcher":{"events":["purchase_item"]}},
                {"name":"Redeemed","matcher":{"events":["coupon_redeemed"]}}]}"#,
            r#"{"kind":"transitions","range":{"all":true}}"#,
            r#"{"kind":"paths","range":{"all":true},"length_max":6,"top":10000}"#,
            r#"{"kind":"paths","range":{"between":{"from":"2017-03-01","to":"2017-05-31"},"zone":"America/New_York"},
                "length_max":10,"top":10000,"collapse":false,"pause_max":"7d"}"#,
            r#"{"kind":"retention","range":{"all":true},"period":"month","periods_count":12,
                "start":{"events":["purchase_item"]},"returns":{"events":["purchase_item"]}}"#,
            r#"{"kind":"retention","range":{"between":{"from":"2017-01-01","to":"2017-12-31"},"zone":"America/New_York"},
                "period":"week","week_start":"sunday","periods_count":10,"cohorts":"each_period",
                "start":{"events":["campaign_received"]},"returns":{"events":["coupon_redeemed"]}}"#,
            r#"{"kind":"funnel","range":{"all":true},"window":{"whole":"60d"},"steps":[
                {"name":"Told","matcher":{"events":["campaign_received"]}},
                {"name":"Redeemed","matcher":{"events":["coupon_redeemed"]}}],
                "exclusions":[{"matcher":{"events":["purchase_item"]},"after":0,"before":1}]}"#,
            r#"{"kind":"attribution","range":{"all":true},"by":"event","conversion":{"events":["coupon_redeemed"]},
                "models":["linear"],"look_back":{"within":"10d"},"collapse":false}"#,
            r#"{"kind":"channels","range":{"all":true},"goal":{"events":["coupon_redeemed"]},
                "contacts":{"events":["campaign_received"]}}"#,
            r#"{"kind":"stage_time","range":{"all":true},"silence_max":"30d","stages":[
                {"name":"Told","matcher":{"events":["campaign_received"]}},
                {"name":"Bought","matcher":{"events":["purchase_item"]}}]}"#,
        ],
    );
}
