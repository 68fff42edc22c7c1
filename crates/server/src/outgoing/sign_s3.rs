//! Proof of who asks an object store: Signature Version 4 of AWS, for requests without a body.

use sha2::{Digest, Sha256};

use super::sign::{hex, hmac_sha256};

/// The SHA-256 of nothing.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    pub key: &'a str,
    pub secret: &'a str,
    pub region: &'a str,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    pub host: &'a str,
    /// Encoded as it stands in the request.
    pub path: &'a str,
    /// Names and values, not encoded.
    pub query: &'a [(&'a str, &'a str)],
    /// More headers, with their names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// Like `20130524T000000Z`.
    pub at: &'a str,
}

impl Asking<'_> {
    /// The query as it stands in the request.
    pub fn query(&self) -> String {
        let mut pairs: Vec<(String, String)> = (self.query.iter())
            .map(|(name, value)| (encoded(name, false), encoded(value, false)))
            .collect();
        pairs.sort_unstable();
        let pairs: Vec<String> = (pairs.iter())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }

    /// The headers to send, besides that of the host.
    pub fn signed(&self, signer: Signer<'_>) -> Vec<(String, String)> {
        let mut headers = vec![
            ("host", self.host),
            ("x-amz-content-sha256", EMPTY),
            ("x-amz-date", self.at),
        ];
        headers.extend_from_slice(self.headers);
        headers.sort_unstable();
        let names: Vec<&str> = headers.iter().map(|it| it.0).collect();
        let names = names.join(";");
        let lines: String = (headers.iter())
            .map(|(name, value)| format!("{name}:{}\n", value.trim()))
            .collect();
        let request = format!(
            "GET\n{}\n{}\n{lines}\n{names}\n{EMPTY}",
            self.path,
            self.query()
        );
        let day = self.at.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/s3/aws4_request", signer.region);
        let digest = hex(&Sha256::digest(request));
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{digest}", self.at);
        let mut key = hmac_sha256(format!("AWS4{}", signer.secret).as_bytes(), day.as_bytes());
        for part in [signer.region, "s3", "aws4_request"] {
            key = hmac_sha256(&key, part.as_bytes());
        }
        let signature = hex(&hmac_sha256(&key, text.as_bytes()));
        let proof = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
            signer.key
        );
        headers.retain(|it| it.0 != "host");
        let owned = headers.into_iter();
        let owned = owned.map(|(name, value)| (name.to_owned(), value.to_owned()));
        owned.chain([("authorization".to_owned(), proof)]).collect()
    }
}

/// A text as it stands in an address. In a path the slashes stay.
pub fn encoded(text: &str, is_path: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            b'/' if is_path => encoded.push('/'),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNER: Signer<'_> = Signer {
        key: "AKIAIOSFODNN7EXAMPLE",
        secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        region: "us-east-1",
    };

    /// The examples of the Amazon S3 API Reference, *Signature Calculations for the Authorization
    /// Header: Transferring Payload in a Single Chunk*.
    #[test]
    fn signatures_are_those_of_the_reference() {
        let asking = Asking {
            host: "examplebucket.s3.amazonaws.com",
            path: "/",
            query: &[],
            headers: &[],
            at: "20130524T000000Z",
        };
        for (asking, signature) in [
            (
                Asking {
                    path: "/test.txt",
                    headers: &[("range", "bytes=0-9")],
                    ..asking
                },
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            ),
            (
                Asking {
                    query: &[("lifecycle", "")],
                    ..asking
                },
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
            ),
            (
                Asking {
                    query: &[("prefix", "J"), ("max-keys", "2")],
                    ..asking
                },
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
            ),
        ] {
            let headers = asking.signed(SIGNER);
            let proof = &headers.last().expect("a proof").1;
            assert!(proof.ends_with(signature), "{proof}");
        }
    }

    #[test]
    fn a_text_is_encoded_byte_by_byte() {
        assert_eq!(encoded("a b/ü+~.csv", true), "a%20b/%C3%BC%2B~.csv");
        assert_eq!(encoded("a/b=c", false), "a%2Fb%3Dc");
    }
}
