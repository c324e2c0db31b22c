//! Events as CSV: a column for each of [`COLUMNS`].

use std::fmt::Display;

use millrace_event::Event;
use millrace_store::StoreError;

use super::Encoder;
use crate::csv::Csv;
use crate::lists::columns::{COLUMNS, Of};
use crate::lists::event::{amount, seconds};

/// The table, and whether its names are written.
#[derive(Default)]
pub(super) struct Table {
    csv: Csv,
    is_begun: bool,
}

impl Table {
    fn begin(&mut self) {
        if !self.is_begun {
            self.csv.texts(COLUMNS.iter().map(|column| column.name));
            self.is_begun = true;
        }
    }
}

fn number(csv: &mut Csv, number: Option<impl Display>) -> &mut Csv {
    match number {
        Some(number) => csv.number(number),
        None => csv.empty(),
    }
}

impl Encoder for Table {
    fn events(&mut self, events: &[Event]) -> Result<Vec<u8>, StoreError> {
        self.begin();
        let csv = &mut self.csv;
        for event in events {
            for column in &COLUMNS {
                match column.of {
                    Of::Text(of) => match of(event) {
                        Some(text) => csv.text(&text),
                        None => csv.empty(),
                    },
                    Of::Instant(of) => csv.number(of(event)),
                    Of::Whole(of) => number(csv, of(event)),
                    Of::Seconds(of) => number(csv, of(event).map(seconds)),
                    Of::Amount(of) => number(csv, of(event).map(amount)),
                    Of::Flag(of) => csv.number(of(event)),
                };
            }
            csv.end_row();
        }
        Ok(csv.take().into_bytes())
    }

    fn end(mut self: Box<Self>) -> Result<Vec<u8>, StoreError> {
        self.begin();
        Ok(self.csv.take().into_bytes())
    }
}
