//! Rust source as far as these checks need it: code without comments and strings, and where tests begin.

use crate::tree::SourceFile;

/// One line of code.
pub struct Line<'a> {
    /// From 1.
    pub number: usize,
    /// As written.
    pub text: &'a str,
    /// Without comments, and with strings emptied.
    pub code: String,
    /// Belongs to tests.
    pub in_tests: bool,
}

/// The crate a file belongs to.
pub fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.split('/').next()
}

/// The lines of a Rust file. Tests beside code are a module at the end of the file, so from its attribute on all is test.
pub fn lines(file: &SourceFile) -> Vec<Line<'_>> {
    let mut in_tests = is_test_file(&file.path);
    let mut in_string = false;
    let mut lines = Vec::new();
    for (index, text) in file.text.lines().enumerate() {
        in_tests |= !in_string && text.trim_start().starts_with("#[cfg(test)]");
        let code = strip(text, &mut in_string);
        lines.push(Line { number: index + 1, text, code, in_tests });
    }
    lines
}

/// Whether all of a file is test.
pub fn is_test_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    ["/tests/", "/benches/", "/fuzzing/", "/testing/"].iter().any(|part| path.contains(part))
        || name == "tests.rs"
        || name.ends_with("_tests.rs")
}

/// Drops a comment at the end and what stands in double quotes; a string may go on over lines.
fn strip(text: &str, in_string: &mut bool) -> String {
    let mut code = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if *in_string => {
                characters.next();
            }
            '"' => {
                *in_string = !*in_string;
                code.push('"');
            }
            _ if *in_string => {}
            '\'' => skip_character(&mut characters, &mut code),
            '/' if characters.peek() == Some(&'/') => break,
            _ => code.push(character),
        }
    }
    code
}

/// A quote begins a character or a lifetime; only the first can hold a double quote or a slash.
fn skip_character(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, code: &mut String) {
    code.push('\'');
    match characters.peek() {
        Some('"' | '/') => {
            characters.next();
        }
        Some('\\') => {
            characters.next();
            characters.next();
        }
        _ => {}
    }
}

/// How many lines each function has, its signature and closing brace included; the formatter's indentation is trusted.
pub fn function_lengths(lines: &[Line<'_>]) -> Vec<usize> {
    let mut lengths = Vec::new();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(&line.code)) {
        let indent = &line.text[..line.text.len() - line.text.trim_start().len()];
        let end = format!("{indent}}}");
        if line.code.trim_end().ends_with(';') || line.code.trim_end().ends_with('}') {
            lengths.push(1);
        } else if let Some(length) = lines[start..].iter().position(|line| line.text == end) {
            lengths.push(length + 1);
        }
    }
    lengths
}

fn begins_function(code: &str) -> bool {
    let code = code.trim_start();
    let mut words = code.split_whitespace().skip_while(|word| {
        word.starts_with("pub") || ["async", "const", "unsafe", "extern", "\"\"", "(in", "crate)"].contains(word)
    });
    words.next() == Some("fn")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        let file = file(
            "crates/a/src/b.rs",
            "let a = \"x // unwrap\"; // unwrap\n/// unwrap\nlet q = '\"'; f();\nlet l: &'a str = \"\\\"g\";",
        );
        let code: Vec<String> = lines(&file).into_iter().map(|line| line.code).collect();
        assert_eq!(code[0].trim_end(), "let a = \"\";");
        assert_eq!(code[1], "");
        assert!(code[2].contains("f();"));
        assert_eq!(code[3], "let l: &'a str = \"\";");
    }

    #[test]
    fn a_string_over_lines_stays_a_string() {
        let file = file("crates/a/src/b.rs", "let a = \"x\nunwrap()\";\ng();");
        let code: Vec<String> = lines(&file).into_iter().map(|line| line.code).collect();
        assert_eq!(code[1], "\";");
        assert_eq!(code[2], "g();");
    }

    #[test]
    fn tests_are_known_by_module_and_by_place() {
        let beside = file("crates/a/src/b.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n}\n");
        assert_eq!(lines(&beside).iter().map(|line| line.in_tests).collect::<Vec<_>>(), [false, true, true, true]);
        for path in ["crates/a/tests/b.rs", "crates/a/src/dh_tests.rs", "crates/a/src/x/tests.rs"] {
            assert!(lines(&file(path, "fn a() {}"))[0].in_tests, "{path}");
        }
    }

    #[test]
    fn functions_are_measured() {
        let text = "pub(crate) async fn a(\n    b: u8,\n) {\n    c();\n}\n\nimpl X {\n    fn d() {}\n    const fn e() {\n    }\n}\n";
        assert_eq!(function_lengths(&lines(&file("crates/a/src/b.rs", text))), [5, 1, 2]);
    }
}
