//! QR codes as one path of a picture in the page.

use std::fmt::Write as _;

use minijinja::{Value, context};
use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the code: readers ask for four.
const QUIET: i32 = 4;

/// A code, ready for the page.
pub(super) struct Code {
    side: i32,
    dots: String,
}

impl Code {
    /// The code of an address. One too long for any code is an empty picture.
    pub(super) fn of(text: &str) -> Self {
        match QrCode::encode_text(text, QrCodeEcc::Medium) {
            Ok(code) => Self { side: code.size() + 2 * QUIET, dots: dots(&code) },
            Err(_) => Self { side: 1, dots: String::new() },
        }
    }

    /// For the templates.
    pub(super) fn value(&self) -> Value {
        context! { side => self.side, dots => self.dots.as_str() }
    }
}

/// Each run of dark modules in a row is one bar.
fn dots(code: &QrCode) -> String {
    let mut path = String::new();
    for row in 0..code.size() {
        let mut column = 0;
        while column < code.size() {
            let length = (column..code.size()).take_while(|at| code.get_module(*at, row)).count();
            if length > 0 {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", column + QUIET, row + QUIET);
            }
            column += i32::try_from(length).unwrap_or(0) + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners() {
        let code = Code::of("https://chat.example/");
        assert_eq!(code.side, 25 + 2 * QUIET);
        assert!(code.dots.starts_with("M4 4h7v1h-7z"), "{}", code.dots);
        assert!(code.dots.contains("M22 4h7v1h-7z") && code.dots.contains("M4 28h7v1h-7z"), "{}", code.dots);
    }

    #[test]
    fn what_is_too_long_is_no_panic() {
        assert_eq!(Code::of(&"x".repeat(10_000)).side, 1);
    }
}
