//! Requests that a browser sends on behalf of another site are refused before anything else.

use http::{HeaderMap, Method, header};

use crate::config::PublicUrl;

/// Why a request is taken for another site's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForeignError {
    #[error("request comes from another site")]
    OtherSite,
    #[error("request has no Origin header, which every call that changes something needs")]
    NoOrigin,
    #[error(
        "Origin is not the address of this server; behind a proxy set server.public_url to the address in the browser"
    )]
    OtherOrigin,
}

/// Checks what the browser says of where a call to our API comes from.
pub fn check(
    method: &Method,
    headers: &HeaderMap,
    public_url: Option<&PublicUrl>,
) -> Result<(), ForeignError> {
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    let changes = !(method == Method::GET || method == Method::HEAD);
    match text("sec-fetch-site") {
        None | Some("same-origin") => {}
        // `none` is a person who typed the address or opened a bookmark, which only reads.
        Some("none") if !changes => {}
        Some(_) => return Err(ForeignError::OtherSite),
    }
    if !changes {
        return Ok(());
    }
    let origin = text(header::ORIGIN.as_str()).ok_or(ForeignError::NoOrigin)?;
    let is_ours = match public_url {
        Some(url) => origin == url.as_str(),
        None => text(header::HOST.as_str())
            .is_some_and(|host| origin.strip_prefix("http://") == Some(host)),
    };
    if is_ours {
        Ok(())
    } else {
        Err(ForeignError::OtherOrigin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_of(
        method: Method,
        public: &str,
        headers: &[(&str, &str)],
    ) -> Result<(), ForeignError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        check(&method, &map, PublicUrl::parse(public).as_ref())
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let host = ("host", "localhost:7700");
        let ours = ("origin", "http://localhost:7700");
        for (headers, expected) in [
            (vec![host, ours], Ok(())),
            (vec![host, ours, ("sec-fetch-site", "same-origin")], Ok(())),
            (vec![host], Err(ForeignError::NoOrigin)),
            (
                vec![host, ("origin", "null")],
                Err(ForeignError::OtherOrigin),
            ),
            (
                vec![host, ("origin", "http://evil.example")],
                Err(ForeignError::OtherOrigin),
            ),
            (
                vec![host, ("origin", "https://localhost:7700")],
                Err(ForeignError::OtherOrigin),
            ),
            (
                vec![host, ("origin", "http://localhost:7701")],
                Err(ForeignError::OtherOrigin),
            ),
            (
                vec![host, ours, ("sec-fetch-site", "same-site")],
                Err(ForeignError::OtherSite),
            ),
            (
                vec![host, ours, ("sec-fetch-site", "none")],
                Err(ForeignError::OtherSite),
            ),
            (vec![ours], Err(ForeignError::OtherOrigin)),
        ] {
            assert_eq!(
                check_of(Method::POST, "", &headers),
                expected,
                "{headers:?}"
            );
        }
    }

    #[test]
    fn behind_a_proxy_only_the_public_address_counts() {
        let public = "https://shop.example";
        let proxied = ("host", "10.0.0.1:7700");
        let check = |origin| check_of(Method::POST, public, &[proxied, ("origin", origin)]);
        assert_eq!(check("https://shop.example"), Ok(()));
        assert_eq!(
            check("http://10.0.0.1:7700"),
            Err(ForeignError::OtherOrigin)
        );
    }

    #[test]
    fn reading_needs_no_origin_but_must_not_be_embedded_elsewhere() {
        assert_eq!(check_of(Method::GET, "", &[]), Ok(()));
        assert_eq!(
            check_of(Method::GET, "", &[("sec-fetch-site", "none")]),
            Ok(())
        );
        let foreign = check_of(Method::GET, "", &[("sec-fetch-site", "cross-site")]);
        assert_eq!(foreign, Err(ForeignError::OtherSite));
    }
}
