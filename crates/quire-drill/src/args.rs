//! What the command line asks for.

use std::str::FromStr;

pub(crate) const USAGE: &str = "\
usage: cargo xtask drill [--seeds N] [--seed S] [--states N] [--long] [--plant BUG] [--trace]

  --seeds N     so many seeds, from 0 on (2000)
  --seed S      this seed only
  --states N    crash states for each power cut where there are too many for all (12)
  --long        go on until 100,000 crash states were examined
  --plant BUG   with this bug in the engine
  --trace       with --seed: of a failure, the calls to the disk before it

Without --seed and --plant every planted bug is tried too, and has to be found.";

/// Crash states for each power cut, unless others are asked for.
pub(crate) const STATES: usize = 12;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Args {
    pub(crate) seeds: u64,
    pub(crate) seed: Option<u64>,
    pub(crate) states: usize,
    pub(crate) long: bool,
    pub(crate) plant: Option<String>,
    pub(crate) trace: bool,
    pub(crate) help: bool,
}

impl Args {
    pub(crate) fn parse(words: &[String]) -> Result<Args, String> {
        let mut args = Args {
            seeds: 2000,
            seed: None,
            states: STATES,
            long: false,
            plant: None,
            trace: false,
            help: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--seeds" => args.seeds = value(word, words.next())?,
                "--seed" => args.seed = Some(value(word, words.next())?),
                "--states" => args.states = value(word, words.next())?,
                "--long" => args.long = true,
                "--plant" => args.plant = Some(value(word, words.next())?),
                "--trace" => args.trace = true,
                "--help" | "-h" => args.help = true,
                _ => return Err(format!("{word} is not known here")),
            }
        }
        Ok(args)
    }
}

fn value<T: FromStr>(flag: &str, word: Option<&String>) -> Result<T, String> {
    let word = word.ok_or_else(|| format!("{flag} needs a value"))?;
    word.parse().map_err(|_| format!("{word} is not a value for {flag}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_and_strange_ones_refused() {
        let parse = |line: &str| Args::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let args = parse("--seed 7 --states 3 --trace").unwrap();
        assert_eq!((args.seed, args.states, args.trace, args.seeds), (Some(7), 3, true, 2000));
        assert!(parse("--seeds").is_err() && parse("--seeds x").is_err() && parse("--sed 1").is_err());
    }
}
