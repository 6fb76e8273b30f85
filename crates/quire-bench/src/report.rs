//! A table on the screen, the same as CSV, and a plot of it.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// One measured figure of one subject.
pub(crate) struct Row {
    /// What was measured, such as `1 thread`.
    pub(crate) case: String,
    /// Who, such as `QuireDB`.
    pub(crate) subject: String,
    /// One value for each round, larger is better.
    pub(crate) rounds: Vec<f64>,
    /// How long single operations took, over all rounds, in nanoseconds; empty where that was not measured.
    pub(crate) latencies_ns: Vec<u64>,
}

impl Row {
    pub(crate) fn new(case: &str, subject: &str) -> Row {
        Row {
            case: case.to_owned(),
            subject: subject.to_owned(),
            rounds: Vec::new(),
            latencies_ns: Vec::new(),
        }
    }

    /// The 50th, 95th and 99th percentile of the latencies, in microseconds, with commas before them.
    fn percentiles(&self) -> String {
        let mut sorted = self.latencies_ns.clone();
        sorted.sort_unstable();
        let at = |percent: usize| {
            sorted.get(sorted.len() * percent / 100).map(|ns| format!("{:.1}", *ns as f64 / 1e3))
        };
        [50, 95, 99].map(|percent| format!(",{}", at(percent).unwrap_or_default())).concat()
    }
}

/// What the figures were measured on: the commit, the processor, the system.
fn machine() -> String {
    let first_line = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
        line.rsplit(':').next().unwrap_or_default().trim().to_owned()
    };
    let commit = std::process::Command::new("git").args(["describe", "--always", "--dirty"]).output();
    let commit = commit.map_or(String::new(), |out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
    format!(
        "commit {commit}; {cores} cores of {}; Linux {}",
        first_line("/proc/cpuinfo", "model name"),
        first_line("/proc/sys/kernel/osrelease", "")
    )
}

/// A whole benchmark's result.
pub(crate) struct Report {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// What it ran on and in which mode: a line each.
    pub(crate) setting: Vec<String>,
    /// The subject that the others are divided by.
    pub(crate) reference: &'static str,
    pub(crate) rows: Vec<Row>,
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

impl Report {
    /// The median over the rounds of a row's ratio to the reference in the same round: noise that lasts longer than a
    /// round hits both.
    fn ratio(&self, row: &Row) -> f64 {
        let reference = self.rows.iter().find(|r| r.case == row.case && r.subject == self.reference);
        let Some(reference) = reference else { return f64::NAN };
        let ratios: Vec<f64> = row.rounds.iter().zip(&reference.rounds).map(|(a, b)| a / b).collect();
        median(&ratios)
    }

    /// Prints the table and writes `bench/results/NAME.csv` and `.svg`.
    pub(crate) fn publish(&self) -> Result<(), String> {
        let setting: Vec<String> = self.setting.iter().cloned().chain([machine()]).collect();
        for line in &setting {
            println!("{line}");
        }
        println!();
        println!(
            "{:<22} {:<26} {:>14} {:>12} {:>12} {:>10}",
            "case", "subject", self.unit, "min", "max", "ratio"
        );
        let mut csv = format!(
            "case,subject,median_{0},min_{0},max_{0},ratio_to_reference,rounds,p50_us,p95_us,p99_us\n",
            self.unit
        );
        for row in &self.rows {
            let (low, high) = (min(&row.rounds), max(&row.rounds));
            let (mid, ratio) = (median(&row.rounds), self.ratio(row));
            println!(
                "{:<22} {:<26} {mid:>14.2} {low:>12.2} {high:>12.2} {ratio:>10.2}",
                row.case, row.subject
            );
            let _ = writeln!(
                csv,
                "{},{},{mid:.3},{low:.3},{high:.3},{ratio:.4},{}{}",
                row.case,
                row.subject,
                row.rounds.len(),
                row.percentiles()
            );
        }
        let folder = PathBuf::from("bench/results");
        let write = |extension: &str, text: &str| {
            let path = folder.join(format!("{}.{extension}", self.name));
            fs::write(&path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))
        };
        fs::create_dir_all(&folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
        let setting: String = setting.iter().fold(String::new(), |mut out, line| {
            let _ = writeln!(out, "# {line}");
            out
        });
        write("csv", &format!("{setting}{csv}"))?;
        write("svg", &self.plot())
    }

    /// Bars of the ratios to the reference, grouped by case.
    fn plot(&self) -> String {
        let height = 60 + 26 * self.rows.len();
        let scale = 380.0 / self.rows.iter().map(|row| self.ratio(row)).fold(1.0, f64::max);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"13\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
             <text x=\"12\" y=\"24\" font-size=\"15\">{}: {} as a ratio to {} (more is better)</text>\n",
            self.name, self.unit, self.reference
        );
        for (n, row) in self.rows.iter().enumerate() {
            let (y, ratio) = (44 + 26 * n, self.ratio(row));
            let color = if row.subject.starts_with("QuireDB") { "#2a6f97" } else { "#adb5bd" };
            let _ = writeln!(
                svg,
                "<text x=\"12\" y=\"{}\">{}: {}</text><rect x=\"280\" y=\"{y}\" width=\"{:.1}\" height=\"18\" \
                 fill=\"{color}\"/><text x=\"{:.1}\" y=\"{}\">{ratio:.2}</text>",
                y + 14,
                row.case,
                row.subject,
                ratio * scale,
                286.0 + ratio * scale,
                y + 14
            );
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn min(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn max(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
