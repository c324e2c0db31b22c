//! One computation a question: of all who ask the same at the same time, one computes and the others share it.
//!
//! - Whoever holds the outcome's lock computes. The others wait for the lock, each until its own deadline.
//! - One who goes away in the middle, as clients do, or whose time is up, leaves the outcome open: the next in line
//!   computes. So nobody waits for someone who is gone.
//! - A decided outcome takes no more passengers: who asks later starts anew, at the cache.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::value::RawValue;

use super::Key;
use crate::error::Failure;

/// The computations under way. There are never more than there are requests.
#[derive(Debug, Default)]
pub(super) struct Flights {
    under_way: Mutex<HashMap<Key, Boarding>>,
}

#[derive(Debug)]
struct Boarding {
    flight: Arc<Flight>,
    passengers: usize,
}

type Flight = tokio::sync::Mutex<Outcome>;

/// What became of a computation.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing yet: whoever sees this computes.
    Open,
    /// The answer.
    Answered(Arc<RawValue>),
    /// It failed for all.
    Failed(Arc<Failure>),
}

/// A place in a computation, given up when this goes.
#[derive(Debug)]
pub(super) struct Seat<'a> {
    flights: &'a Flights,
    key: Key,
    flight: Arc<Flight>,
}

impl Flights {
    /// Joins the computation of `key`, or begins one.
    pub(super) fn board(&self, key: Key) -> Seat<'_> {
        let mut under_way = self.under_way.lock();
        let boarding = under_way.entry(key).or_insert_with(|| Boarding {
            flight: Arc::new(tokio::sync::Mutex::new(Outcome::Open)),
            passengers: 0,
        });
        boarding.passengers += 1;
        Seat { flights: self, key, flight: Arc::clone(&boarding.flight) }
    }
}

impl Seat<'_> {
    /// The outcome, once nobody else is at it.
    pub(super) async fn outcome(&self) -> tokio::sync::MutexGuard<'_, Outcome> {
        self.flight.lock().await
    }

    /// From now on nobody joins.
    pub(super) fn close(&self) {
        self.change(|_| 0);
    }

    /// Changes the number of passengers; a flight without any is forgotten. There may be another flight by now.
    fn change(&self, passengers: impl FnOnce(usize) -> usize) {
        let mut under_way = self.flights.under_way.lock();
        if let Some(boarding) = under_way.get_mut(&self.key)
            && Arc::ptr_eq(&boarding.flight, &self.flight)
        {
            boarding.passengers = passengers(boarding.passengers);
            if boarding.passengers == 0 {
                under_way.remove(&self.key);
            }
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.change(|passengers| passengers - 1);
    }
}

#[cfg(test)]
mod tests {
    use millrace_catalog::memory::site;

    use super::*;
    use crate::cache::question::Question;

    #[test]
    fn a_flight_is_forgotten_with_its_last_passenger_or_when_it_is_closed() {
        let flights = Flights::default();
        let count = || flights.under_way.lock().len();
        let key = Question::about("r", &site("demo")).key();
        let (one, other) = (flights.board(key), flights.board(key));
        assert!(Arc::ptr_eq(&one.flight, &other.flight));
        drop(one);
        assert_eq!(count(), 1);
        other.close();
        assert_eq!(count(), 0);
        // What leaves an old flight does not touch the new one.
        let later = flights.board(key);
        assert!(!Arc::ptr_eq(&later.flight, &other.flight));
        other.close();
        drop(other);
        assert_eq!(count(), 1);
        drop(later);
        assert_eq!(count(), 0);
    }
}
