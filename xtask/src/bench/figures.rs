//! Medians, quantiles, and how fast a curve grows.

/// How large the last points of a curve are, in proportion to the largest, for
/// its growth to be read from them: the last decade.
const LAST_DECADE: f64 = 0.1;

/// The value below which `part` of the values are; NaN if there are none.
pub fn quantile(values: impl IntoIterator<Item = f64>, part: f64) -> f64 {
    let sorted = sorted(values);
    let last = sorted.len().saturating_sub(1);
    // Rounded, and never beyond the last.
    let at = (part.clamp(0.0, 1.0) * last as f64).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// The middle of the values, or between the two in the middle; NaN if there
/// are none.
pub fn median_of(values: impl IntoIterator<Item = f64>) -> f64 {
    let sorted = sorted(values);
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    let is_between = sorted.len().is_multiple_of(2);
    if is_between { at(middle.wrapping_sub(1)).midpoint(at(middle)) } else { at(middle) }
}

fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The exponent `k` of `time ~ count ^ k` over the last decade of a curve: the
/// slope of the straight line through its logarithms that fits best. NaN for
/// less than two points.
pub fn exponent(curve: &[(f64, f64)]) -> f64 {
    let largest = curve.iter().map(|(count, _)| *count).fold(0.0, f64::max);
    let logs: Vec<(f64, f64)> = curve
        .iter()
        .filter(|(count, time)| *count >= largest * LAST_DECADE && *count > 0.0 && *time > 0.0)
        .map(|(count, time)| (count.ln(), time.ln()))
        .collect();
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / logs.len() as f64;
    let (mean_x, mean_y) = (mean(|(x, _)| *x), mean(|(_, y)| *y));
    let (mut products, mut squares) = (0.0, 0.0);
    for (x, y) in &logs {
        products += (x - mean_x) * (y - mean_y);
        squares += (x - mean_x).powi(2);
    }
    products / squares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(counts: &[f64], time: fn(f64) -> f64) -> Vec<(f64, f64)> {
        counts.iter().map(|count| (*count, time(*count))).collect()
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median_of([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median_of([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median_of([]).is_nan());
    }

    #[test]
    fn quantiles_are_values_that_occurred() {
        let values = (0..=100).map(f64::from);
        assert_eq!(quantile(values.clone(), 0.1), 10.0);
        assert_eq!(quantile(values, 1.0), 100.0);
        assert_eq!(quantile([7.0], 0.9), 7.0);
        assert!(quantile([], 0.5).is_nan());
    }

    #[test]
    fn a_power_is_fitted_exactly() {
        const COUNTS: [f64; 4] = [100.0, 200.0, 500.0, 1_000.0];
        for (time, wanted) in [
            ((|_| 7.0) as fn(f64) -> f64, 0.0),
            (|count| 3.0 * count, 1.0),
            (|count| 0.01 * count * count, 2.0),
            (|count| count.sqrt(), 0.5),
        ] {
            assert!((exponent(&curve(&COUNTS, time)) - wanted).abs() < 1e-9, "{wanted}");
        }
    }

    #[test]
    fn only_the_last_decade_counts() {
        let counts = [1.0, 10.0, 100.0, 1_000.0, 10_000.0];
        let fixed_cost_first = |count: f64| if count < 1_000.0 { 50.0 } else { count };
        assert!((exponent(&curve(&counts, fixed_cost_first)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn one_point_has_no_slope() {
        assert!(exponent(&[(10.0, 1.0)]).is_nan());
        assert!(exponent(&[]).is_nan());
    }
}
