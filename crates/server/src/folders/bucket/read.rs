//! Asking an object store: what is in a folder of a bucket, and for one object.

use std::error::Error as _;

use http::{HeaderName, HeaderValue};
use throughline_model::{Timestamp, limits};

use super::{
    Place,
    listing::{self, Page},
};
use crate::{
    folders::Found,
    outgoing::{
        Asked, CallError, Coming, Outgoing,
        sign_s3::{Asking, Signer, encoded},
    },
};

/// Why a store did not give what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    #[error("could not be read from its store: {}", chain(.0))]
    Call(#[from] CallError),
    #[error("is refused by its store: {status} {code} {message}")]
    Refused {
        status: u16,
        code: String,
        message: String,
    },
    #[error("has a listing that cannot be read: {0}")]
    Listing(String),
    #[error("is there no more")]
    Gone,
}

/// An object on its way.
pub struct Object {
    pub coming: Coming,
    /// The mark that it has now; none where the store gives none.
    pub tag: Option<u64>,
}

/// Lists the objects of a folder; those of folders within it are passed over.
pub async fn list(
    outgoing: &Outgoing,
    place: Place<'_>,
    now: Timestamp,
) -> Result<Found, BucketError> {
    let prefix = place.prefix();
    let mut found = Found::default();
    let mut next: Option<String> = None;
    for _ in 0..limits::BUCKET_PAGES_MAX {
        let mut query = vec![
            ("list-type", "2"),
            ("encoding-type", "url"),
            ("delimiter", "/"),
        ];
        query.extend((!prefix.is_empty()).then_some(("prefix", prefix.as_str())));
        query.extend(next.as_deref().map(|it| ("continuation-token", it)));
        let mut coming = ask(outgoing, place, "", &query, now).await?;
        let whole = coming.whole(limits::BUCKET_PAGE_BYTES_MAX).await?;
        let too_long = || BucketError::Listing("it is too long".to_owned());
        let Page { objects, next: on } =
            listing::page(&whole.ok_or_else(too_long)?).map_err(BucketError::Listing)?;
        for (key, version) in objects {
            let name = key.strip_prefix(&prefix).unwrap_or_default();
            // The folder itself may have a key, and a store need not know what a folder is.
            if name.is_empty() || name.contains('/') {
                continue;
            }
            found.files.insert(name.to_owned(), version);
            if found.files.len() > limits::FOLDER_FILES_MAX {
                found.files.pop_last();
                found.more += 1;
            }
        }
        next = on;
        if next.is_none() {
            return Ok(found);
        }
    }
    // There are more than anybody counts.
    found.more += 1;
    Ok(found)
}

/// Asks for one object of a folder.
pub async fn open(
    outgoing: &Outgoing,
    place: Place<'_>,
    name: &str,
    now: Timestamp,
) -> Result<Object, BucketError> {
    let key = format!("{}{name}", place.prefix());
    let coming = ask(outgoing, place, &key, &[], now).await?;
    let tag = coming.header("etag").map(listing::tag_of);
    Ok(Object { coming, tag })
}

async fn ask(
    outgoing: &Outgoing,
    place: Place<'_>,
    key: &str,
    query: &[(&str, &str)],
    now: Timestamp,
) -> Result<Coming, BucketError> {
    let bucket = place.bucket;
    let endpoint = bucket.endpoint.as_str();
    let (scheme, authority) = endpoint.split_once("://").unwrap_or(("https", endpoint));
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(usual).unwrap_or(authority);
    let (host, path) = match bucket.path_style {
        true => (authority.to_owned(), format!("/{}/{key}", bucket.bucket)),
        false => (format!("{}.{authority}", bucket.bucket), format!("/{key}")),
    };
    let (at, path) = (stamp(now), encoded(&path, true));
    let asking = Asking {
        host: &host,
        path: &path,
        query,
        headers: &[],
        at: &at,
    };
    let signed = asking.signed(Signer {
        key: &bucket.key,
        secret: bucket.secret.reveal(),
        region: &bucket.region,
    });
    let unsendable = || CallError::Url("the key of the store cannot stand in a header");
    let mut headers = Vec::with_capacity(signed.len());
    for (name, value) in signed {
        let name = HeaderName::try_from(name).map_err(|_| unsendable())?;
        let value = HeaderValue::try_from(value).map_err(|_| unsendable())?;
        headers.push((name, value));
    }
    let query = asking.query();
    let mark = if query.is_empty() { "" } else { "?" };
    let url = format!("{scheme}://{host}{path}{mark}{query}");
    let mut coming = outgoing.fetch(Asked { url, headers }).await?;
    match coming.status {
        200 => return Ok(coming),
        404 if !key.is_empty() => return Err(BucketError::Gone),
        _ => {}
    }
    let status = coming.status;
    let told = coming.whole(limits::OUTGOING_ANSWER_BYTES_MAX).await;
    let told = told.ok().flatten().unwrap_or_default();
    let (code, message) = listing::refusal(&told).unwrap_or_default();
    Err(BucketError::Refused {
        status,
        code,
        message,
    })
}

/// A moment like `20130524T000000Z`.
fn stamp(now: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn chain(error: &CallError) -> String {
    let cause = error.source().map(|it| format!(": {it}"));
    format!("{error}{}", cause.unwrap_or_default())
}
