//! Bodies as they arrive: whole, within limits, and never more of them than fit into memory.

use std::{future::Future, sync::Arc};

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use throughline_model::{Span, limits};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::http::refusal::{Code, Refusal};

/// Memory for bodies, shared by all requests.
#[derive(Debug)]
pub struct Room(Arc<Semaphore>);

/// A body, and the room that it takes as long as it is there.
#[derive(Debug)]
pub struct Received {
    pub bytes: Bytes,
    _place: Option<OwnedSemaphorePermit>,
}

const UNIT_BYTES: usize = 1 << 10;

impl Room {
    /// Room for as many bytes, about.
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / UNIT_BYTES)))
    }

    /// Reads a body to its end.
    pub async fn receive(&self, body: &mut Body) -> Result<Received, Refusal> {
        timeout(limits::BODY_WAIT_MAX, self.gather(body))
            .await
            .unwrap_or_else(|_| Err(slow()))
    }

    /// Takes room for bytes that are here already.
    pub fn hold(&self, bytes: Bytes) -> Result<Received, Refusal> {
        let place = self.take(bytes.len())?;
        Ok(Received {
            bytes,
            _place: Some(place),
        })
    }

    async fn gather(&self, body: &mut Body) -> Result<Received, Refusal> {
        let bytes_max = limits::BODY_BYTES_MAX;
        if HttpBody::size_hint(body).lower() > bytes_max as u64 {
            return Err(large());
        }
        let mut chunks: Vec<Bytes> = Vec::with_capacity(1);
        let mut place: Option<OwnedSemaphorePermit> = None;
        let mut bytes_count = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| broken())?;
            let Ok(chunk) = frame.into_data() else {
                continue;
            };
            bytes_count += chunk.len();
            if bytes_count > bytes_max {
                return Err(large());
            }
            let taken = self.take(chunk.len())?;
            match &mut place {
                Some(place) => place.merge(taken),
                None => place = Some(taken),
            }
            chunks.push(chunk);
        }
        // Most bodies come in one piece, which is then passed on as it is.
        let bytes = match chunks.as_mut_slice() {
            [whole] => std::mem::take(whole),
            pieces => joined(pieces, bytes_count),
        };
        Ok(Received {
            bytes,
            _place: place,
        })
    }

    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX);
        Arc::clone(&self.0)
            .try_acquire_many_owned(units)
            .map_err(|_| full())
    }
}

/// Reads the rest of a body that was refused: a client that is still sending misses the answer.
pub async fn discard(headers: &HeaderMap, body: &mut Body) {
    // Who asks before sending has not begun to.
    if headers.contains_key(header::EXPECT) {
        return;
    }
    let reading = async {
        let mut rest = limits::BODY_DISCARDED_BYTES_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            match rest.checked_sub(bytes) {
                Some(less) => rest = less,
                None => return,
            }
        }
    };
    within_wait(reading).await;
}

async fn within_wait(reading: impl Future<Output = ()>) {
    // Slower than that, and the client has to do without an answer.
    let _ = timeout(limits::BODY_WAIT_MAX, reading).await;
}

fn joined(pieces: &[Bytes], bytes_count: usize) -> Bytes {
    let mut whole = BytesMut::with_capacity(bytes_count);
    for piece in pieces {
        whole.extend_from_slice(piece);
    }
    whole.freeze()
}

fn large() -> Refusal {
    let message = throughline_ingest::Refusal::BodyTooLarge.to_string();
    Refusal::new(Code::BodyLarge, message)
}

fn broken() -> Refusal {
    Refusal::new(Code::BodySyntax, "the body broke off")
}

fn slow() -> Refusal {
    let message = "the body took too long to arrive; send it again";
    Refusal::new(Code::EventsBusy, message).retry_after(Span::seconds(1))
}

fn full() -> Refusal {
    let message = "too many bodies arrive at the same time; try again in a moment";
    Refusal::new(Code::EventsBusy, message).retry_after(Span::seconds(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn receive(room: &Room, bytes: usize) -> Result<Received, Code> {
        let received = room.receive(&mut Body::from(vec![b'x'; bytes])).await;
        received.map_err(|refusal| refusal.code())
    }

    #[tokio::test]
    async fn a_body_takes_room_as_long_as_it_is_there() {
        let room = Room::new(8 << 10);
        let first = receive(&room, 6_000).await.unwrap();
        assert_eq!(first.bytes.len(), 6_000);
        assert_eq!(receive(&room, 6_000).await.err(), Some(Code::EventsBusy));
        assert!(receive(&room, 100).await.is_ok());
        drop(first);
        assert!(receive(&room, 6_000).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_announced_too_large_is_not_even_read() {
        let room = Room::new(64 << 20);
        assert!(receive(&room, limits::BODY_BYTES_MAX).await.is_ok());
        let large = receive(&room, limits::BODY_BYTES_MAX + 1).await;
        assert_eq!(large.err(), Some(Code::BodyLarge));
    }

    #[test]
    fn pieces_are_joined_in_their_order() {
        let pieces = [Bytes::from_static(b"ab"), Bytes::from_static(b"c")];
        assert_eq!(joined(&pieces, 3), "abc");
        assert_eq!(joined(&[], 0), "");
    }
}
