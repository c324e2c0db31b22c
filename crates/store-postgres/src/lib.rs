//! PostgreSQL as the event store.
