//! The plot of `docs/growth.svg`: how the time grows, on logarithmic scales.

use anyhow::{Context, Result, anyhow};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::names::Language;
use super::results::{Contestant, Curve, Results, Series};

const SIZE: (u32, u32) = (880, 560);
const LEGEND_HEIGHT: u32 = 34;
const FONT: &str = "sans-serif";

/// Between the two backgrounds of GitHub's themes: every colour here stands
/// out from both, and the plot has no background of its own.
const INK: RGBColor = RGBColor(0x79, 0x7d, 0x83);

/// What each panel shows.
const PANELS: [Curve; 4] =
    [Curve::TemplatesWhole, Curve::TriggersTap, Curve::WaitingWhole, Curve::DeliveredSetup];

/// Who is shown, and in which colour.
const LINES: [(Contestant, RGBColor); 3] = [
    (Contestant::Wasm, RGBColor(0x2f, 0x81, 0xc7)),
    (Contestant::JavaScript, RGBColor(0xb8, 0x66, 0x10)),
    (Contestant::Naive, RGBColor(0x9a, 0x63, 0xd6)),
];

/// The plot as an SVG.
pub fn growth(results: &Results) -> Result<String> {
    let mut svg = String::new();
    {
        let all = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let (legend, panels) = all.split_vertically(LEGEND_HEIGHT);
        draw_legend(&legend)?;
        for (panel, curve) in panels.split_evenly((2, 2)).iter().zip(PANELS) {
            draw_panel(panel, curve, results)?;
        }
        all.present().map_err(failed)?;
    }
    Ok(svg)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("cannot draw the plot: {error}")
}

fn draw_legend(area: &Area<'_>) -> Result<()> {
    let text = (FONT, 14).into_font().color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
    let mut x = 56;
    for (contestant, colour) in LINES {
        let line = vec![(x, 17), (x + 26, 17)];
        area.draw(&PathElement::new(line, colour.stroke_width(3))).map_err(failed)?;
        let name = contestant.name(Language::English);
        area.draw(&Text::new(name, (x + 34, 17), text.clone())).map_err(failed)?;
        x += 250;
    }
    Ok(())
}

fn draw_panel(area: &Area<'_>, curve: Curve, results: &Results) -> Result<()> {
    let lines: Vec<(&Series, RGBColor)> = LINES
        .iter()
        .filter_map(|(who, colour)| {
            let is_it = |s: &&Series| s.curve == curve && s.contestant == *who;
            results.growth.iter().find(is_it).map(|series| (series, *colour))
        })
        .collect();
    let times = lines.iter().flat_map(|(series, _)| series.points.iter().map(|point| point.us));
    let counts = curve.axis().counts();
    let (first, last) = counts.first().zip(counts.last()).context("a curve without points")?;
    let (low, high) = decades(times);

    let english = Language::English;
    let mut chart = ChartBuilder::on(area)
        .margin_left(8)
        .margin_right(18)
        .margin_bottom(6)
        .x_label_area_size(42)
        .y_label_area_size(56)
        .caption(curve.name(english).replace('`', ""), (FONT, 14).into_font().color(&INK))
        .build_cartesian_2d(
            (f64::from(*first)..f64::from(*last)).log_scale(),
            (low..high).log_scale(),
        )
        .map_err(failed)?;
    let label = (FONT, 12).into_font().color(&INK);
    chart
        .configure_mesh()
        .axis_style(INK)
        .bold_line_style(INK.mix(0.35))
        .light_line_style(TRANSPARENT)
        .label_style(label.clone())
        .axis_desc_style(label)
        .x_desc(curve.axis().name(english))
        .y_desc("time")
        .x_label_formatter(&|count| in_short(*count))
        .y_label_formatter(&|us| duration(*us))
        .x_labels(5)
        .y_labels(6)
        .draw()
        .map_err(failed)?;
    for (series, colour) in lines {
        let points = series.points.iter().map(|point| (f64::from(point.count), point.us));
        chart
            .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))
            .map_err(failed)?;
        chart.draw_series(points.map(|at| Circle::new(at, 3, colour.filled()))).map_err(failed)?;
    }
    Ok(())
}

/// The powers of ten around the times.
fn decades(times: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = times
        .fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), time| (low.min(time), high.max(time)));
    (10_f64.powf(low.log10().floor()), 10_f64.powf(high.log10().ceil()))
}

fn in_short(count: f64) -> String {
    if count >= 1_000.0 { format!("{}k", count / 1_000.0) } else { format!("{count}") }
}

fn duration(us: f64) -> String {
    match us {
        us if us >= 1e6 => format!("{} s", us / 1e6),
        us if us >= 1e3 => format!("{} ms", us / 1e3),
        us => format!("{us} µs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::report::tests::results;

    /// How far a colour stands out from another, as WCAG 2 has it: from 1 to 21.
    fn contrast(one: RGBColor, other: RGBColor) -> f64 {
        let luminance = |RGBColor(r, g, b): RGBColor| {
            let linear = |part: u8| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
        };
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_colour_stands_out_from_the_light_and_the_dark_theme() {
        const LIGHT: RGBColor = RGBColor(0xff, 0xff, 0xff);
        const DARK: RGBColor = RGBColor(0x0d, 0x11, 0x17);
        for colour in LINES.map(|(_, colour)| colour).into_iter().chain([INK]) {
            for theme in [LIGHT, DARK] {
                let contrast = contrast(colour, theme);
                assert!(contrast >= 4.0, "{colour:?} on {theme:?}: {contrast}");
            }
        }
    }

    #[test]
    fn the_plot_has_each_panel_line_and_axis() {
        let svg = growth(&results()).unwrap();
        for text in ["hand-written JavaScript", "trigger types", "reports that wait", "10k", "ms"] {
            assert!(svg.contains(text), "{text}");
        }
        let points = svg.matches("<circle").count();
        let wanted: usize = PANELS.iter().map(|curve| 3 * curve.axis().counts().len()).sum();
        assert_eq!(points, wanted);
        assert!(svg.len() < 40_000, "{} bytes", svg.len());
    }
}
