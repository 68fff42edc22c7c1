//! Names become addresses here, once for each call.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    net::{IpAddr, SocketAddr},
    sync::Mutex,
};

/// Where addresses come from.
#[derive(Debug)]
pub enum Resolver {
    /// The machine's.
    System,
    /// One that tests write: what a name leads to, one answer after the other.
    Scripted(Mutex<BTreeMap<String, VecDeque<Vec<IpAddr>>>>),
}

impl Resolver {
    /// A resolver that gives these answers, each once.
    pub fn scripted<'a>(answers: impl IntoIterator<Item = (&'a str, &'a [&'a str])>) -> Self {
        let mut script: BTreeMap<String, VecDeque<Vec<IpAddr>>> = BTreeMap::new();
        for (name, addresses) in answers {
            let addresses = addresses.iter().filter_map(|it| it.parse().ok()).collect();
            script
                .entry(name.to_owned())
                .or_default()
                .push_back(addresses);
        }
        Self::Scripted(Mutex::new(script))
    }

    /// The addresses of a host, which may be an address itself in any way of writing it.
    pub async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        match self {
            Self::System => Ok(tokio::net::lookup_host((host, port)).await?.collect()),
            Self::Scripted(script) => {
                let mut script = script
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                let answer = script.get_mut(host).and_then(VecDeque::pop_front);
                let unknown = || io::Error::new(io::ErrorKind::NotFound, "no such name");
                let addresses = answer.ok_or_else(unknown)?.into_iter();
                Ok(addresses.map(|it| SocketAddr::new(it, port)).collect())
            }
        }
    }
}
