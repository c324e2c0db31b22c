//! Where visitors are: countries by Zipf's law, and in each of them regions and cities, as a database of cities
//! tells them.

use bytestring::ByteString;
use millrace_event::Place;

use crate::dice::{Dice, Weighted};

/// How many places are drawn; the rarest cities are in none of them.
const SPOTS: usize = 16_384;
/// The cities of a region that a database knows.
const CITIES: usize = 8;

/// Places, drawn once, so that writing an event is taking one of them.
#[derive(Debug)]
pub(super) struct Places(Vec<Place>);

impl Places {
    pub(super) fn new() -> Self {
        let mut dice = Dice::new(0x70_1ace);
        let countries = Weighted::zipf(COUNTRIES.len(), 1.0);
        let cities = Weighted::zipf(CITIES, 1.0);
        let spots = (0..SPOTS).map(|_| {
            // Of some addresses nothing is known, of others no more than the country.
            let known = dice.below(100);
            let rank = countries.draw(&mut dice);
            let code = COUNTRIES[rank];
            let region = Weighted::zipf(regions(rank), 0.9).draw(&mut dice);
            let city = city(rank * 100 + region * CITIES + cities.draw(&mut dice));
            Place {
                country: (known >= 2).then(|| code.parse().expect("a country")),
                region: (known >= 6).then(|| format!("{code}-{:02}", region + 1).into()),
                city: (known >= 12).then_some(city),
            }
        });
        Self(spots.collect())
    }

    /// Where the one with this number is.
    pub(super) fn of(&self, number: u32) -> &Place {
        &self.0[number as usize % SPOTS]
    }
}

/// How many regions a country has: large ones are mostly those that many come from.
fn regions(rank: usize) -> usize {
    24 - rank / 3
}

/// A name as long as those of cities are.
fn city(number: usize) -> ByteString {
    let first = FIRST[number % FIRST.len()];
    let last = LAST[number / FIRST.len() % LAST.len()];
    match number / (FIRST.len() * LAST.len()) {
        0 => format!("{first}{last}").into(),
        more => format!("{} {first}{last}", BEFORE[more % BEFORE.len()]).into(),
    }
}

const BEFORE: [&str; 5] = ["Upper", "New", "San", "Bad", "Lower"];
const FIRST: [&str; 20] = [
    "North", "Green", "River", "Stone", "Lake", "Oak", "Mill", "Ash", "Fair", "King", "Clear", "Red", "Win",
    "Hart", "West", "Bridge", "Spring", "Ever", "Marl", "Cold",
];
const LAST: [&str; 15] = [
    "field", "ton", "burg", "ford", "haven", "bridge", "wood", "port", "dale", "stad", "ville", "mouth",
    "well", "hill", "minster",
];
const COUNTRIES: [&str; 60] = [
    "US", "DE", "IN", "GB", "FR", "BR", "JP", "CA", "ES", "NL", "IT", "AU", "PL", "MX", "CN", "SE", "CH",
    "AT", "TR", "ID", "KR", "RU", "UA", "BE", "CZ", "PT", "DK", "NO", "FI", "AR", "ZA", "IE", "RO", "HU",
    "GR", "CO", "PH", "VN", "TH", "MY", "SG", "HK", "TW", "IL", "AE", "SA", "EG", "NG", "KE", "PK", "BD",
    "CL", "PE", "NZ", "SK", "BG", "HR", "RS", "LT", "EE",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_sixty_countries_and_thousands_of_cities() {
        let places = Places::new();
        let all = || (0..SPOTS as u32).map(|number| places.of(number));
        let countries: HashSet<_> = all().filter_map(|place| place.country).collect();
        assert_eq!(countries.len(), COUNTRIES.len());
        let cities: HashSet<_> = all().filter_map(|place| place.city.clone()).collect();
        assert!(cities.len() > 1_000, "{} cities", cities.len());
        let first = all().filter(|place| place.country == "US".parse().ok()).count() as f64 / SPOTS as f64;
        assert!((0.17..0.25).contains(&first), "{first} of all are in the first country");
        assert!(all().all(|place| place.city.is_none() || place.region.is_some()));
    }
}
