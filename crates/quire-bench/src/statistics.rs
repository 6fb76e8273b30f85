//! Medians and percentiles.

/// The middle of the values; nothing where there are none.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[n / 2]),
        n => Some((sorted[n / 2 - 1] + sorted[n / 2]) / 2.0),
    }
}

/// The smallest and the largest value; nothing where there are none.
pub(crate) fn range(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some((*sorted.first()?, *sorted.last()?))
}

/// The 50th, 95th and 99th percentile of latencies, in microseconds.
pub(crate) fn percentiles_us(latencies_ns: &[u64]) -> Option<[f64; 3]> {
    let mut sorted = latencies_ns.to_vec();
    sorted.sort_unstable();
    if sorted.is_empty() {
        return None;
    }
    Some(
        [50, 95, 99].map(|percent| sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)] as f64 / 1e3),
    )
}

/// A number for a table: enough digits to compare, none to spare.
pub(crate) fn figure(value: Option<f64>) -> String {
    match value {
        None => String::new(),
        Some(value) if value.abs() >= 1000.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let latencies_ns: Vec<u64> = (1..=100).rev().map(|n| n * 1000).collect();
        assert_eq!(percentiles_us(&latencies_ns), Some([51.0, 96.0, 100.0]));
        assert_eq!(percentiles_us(&[7000]), Some([7.0; 3]));
        assert_eq!(percentiles_us(&[]), None);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[]), None);
    }
}
