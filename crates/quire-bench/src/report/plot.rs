//! Bars, as an SVG that any browser shows.

use std::fmt::Write as _;

/// One bar.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: f64,
    /// Whether it is QuireDB's, which has its own colour.
    pub(crate) ours: bool,
}

/// Bars under one title, on one scale.
pub(crate) struct Plot {
    pub(crate) title: String,
    pub(crate) bars: Vec<Bar>,
}

const WIDTH: usize = 920;
const LABEL_WIDTH: f64 = 420.0;
const BAR_WIDTH: f64 = 420.0;
const LINE: usize = 24;

/// All plots below one another.
pub(super) fn draw(name: &str, plots: &[Plot]) -> String {
    let height = 20 + plots.iter().map(|plot| 40 + LINE * plot.bars.len()).sum::<usize>();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut y = 0;
    for plot in plots {
        let title = escaped(&format!("{name}: {}", plot.title));
        let _ = writeln!(svg, "<text x=\"12\" y=\"{}\" font-size=\"15\">{title}</text>", y + 26);
        y += 38;
        let widest = plot.bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
        for bar in &plot.bars {
            draw_bar(&mut svg, bar, y, BAR_WIDTH / widest);
            y += LINE;
        }
    }
    svg + "</svg>\n"
}

fn draw_bar(svg: &mut String, bar: &Bar, y: usize, scale: f64) {
    let color = if bar.ours { "#2a6f97" } else { "#adb5bd" };
    let width = bar.value * scale;
    let _ = writeln!(
        svg,
        "<text x=\"12\" y=\"{}\">{}</text><rect x=\"{LABEL_WIDTH}\" y=\"{y}\" width=\"{width:.1}\" \
         height=\"17\" fill=\"{color}\"/><text x=\"{:.1}\" y=\"{}\">{:.2}</text>",
        y + 13,
        escaped(&bar.label),
        LABEL_WIDTH + width + 6.0,
        y + 13,
        bar.value
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
