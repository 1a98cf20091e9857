//! The direction between crates, and which crate alone may know which library.

use super::Finding;
use crate::tree::Tree;

/// Each crate with those of ours that it may use. An arrow never points up, and some may not even point down: the
/// platform knows no protocol, the protocol no storage. Those of [`FOR_EVERYONE`] are not looked at.
const MAY_USE: [(&str, &[&str]); 22] = [
    ("metrics", &[]),
    ("failpoint", &[]),
    ("crypto", &[]),
    ("tl", &[]),
    ("mtproto", &["crypto"]),
    ("store", &[]),
    ("testing-postgres", &[]),
    ("testing-dice", &[]),
    ("testing-requests", &["tl"]),
    ("bus", &[]),
    ("blobs", &[]),
    ("pictures", &[]),
    ("platform", &["crypto", "store", "bus", "blobs", "pictures"]),
    ("api", &["crypto", "tl", "mtproto", "store", "bus", "blobs", "platform"]),
    ("tls", &[]),
    ("gateway", &["tls", "crypto", "tl", "mtproto", "store", "bus", "platform", "api"]),
    ("botapi", &["tl", "platform", "api", "gateway"]),
    ("web", &["platform", "api", "gateway"]),
    ("import", &["store", "blobs", "platform"]),
    ("storm", &["crypto", "tl", "mtproto", "testing-postgres", "testing-requests"]),
    ("sim", &["store", "bus", "blobs", "pictures", "platform"]),
    ("kentong", &["*"]),
];

/// What says nothing of what a crate knows: counting, and where tests make it fail.
const FOR_EVERYONE: [&str; 2] = ["metrics", "failpoint"];

/// Libraries that stay behind one crate's back, with the reason.
const BEHIND: [(&str, &[&str], &str); 14] = [
    ("rustls-acme", &["tls"], "certificates are got in one place"),
    ("aws-lc-sys", &["crypto"], "foreign code is called in one place"),
    ("grammers-tl-types", &["tl"], "the home layer's types come through tl, so that a new layer is one change"),
    ("fjall", &["store"], "an engine is known to the port only"),
    ("tokio-postgres", &["store"], "an engine is known to the port only"),
    ("object_store", &["blobs"], "where bytes lie is known to the port only"),
    ("image", &["pictures"], "foreign pictures are read in one place, under its limits"),
    ("jpeg-encoder", &["pictures"], "foreign pictures are read in one place, under its limits"),
    ("axum", &["gateway", "web", "botapi", "kentong"], "HTTP ends at the edges"),
    ("hyper", &["gateway", "web", "botapi", "kentong"], "HTTP ends at the edges"),
    ("getrandom", &["crypto", "kentong"], "randomness comes in from the runtime edge"),
    (
        "rand",
        &["bus", "store", "storm", "sim"],
        "randomness comes in from the runtime edge; faulty adapters have a seed",
    ),
    ("clap", &["kentong", "storm", "sim"], "the command line belongs to binaries"),
    ("anyhow", &["kentong", "storm", "sim"], "libraries have errors with variants"),
];

/// Every arrow that points where it may not.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.manifests().flat_map(|(name, file)| check_manifest(name, &file.path, &file.text)).collect()
}

fn check_manifest(name: &str, path: &str, text: &str) -> Vec<Finding> {
    let finding = |text: String| Finding { path: path.to_owned(), line: 0, text };
    let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        return vec![finding(format!(
            "the crate {name} has no place in the table of layers (xtask/src/tidy/layers.rs)"
        ))];
    };
    let dependencies = dependencies(text);
    let ours = dependencies.iter().filter(|dependency| MAY_USE.iter().any(|(known, _)| known == dependency));
    let wrong = ours.filter(|dependency| {
        !FOR_EVERYONE.contains(&dependency.as_str())
            && !allowed.contains(&"*")
            && !allowed.contains(&dependency.as_str())
    });
    let mut findings: Vec<_> = wrong.map(|up| finding(format!("{name} may not know {up} (DESIGN, layers)"))).collect();
    for (library, owners, reason) in BEHIND {
        if dependencies.iter().any(|dependency| dependency == library) && !owners.contains(&name) {
            findings.push(finding(format!("{name} may not use {library}: {reason}")));
        }
    }
    findings
}

/// The names under `[dependencies]`; what tests use is not part of the layers.
fn dependencies(manifest: &str) -> Vec<String> {
    let table: toml::Table = manifest.parse().unwrap_or_default();
    let names = table.get("dependencies").and_then(toml::Value::as_table);
    names.map(|names| names.keys().cloned().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(name: &str, manifest: &str) -> Vec<String> {
        let path = format!("crates/{name}/Cargo.toml");
        check(&Tree::sample(&[(&path, manifest)])).into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn an_arrow_down_is_fine() {
        assert!(findings("platform", "[dependencies]\nstore.workspace = true\nmetrics.workspace = true\n").is_empty());
        assert!(findings("kentong", "[dependencies]\ngateway.workspace = true\nclap.workspace = true\n").is_empty());
    }

    #[test]
    fn an_arrow_up_is_found() {
        let found = findings("store", "[dependencies]\nplatform.workspace = true\n");
        assert_eq!(found, ["store may not know platform (DESIGN, layers)"]);
    }

    #[test]
    fn some_arrows_down_are_found_too() {
        assert_eq!(findings("platform", "[dependencies]\ntl.workspace = true\n").len(), 1);
        assert_eq!(findings("mtproto", "[dependencies]\ntl.workspace = true\n").len(), 1);
    }

    #[test]
    fn a_library_stays_behind_its_crate() {
        assert_eq!(findings("platform", "[dependencies]\nfjall = \"3\"\n").len(), 1);
        assert!(findings("platform", "[dev-dependencies]\nfjall = \"3\"\n").is_empty());
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        assert_eq!(findings("novelty", "").len(), 1);
    }
}
