//! Puts the built web client into the crate: a table of its files, each with its kind, its hash and the compressed forms
//! that the web build left beside it (`NAME.br`, `NAME.gz`).
//!
//! The files are those of `webapp/dist`, or of the folder that `KENTONG_WEBAPP_DIST` names (an absolute path; empty: none);
//! they are copied to the build output, so that clones that share a build folder do not look for each other's files.
//! Without them the table is empty and `/app/` says how they are made, so that the server builds without Node.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The variable that names another folder.
const VARIABLE: &str = "KENTONG_WEBAPP_DIST";
/// Bytes of a hash that stand in an entity tag: 96 bits, which nothing but a changed file changes.
const TAG_BYTES: usize = 12;

/// Ends of the names of compressed forms.
const FORMS: [&str; 2] = [".br", ".gz"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let files = match folder() {
        Some(dist) => files(&dist, &out)?,
        None => Vec::new(),
    };
    fs::write(out.join("app.rs"), table(&files))
}

/// The folder of the built client, if there is one; watched, so that it appears in the next build once it is there.
fn folder() -> Option<PathBuf> {
    // Cargo runs this in the crate's folder. A path from the root, or one kept from compiling this, would be another clone's
    // where clones share a build folder.
    let webapp = Path::new("../../webapp");
    let dist = match env::var_os(VARIABLE) {
        Some(named) if named.is_empty() => return None,
        Some(named) => PathBuf::from(named),
        None => webapp.join("dist"),
    };
    let is_built = dist.join("index.html").is_file();
    if is_built || env::var_os(VARIABLE).is_some() || webapp.join("node_modules").exists() {
        // What does not exist is looked at anew in every build.
        println!("cargo::rerun-if-changed={}", dist.display());
    } else {
        // Nobody builds the client here. Watching what is not there would compile this crate in every build.
        println!("cargo::rerun-if-changed={}", nearest(webapp).display());
    }
    if is_built { dist.canonicalize().ok() } else { None }
}

fn nearest(webapp: &Path) -> PathBuf {
    // A folder is watched with all that is in it: the clone as a whole would be too much.
    if webapp.exists() { webapp.to_owned() } else { PathBuf::from("build.rs") }
}

/// One row of the table.
struct Row {
    /// Below the folder, with slashes.
    name: String,
    /// Where the copy lies.
    path: PathBuf,
    hash: String,
}

/// Every file that is served, by name, copied with its compressed forms below `out`.
fn files(dist: &Path, out: &Path) -> io::Result<Vec<Row>> {
    let copies = out.join("app");
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    let mut paths = Vec::new();
    walk(dist, &mut paths)?;
    let served = paths.into_iter().filter(|path| is_served(dist, path));
    let mut rows = served.map(|path| row(dist, &path, &copies)).collect::<io::Result<Vec<_>>>()?;
    rows.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(rows)
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, into)? } else { into.push(path) }
    }
    Ok(())
}

/// Compressed forms come with the file they are of; source maps and hidden files are for whoever builds.
fn is_served(dist: &Path, path: &Path) -> bool {
    let name = path.to_string_lossy();
    let is_form = FORMS.iter().any(|form| name.strip_suffix(form).is_some_and(|plain| Path::new(plain).exists()));
    let below = path.strip_prefix(dist).unwrap_or(path);
    let is_hidden = below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
    !is_form && !is_hidden && !name.ends_with(".map")
}

fn row(dist: &Path, original: &Path, copies: &Path) -> io::Result<Row> {
    let below = original.strip_prefix(dist).expect("it was found there");
    let path = copies.join(below);
    fs::create_dir_all(path.parent().unwrap_or(copies))?;
    fs::copy(original, &path)?;
    for suffix in FORMS {
        let form = with_suffix(original, suffix);
        if form.is_file() {
            fs::copy(&form, with_suffix(&path, suffix))?;
        }
    }
    let name = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let digest = Sha256::digest(fs::read(&path)?);
    let hash = digest[..TAG_BYTES].iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    });
    Ok(Row { name, path, hash })
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

fn table(rows: &[Row]) -> String {
    let rows: String = rows.iter().map(source).collect();
    format!("/// The files of the built web client, by name.\npub(crate) static FILES: &[File] = &[\n{rows}];\n")
}

fn source(row: &Row) -> String {
    let Row { name, path, hash } = row;
    let form = |suffix: &str| {
        let beside = with_suffix(path, suffix);
        if beside.is_file() { format!("Some(include_bytes!({beside:?}))") } else { "None".to_owned() }
    };
    format!(
        "    File {{ name: {name:?}, kind: {:?}, hash: {hash:?}, plain: include_bytes!({path:?}), br: {}, gz: {} }},\n",
        kind(name),
        form(FORMS[0]),
        form(FORMS[1])
    )
}

/// The media type, by the end of the name.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" => "audio/ogg",
        "txt" => "text/plain; charset=utf-8",
        _ => {
            println!(
                "cargo::warning={name}: no media type is known for it (crates/web/build.rs); it will be a download"
            );
            "application/octet-stream"
        }
    }
}
