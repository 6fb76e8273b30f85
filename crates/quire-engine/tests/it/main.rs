//! The engine from outside: through `Store` and the bytes that it leaves on a disk.

// A helper that cannot go on stops the test.
#![allow(clippy::unwrap_used)]

mod backends;
mod check;
mod contract;
mod crash;
mod damage;
mod faults;
mod hooked;
mod inspect;
mod model;
mod restart;
mod scripts;
mod stepped;
mod support;
mod threads;
mod writes;
