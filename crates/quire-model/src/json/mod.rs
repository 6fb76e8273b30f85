//! JSON by its own bytes: strict checks, views without a tree, exact order.
//!
//! 1. [`Scanner::check`] reads foreign bytes once and either names the [`Fault`] or vouches for the text.
//! 2. [`compact_into`] takes the insignificant white space out of a vouched-for text; nothing else changes.
//! 3. [`Json`] walks such a text in place: no tree is built, numbers keep their digits.
//! 4. [`compare`] and [`equal`] order values by what they mean, [`Number`] does so for numbers of any size.
//! 5. [`pointer_at`] and [`line_column`] turn the offset of a fault into words for people.
//!
//! Nothing here recurses: depth costs heap, bounded by [`Limits::depth_max`] during a check.

mod block;
mod compact;
mod compare;
mod decimal;
mod escape;
mod fault;
mod iter;
mod keys;
mod kind;
mod limits;
mod locate;
mod number;
mod paths;
mod scanner;
mod skip;
mod table;
mod token;
mod view;
mod walk;
mod write;

pub use compact::compact_into;
pub use compare::{compare, equal};
pub use fault::{Fault, FaultKind};
pub use iter::{Fields, Items, Key};
pub use kind::Kind;
pub use limits::Limits;
pub use locate::{line_column, pointer_at};
pub use number::Number;
pub use scanner::{Checked, Scanner};
pub use view::Json;
pub use write::write_string;
