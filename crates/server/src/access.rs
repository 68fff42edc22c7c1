//! Who may do what: secrets, passwords, sessions and the gate before every handler.

pub mod gate;
pub mod limiter;
pub mod origin;
pub mod pace;
pub mod password;
pub mod secret;
