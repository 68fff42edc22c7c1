//! The problems that are planted in the shop, with the sizes of their effects.
//!
//! The simulation reads its probabilities from here, so the truth that is written beside the
//! data cannot differ from what was done.

/// Express parcels to one region: promised in two days, there after about four.
pub(super) const EXPRESS_PROMISED_DAYS: i64 = 2;
/// Days late of express parcels to that region, as quantiles.
pub(super) const LATE_DAYS: [f64; 6] = [0.6, 1.4, 2.0, 2.5, 3.2, 5.5];
/// Share of the other parcels that come late, and by how many days.
pub(super) const OTHER_LATE_SHARE: f64 = 0.07;
pub(super) const OTHER_LATE_DAYS: [f64; 4] = [0.2, 0.8, 1.3, 3.0];
/// What one day of delay takes from a score of 1 to 5, up to a most.
pub(super) const SCORE_LOST_PER_DAY: f64 = 0.75;
pub(super) const SCORE_LOST_MOST: f64 = 2.6;

/// Handling fee for bulky goods, in hundredths, that shows first beside the delivery choice.
pub(super) const HANDLING_FEE: i64 = 1_490;
/// Share that goes on to pay after choosing a delivery, without and with the fee.
pub(super) const PAYS: f64 = 0.90;
pub(super) const PAYS_WITH_FEE: f64 = 0.66;
/// What the fee takes from the score.
pub(super) const SCORE_LOST_BY_FEE: f64 = 0.6;

/// The coupon pop-up at the web checkout is shown by lot to this share.
pub(super) const POPUP_SHARE: f64 = 0.4;
/// Share that goes on to the address, without and with the pop-up.
pub(super) const GOES_ON: f64 = 0.88;
pub(super) const GOES_ON_WITH_POPUP: f64 = 0.71;

/// The first reminder of a cart: one in ten is held back, by lot.
pub(super) const REMINDER_HOLDOUT: f64 = 0.1;
/// Share that comes back to the cart within three days by itself, and more with the reminder.
pub(super) const RETURNS_ALONE: f64 = 0.10;
pub(super) const RETURNS_BY_REMINDER: f64 = 0.09;
/// The second, equal reminder goes by lot to half of those who did not come back.
pub(super) const DUPLICATE_SHARE: f64 = 0.5;
pub(super) const UNSUBSCRIBES: f64 = 0.005;
pub(super) const UNSUBSCRIBES_BY_DUPLICATE: f64 = 0.05;

/// Share of address forms that the new app version refuses, and how often in a row.
pub(super) const ADDRESS_REFUSED: f64 = 0.45;
pub(super) const ADDRESS_REFUSED_AGAIN: f64 = 0.5;
/// Share that gives up at each refusal.
pub(super) const GIVES_UP_PER_REFUSAL: f64 = 0.25;
/// What an order after such a fight takes from the score.
pub(super) const SCORE_LOST_BY_REFUSAL: f64 = 0.5;
/// Share of address forms refused elsewhere, once.
pub(super) const ADDRESS_REFUSED_ELSEWHERE: f64 = 0.04;

/// Share of searches without a result, and what leaves at once after a search.
pub(super) const SEARCH_EMPTY: f64 = 0.16;
pub(super) const LEAVES_AFTER_SEARCH: f64 = 0.12;
pub(super) const LEAVES_AFTER_EMPTY_SEARCH: f64 = 0.46;

/// Share of web carts that ask for help; by lot half get the phone, half the chat.
pub(super) const ASKS_FOR_HELP: f64 = 0.08;
/// Share that goes on to the checkout after the talk; on the phone the cart has to be told again.
pub(super) const GOES_ON_AFTER_CHAT: f64 = 0.66;
pub(super) const GOES_ON_AFTER_CALL: f64 = 0.27;

/// One campaign leads to a product that is sold out. Share that leaves at once.
pub(super) const BOUNCES: f64 = 0.30;
pub(super) const BOUNCES_SOLD_OUT: f64 = 0.72;

/// First payments wait for a person to look at them: hours, as quantiles.
pub(super) const REVIEW_HOURS: [f64; 6] = [18.0, 34.0, 44.0, 52.0, 62.0, 96.0];
/// Share that cancels in the meantime, per day of waiting.
pub(super) const CANCELS_PER_DAY: f64 = 0.10;
/// Share of the other payments that are canceled at once.
pub(super) const CANCELS: f64 = 0.01;

/// Hours to the first answer to a ticket: about returns, and about all else.
pub(super) const ANSWER_HOURS_RETURNS: [f64; 5] = [26.0, 42.0, 52.0, 64.0, 110.0];
pub(super) const ANSWER_HOURS: [f64; 5] = [0.5, 4.0, 8.0, 14.0, 30.0];
/// What a day of waiting takes from the score of a ticket.
pub(super) const TICKET_SCORE_LOST_PER_DAY: f64 = 0.65;
