//! Tests of the disk queue through its public names: the contract, a model, damage, full disks, failing
//! syncs, recovery and age.

mod age;
mod conformance;
mod damage;
mod full;
mod memory;
mod model;
mod recovery;
mod redis;
mod support;
mod sync_failure;
