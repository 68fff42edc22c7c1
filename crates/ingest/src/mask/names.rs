//! What a member of a body is, by its name.

use crate::{dialect::MESSAGE_IDS, file::Mapping};

/// Objects that say who somebody is.
const PERSONS: [&str; 23] = [
    "traits",
    "traitsonce",
    "traitoperations",
    "externalids",
    "mergeproperties",
    "device",
    "user_properties",
    "userproperties",
    "user_data",
    "group_properties",
    "consent",
    "$set",
    "$set_once",
    "$add",
    "$append",
    "$union",
    "$prepend",
    "$preinsert",
    "$postinsert",
    "$remove",
    "$unset",
    "identifiers",
    "identities",
];

/// Members that name somebody, a session, a moment or a key of ours, in any dialect.
const NAMES: [&str; 55] = [
    "userid",
    "user_id",
    "anonymousid",
    "anonymous_id",
    "previousid",
    "previous_id",
    "groupid",
    "group_id",
    "$group_key",
    "customerid",
    "customer_id",
    "client_id",
    "app_instance_id",
    "deviceid",
    "device_id",
    "$device_id",
    "advertisingid",
    "distinct_id",
    "$distinct_id",
    "$distinct_ids",
    "$anon_distinct_id",
    "$anon_id",
    "$user_id",
    "$identified_id",
    "alias",
    "identity",
    "uid",
    "duid",
    "nuid",
    "tnuid",
    "email",
    "e-mail",
    "mail",
    "$email",
    "email_address",
    "emailaddress",
    "phone",
    "$phone",
    "phone_number",
    "phonenumber",
    "mobile",
    "tel",
    "session_id",
    "sessionid",
    "$session_id",
    "window_id",
    "event",
    "event_type",
    "type",
    "writekey",
    "api_key",
    "token",
    "timestamp",
    "originaltimestamp",
    "sentat",
];

const TITLES: [&str; 6] = [
    "title",
    "page_title",
    "current_page_title",
    "$title",
    "page",
    "screen_name",
];

/// Members that hold an address, or a part of one.
const ADDRESSES: [&str; 22] = [
    "url",
    "href",
    "path",
    "search",
    "referrer",
    "referer",
    "refr",
    "page_location",
    "page_referrer",
    "$current_url",
    "$pathname",
    "$initial_pathname",
    "$prev_pageview_pathname",
    "$session_entry_pathname",
    "[amplitude] page path",
    "current_url_path",
    "current_url_search",
    "page_path",
    "page_query",
    "landing_site",
    "landing_page",
    "$referrer",
];

/// Members of webhooks by which their recipes know somebody, besides those of libraries.
const HOOK_NAMES: [&str; 16] = [
    "from",
    "to",
    "author",
    "sender",
    "recipient",
    "contact_email",
    "customer_email",
    "receipt_email",
    "requester_email",
    "customer_phone",
    "requester_phone",
    "mobilephone",
    "message-id",
    "smtp-id",
    // HubSpot tells each trait by its name and its value.
    "propertyvalue",
    "token",
];

/// Which members say who somebody is, or what their event is known by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept<'a> {
    /// Whether a webhook brought it, where everything has an id.
    pub is_hook: bool,
    /// What its author says of members that no recipe is for.
    pub mapping: Option<&'a Mapping>,
}

impl Kept<'_> {
    /// Whether nothing is looked for in a member of this name.
    pub fn has(self, name: &str) -> bool {
        is_one_of(name, &NAMES)
            || is_one_of(name, &MESSAGE_IDS)
            || is_person(name)
            || self.is_hook && (is_one_of(name, &HOOK_NAMES) || is_id(name))
            || (self.mapping.into_iter().flat_map(Mapping::persons))
                .any(|place| last(place).eq_ignore_ascii_case(name))
    }
}

/// Whether everything in a member of this name says who somebody is.
pub fn is_person(name: &str) -> bool {
    is_one_of(name, &PERSONS)
}

pub fn is_title(name: &str) -> bool {
    is_one_of(name, &TITLES)
}

/// Whether a member of this name holds an address, or a part of one.
pub fn is_address(name: &str) -> bool {
    is_one_of(name, &ADDRESSES)
}

/// Whether JSON stands in Base64 there.
pub fn is_base64(name: &str) -> bool {
    is_one_of(name, &["cx", "ue_px"])
}

fn is_id(name: &str) -> bool {
    name == "id" || ["_id", "Id", "Sid"].iter().any(|it| name.ends_with(it))
}

/// The name of what stands at a place like `answers.0.email`; elements have that of their list.
fn last(place: &str) -> &str {
    let is_index = |it: &&str| it.bytes().all(|byte| byte.is_ascii_digit());
    let mut names = place.rsplit('.').filter(|it| !is_index(it));
    names.next().unwrap_or(place)
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|it| it.eq_ignore_ascii_case(name))
}
