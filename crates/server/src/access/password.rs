//! Passwords: argon2id, few at a time, and as slow for unknown members as for known ones.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use throughline_model::limits;
use tokio::sync::Semaphore;

use super::secret::Secret;

/// Hashes and verifies passwords away from the threads that serve requests.
#[derive(Clone)]
pub struct Passwords {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Verified when the member is unknown, so that the answer takes as long.
    dummy: Arc<str>,
}

/// Why a password was not hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("password has fewer than {} characters", limits::PASSWORD_CHARS_MIN)]
    Short,
    #[error("password has more than {} characters", limits::PASSWORD_CHARS_MAX)]
    Long,
    #[error("too many passwords wait to be hashed")]
    Busy,
}

impl Passwords {
    /// Prepares the hashing, once per process.
    pub fn new() -> Self {
        Self {
            running: Arc::new(Semaphore::new(limits::PASSWORD_HASHES_MAX)),
            waiting: Arc::new(Semaphore::new(limits::PASSWORD_WAITING_MAX)),
            dummy: hash(&Secret::random()).into(),
        }
    }

    /// What is stored of a new password.
    pub async fn hash(&self, password: &Secret) -> Result<String, PasswordError> {
        let length = password.reveal().chars().count();
        if length < limits::PASSWORD_CHARS_MIN {
            return Err(PasswordError::Short);
        }
        if length > limits::PASSWORD_CHARS_MAX {
            return Err(PasswordError::Long);
        }
        let password = password.clone();
        self.run(move || hash(&password)).await
    }

    /// Whether the password is the stored one; false after the usual time when nothing is stored.
    pub async fn verify(
        &self,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, PasswordError> {
        if password.reveal().chars().count() > limits::PASSWORD_CHARS_MAX {
            return Err(PasswordError::Long);
        }
        let is_known = stored.is_some();
        let stored = stored.map_or_else(|| self.dummy.clone(), Arc::from);
        let password = password.clone();
        let is_equal = self
            .run(move || {
                Argon2::default()
                    .verify_password(password.reveal().as_bytes(), stored.as_ref())
                    .is_ok()
            })
            .await?;
        Ok(is_known && is_equal)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let waiting = self.waiting.clone().try_acquire_owned();
        let waiting = waiting.map_err(|_| PasswordError::Busy)?;
        let running = self.running.clone().acquire_owned().await;
        let running = running.expect("the semaphore is never closed");
        drop(waiting);
        let done = tokio::task::spawn_blocking(move || {
            let _running = running;
            work()
        });
        Ok(done.await.expect("hashing does not panic"))
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn hash(password: &Secret) -> String {
    // The defaults are argon2id with 19 MiB, two passes and one lane.
    Argon2::default()
        .hash_password(password.reveal().as_bytes())
        .expect("a bounded password and the system's random salt can always be hashed")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_password_verifies() {
        let passwords = Passwords::new();
        let right = Secret::from("correct horse");
        let stored = passwords.hash(&right).await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert_eq!(passwords.verify(&right, Some(&stored)).await, Ok(true));
        let wrong = Secret::from("correct mouse");
        assert_eq!(passwords.verify(&wrong, Some(&stored)).await, Ok(false));
        assert_eq!(passwords.verify(&right, None).await, Ok(false));
    }

    #[tokio::test]
    async fn lengths_are_bounded_before_anything_is_hashed() {
        let passwords = Passwords::new();
        let of = |length| Secret::from("x".repeat(length).as_str());
        assert_eq!(passwords.hash(&of(9)).await, Err(PasswordError::Short));
        assert_eq!(passwords.hash(&of(129)).await, Err(PasswordError::Long));
        let verified = passwords.verify(&of(100_000), None).await;
        assert_eq!(verified, Err(PasswordError::Long));
    }
}
