//! How often something happens, and to how many.

use serde::Serialize;
use throughline_model::ProfileId;
use utoipa::ToSchema;

/// How often, and by how many different profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Passes {
    pub times: u64,
    pub profiles: u64,
}

/// Passes while they are counted. Each profile is seen at once, so it was counted when it was the last one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Marked {
    pub(crate) passes: Passes,
    last: Option<ProfileId>,
}

impl Marked {
    /// Counts one.
    pub(crate) fn add(&mut self, profile: ProfileId) {
        self.passes.times += 1;
        self.passes.profiles += u64::from(self.is_new(profile));
        self.last = Some(profile);
    }

    /// Whether the profile was not counted yet.
    pub(crate) fn is_new(&self, profile: ProfileId) -> bool {
        self.last != Some(profile)
    }

    /// Adds all times of a profile that was not counted before.
    pub(crate) fn add_times(&mut self, times: u64) {
        self.passes.times += times;
        self.passes.profiles += u64::from(times > 0);
    }

    /// Adds what another thread has counted, which has seen other profiles.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.passes.times += other.passes.times;
        self.passes.profiles += other.passes.profiles;
    }
}
