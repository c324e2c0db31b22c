//! Several workers on one database, and answers that get lost.
