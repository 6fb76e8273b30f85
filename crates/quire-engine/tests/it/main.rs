//! The engine from outside: through `Store` and the bytes that it leaves on a disk.

mod crash;
mod damage;
mod model;
mod restart;
mod support;
mod writes;
