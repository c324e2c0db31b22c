//! Versions of the tables, partitions, ids and what is told of the store.
