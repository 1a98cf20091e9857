//! A configuration section is written once: the macro below makes the struct, its default and its documentation out of
//! the same lines, and the example file, `docs/configuration.md` and the names in the environment follow from them.

/// One key of a section, as documentation.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// The lines of its doc comment.
    pub doc: &'static [&'static str],
}

/// What the generators need of a section.
pub trait Section: Default + serde::Serialize {
    /// The lines of the section's doc comment.
    const ABOUT: &'static [&'static str];
    /// Its keys, in the order of the struct.
    const FIELDS: &'static [Field];
}

/// Declares a section: doc comments, keys, types and defaults.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $section:ident {
            $($(#[doc = $doc:literal])+ $field:ident: $type:ty = $default:expr;)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $section {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl Default for $section {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $crate::config::document::Section for $section {
            const ABOUT: &'static [&'static str] = &[$($about),+];
            const FIELDS: &'static [$crate::config::document::Field] = &[
                $($crate::config::document::Field { name: stringify!($field), doc: &[$($doc),+] },)+
            ];
        }
    };
}

pub(super) use section;
