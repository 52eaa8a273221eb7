//! Means of neighbourhoods.

use super::gray::Gray;

impl Gray {
    /// Each pixel becomes the mean of those at most `radius` away in either direction.
    pub(super) fn smoothed(&self, radius: usize) -> Self {
        let (width, height) = (self.width, self.height);
        let mut rows = Vec::with_capacity(self.bytes.len());
        for y in 0..height {
            mean_of_row(self.row(y), radius, &mut rows);
        }
        let across = Self {
            width,
            height,
            bytes: rows,
        };
        Self {
            width,
            height,
            bytes: across.means_of_columns(radius),
        }
    }

    /// What differs from its neighbourhood, three times more.
    pub(super) fn unsharp(&self, radius: usize) -> Self {
        let smooth = self.smoothed(radius);
        let sharp = |(&own, &mean): (&u8, &u8)| {
            let (own, mean) = (i32::from(own), i32::from(mean));
            u8::try_from((own + 3 * (own - mean)).clamp(0, 255)).unwrap_or(u8::MAX)
        };
        Self {
            bytes: self.bytes.iter().zip(&smooth.bytes).map(sharp).collect(),
            ..*self
        }
    }

    fn means_of_columns(&self, radius: usize) -> Vec<u8> {
        let mut sums = vec![0_u32; self.width];
        let mut count = 0;
        let mut means = Vec::with_capacity(self.bytes.len());
        for y in 0..radius.min(self.height) {
            add(&mut sums, self.row(y));
            count += 1;
        }
        for y in 0..self.height {
            if y + radius < self.height {
                add(&mut sums, self.row(y + radius));
                count += 1;
            }
            if y > radius {
                subtract(&mut sums, self.row(y - radius - 1));
                count -= 1;
            }
            means.extend(sums.iter().map(|sum| mean(*sum, count)));
        }
        means
    }
}

fn mean_of_row(row: &[u8], radius: usize, means: &mut Vec<u8>) {
    let shade = |at: usize| row.get(at).copied().map(u32::from);
    let mut sum: u32 = row.iter().take(radius).copied().map(u32::from).sum();
    let mut count = u32::try_from(row.len().min(radius)).unwrap_or(u32::MAX);
    for x in 0..row.len() {
        if let Some(entering) = shade(x + radius) {
            sum += entering;
            count += 1;
        }
        if let Some(leaving) = x.checked_sub(radius + 1).and_then(shade) {
            sum -= leaving;
            count -= 1;
        }
        means.push(mean(sum, count));
    }
}

fn add(sums: &mut [u32], row: &[u8]) {
    for (sum, &shade) in sums.iter_mut().zip(row) {
        *sum += u32::from(shade);
    }
}

fn subtract(sums: &mut [u32], row: &[u8]) {
    for (sum, &shade) in sums.iter_mut().zip(row) {
        *sum -= u32::from(shade);
    }
}

fn mean(sum: u32, count: u32) -> u8 {
    u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX)
}
