//! The SQL of each kind of plan, to the letter, and what has none.
