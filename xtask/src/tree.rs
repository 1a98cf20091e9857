//! The files that are checked, read once. Tests make trees of their own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file of the tree.
pub struct SourceFile {
    /// Relative to the root, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The text files of the repository.
pub struct Tree {
    /// In the order of their paths.
    pub files: Vec<SourceFile>,
}

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 5] = ["target", "node_modules", "corpus", "__pycache__", "results"];
/// What counts as text.
const EXTENSIONS: [&str; 12] = ["rs", "toml", "md", "py", "ts", "mjs", "js", "sh", "txt", "yml", "yaml", "json"];
/// Text files without an extension.
const NAMES: [&str; 2] = ["Makefile", "run"];

impl Tree {
    /// The workspace this program is run in: asked of cargo at run time, because a build folder that several clones share
    /// may hold a program built in another one.
    pub fn of_workspace() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").context("run it as `cargo xtask`")?;
        let root = Path::new(&manifest).join("..");
        let mut files = Vec::new();
        collect(&root, &root, &mut files)?;
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(Self { files })
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Every manifest of a crate, with the crate's folder name.
    pub fn manifests(&self) -> impl Iterator<Item = (&str, &SourceFile)> {
        self.files
            .iter()
            .filter_map(|file| Some((file.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?, file)))
    }
}

#[cfg(test)]
impl Tree {
    /// A tree of these paths and texts.
    pub fn sample(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() };
        Self { files: files.iter().map(file).collect() }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let hidden = name.starts_with('.') && name != ".ci";
            if !hidden && !SKIPPED.contains(&name.as_str()) {
                collect(root, &path, files)?;
            }
        } else if is_text(&path, &name) {
            files.push(read(root, path)?);
        }
    }
    Ok(())
}

fn is_text(path: &Path, name: &str) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    (EXTENSIONS.contains(&extension.as_ref()) && name != "package-lock.json") || NAMES.contains(&name)
}

fn read(root: &Path, path: PathBuf) -> Result<SourceFile> {
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    Ok(SourceFile { path, text })
}
