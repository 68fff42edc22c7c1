//! What the shop paid for its campaigns, day by day.

use throughline_model::{Channel, Timestamp, Zone, cost::CostRow};

use super::{Demo, life::DAY, visit::CAMPAIGNS};
use crate::rng::Rng;

/// What a click costs in each campaign, in cents; one of them pays for clicks on what cannot be bought.
const CLICK_CENTS: [i64; 6] = [180, 260, 320, 410, 90, 70];

/// Clicks that a platform counts for each hundred people of the shop on a usual day.
const CLICKS_PER_HUNDRED: f64 = 1.9;

impl Demo {
    /// The bills of the ad platforms: every day and campaign, the days those of a zone.
    pub fn costs(&self, zone: &Zone) -> Vec<CostRow> {
        let mut rows = Vec::new();
        let weights: u32 = CAMPAIGNS.iter().map(|it| it.1).sum();
        for day in 0..self.days {
            // Noon, as the first day begins in the middle of one.
            let at = Timestamp(self.start() + i64::from(day) * DAY + DAY / 2);
            let date = at.in_zone(zone).date();
            let growth = 0.75 + 0.5 * f64::from(day) / f64::from(self.days.max(1));
            for (index, (campaign, weight)) in CAMPAIGNS.iter().enumerate() {
                let mut rng = Rng::new(self.seed ^ 0x636f_7374, u64::from(day) * 16 + index as u64);
                let share = f64::from(*weight) / f64::from(weights);
                let usual = f64::from(self.profiles) / 100.0 * CLICKS_PER_HUNDRED * share * growth;
                let clicks = (usual * (0.8 + 0.4 * rng.unit())).round() as i64;
                let cents = clicks * CLICK_CENTS[index] * rng.between(92, 108) / 100;
                let impressions = clicks * rng.between(38, 61);
                let channel = match campaign.medium {
                    "social" => Channel::Social,
                    _ => Channel::Ads,
                };
                rows.push(CostRow {
                    day: date.to_string(),
                    channel: channel.name().to_owned(),
                    source: campaign.source.to_owned(),
                    campaign: campaign.name.to_owned(),
                    medium: campaign.medium.to_owned(),
                    amount: format!("{}.{:02}", cents / 100, cents % 100),
                    currency: "CNY".to_owned(),
                    impressions: impressions.to_string(),
                    clicks: clicks.to_string(),
                    ..CostRow::default()
                });
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use throughline_model::cost::joined;

    use super::*;

    #[test]
    fn every_day_of_every_campaign_has_one_bill_and_the_same_shop_the_same() {
        let shop = Demo {
            profiles: 2_000,
            days: 30,
            ..Demo::new(Timestamp(1_790_000_000_000))
        };
        let rows = shop.costs(&Zone::UTC);
        assert_eq!(rows.len(), 30 * CAMPAIGNS.len());
        assert_eq!(rows, shop.costs(&Zone::UTC));
        let costs: Vec<_> = rows.iter().map(|it| it.read().expect("sound").0).collect();
        let eur = throughline_model::cost::Currency::parse("EUR").expect("known");
        let each = costs.iter().map(|it| (eur, it.clone()));
        assert_eq!(joined(each).len(), costs.len());
        assert!(costs.iter().map(|it| it.paid.micros).sum::<i128>() > 0);
    }
}
