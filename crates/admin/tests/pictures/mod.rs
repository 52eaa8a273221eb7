//! Reading pictures in children: limits, ends, turns.

mod hostile;
mod reading;

use std::path::PathBuf;

use suo_admin::pictures::Reader;
use suo_qr::{Code, Level, Picture};

/// A picture of a code that holds this.
pub(crate) fn picture_of(text: &str) -> Vec<u8> {
    Picture::default().png(&Code::new(text, Level::Medium).unwrap())
}

/// A reader whose children can be told from all others, by the name they are started under.
struct Scene {
    folder: tempfile::TempDir,
    reader: Reader,
}

impl Scene {
    fn new() -> Self {
        Self::with(env!("CARGO_BIN_EXE_suo-admin").into())
    }

    fn with(program: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("reader");
        std::os::unix::fs::symlink(program, &name).unwrap();
        let reader = Reader::with_program(name).unwrap();
        Self { folder, reader }
    }

    /// The numbers of the children that are there now.
    fn children(&self) -> Vec<u32> {
        let name = self.folder.path().to_str().unwrap();
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let is_ours = |pid: &u32| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(name)
        };
        numbers.filter(is_ours).collect()
    }
}

/// A black and white picture, as a file.
fn bitmap(width: usize, height: usize, is_black: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    let row = width.div_ceil(32) * 4;
    let number = |number: usize| (number as u32).to_le_bytes();
    let mut file = b"BM".to_vec();
    file.extend(number(62 + row * height));
    file.extend([0; 4]);
    file.extend(number(62));
    file.extend([number(40), number(width), number(height)].concat());
    // One plane, one bit.
    file.extend([1, 0, 1, 0]);
    file.extend(
        [
            number(0),
            number(row * height),
            number(0),
            number(0),
            number(2),
            number(0),
        ]
        .concat(),
    );
    file.extend([0, 0, 0, 0, 255, 255, 255, 0]);
    for y in 0..height {
        let mut bits = vec![0_u8; row];
        for x in (0..width).filter(|x| !is_black(*x, y)) {
            bits[x / 8] |= 0x80 >> (x % 8);
        }
        file.extend(bits);
    }
    file
}
