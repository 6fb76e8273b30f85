//! The client against servers that say exactly what a test wants them to say.

mod connections;
mod scripted;
mod shapes;
