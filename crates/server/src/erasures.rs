//! A person goes, everywhere: out of the raw log, the files of imports, the tables and the parts.
//! So do events that are past the limit that the workspace has set.
//!
//! What asks for it is kept in a file of the workspace with how far it is, so a stop at any moment
//! is taken up again. The log is blanked in place, and everything else is made from it once more,
//! beside what is there, while questions are answered and events taken in as ever.
//!
//! What comes of the person later is refused, where that was asked for, and taken out of the log as
//! well, until a member lifts it.

mod erased;
mod files;
mod ledger;
mod mention;
mod pack;
mod past;
mod refused;
mod scan;
mod survey;
mod sweep;
mod sweeping;
pub mod work;

pub use erased::{Erased, Gone};
pub use ledger::{Erasure, ErasureState, Found, Ledger, LedgerError, Left, Lifted};
pub use survey::{Survey, survey};
pub use sweep::{Sweep, Swept, next_due};
pub use sweeping::limits_of;
