//! What the server says by itself (messages of the service account, mails), in the languages that people's clients speak.
//!
//! The words are data, one file a language (`words/`). A language that is not here is answered in English.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::product;

/// A language with words of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Also for whoever speaks none of them.
    #[default]
    English,
    /// Bahasa Indonesia.
    Indonesian,
}

/// Something that the server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// A login code, to the person's other devices.
    LoginCode,
    /// The operator took the password away.
    PasswordRemoved,
    /// A device asked to lose the password.
    PasswordReset,
    /// A recovery code was made.
    RecoveryMade,
    /// The recovery code ended with the first password.
    RecoveryEnded,
    /// The recovery code was shown for the login code.
    RecoveryOpened,
    /// The recovery code replaced the password.
    RecoverySpent,
    /// What clients show in place of an address of mail.
    RecoveryKept,
    /// The first line of a mail with a code.
    MailSubject,
    /// The mail.
    MailBody,
}

impl Words {
    /// As the files name it.
    fn key(self) -> &'static str {
        match self {
            Self::LoginCode => "login_code",
            Self::PasswordRemoved => "password_removed",
            Self::PasswordReset => "password_reset",
            Self::RecoveryMade => "recovery_made",
            Self::RecoveryEnded => "recovery_ended",
            Self::RecoveryOpened => "recovery_opened",
            Self::RecoverySpent => "recovery_spent",
            Self::RecoveryKept => "recovery_kept",
            Self::MailSubject => "mail_subject",
            Self::MailBody => "mail_body",
        }
    }
}

type File = HashMap<&'static str, &'static str>;

static ENGLISH: LazyLock<File> = LazyLock::new(|| read(include_str!("../words/en.tsv")));
static INDONESIAN: LazyLock<File> = LazyLock::new(|| read(include_str!("../words/id.tsv")));

fn read(text: &'static str) -> File {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).collect()
}

impl Language {
    /// The language with this code (`id`, `id-ID`), if it has words here.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        match code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            // What Java programs call it.
            "id" | "in" => Some(Self::Indonesian),
            _ => None,
        }
    }

    /// The words with their gaps filled; a value that looks like a gap stays as it is.
    #[must_use]
    pub fn say(self, words: Words, values: &[(&str, &str)]) -> String {
        let file = match self {
            Self::English => &ENGLISH,
            Self::Indonesian => &INDONESIAN,
        };
        let text = file.get(words.key()).expect("a test finds everything in every file");
        let mut said = String::with_capacity(text.len());
        let mut rest = *text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').expect("a test finds every gap closed");
            let given = values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            said.push_str(&before.replace("\\n", "\n"));
            said.push_str(given.unwrap_or(product::NAME));
            rest = behind;
        }
        said + &rest.replace("\\n", "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Words; 10] = [
        Words::LoginCode,
        Words::PasswordRemoved,
        Words::PasswordReset,
        Words::RecoveryMade,
        Words::RecoveryEnded,
        Words::RecoveryOpened,
        Words::RecoverySpent,
        Words::RecoveryKept,
        Words::MailSubject,
        Words::MailBody,
    ];

    fn gaps(text: &str) -> Vec<&str> {
        let mut gaps: Vec<&str> = text.split('{').skip(1).map(|part| part.split_once('}').expect("closed").0).collect();
        gaps.sort_unstable();
        gaps
    }

    #[test]
    fn every_language_says_everything_with_the_same_gaps() {
        for words in ALL {
            let english = ENGLISH[words.key()];
            assert_eq!(gaps(english), gaps(INDONESIAN[words.key()]), "{words:?}");
            assert!(gaps(english).iter().all(|gap| ["server", "code", "days"].contains(gap)), "{words:?}");
            assert_ne!(Language::English.say(words, &[]), Language::Indonesian.say(words, &[]), "{words:?}");
        }
        assert_eq!((ENGLISH.len(), INDONESIAN.len()), (ALL.len(), ALL.len()), "nothing is left over");
    }

    #[test]
    fn gaps_are_filled_once() {
        let said = Language::Indonesian.say(Words::LoginCode, &[("code", "{server}\\n")]);
        assert!(said.starts_with("Kode masuk: {server}\\n\n\nSeseorang"), "{said}");
        assert!(said.contains(product::NAME));
    }

    #[test]
    fn languages_are_known_by_the_first_part_of_their_code() {
        for (code, language) in [
            ("id", Some(Language::Indonesian)),
            ("id-ID", Some(Language::Indonesian)),
            ("in_ID", Some(Language::Indonesian)),
            ("EN-gb", Some(Language::English)),
            ("fr", None),
            ("", None),
        ] {
            assert_eq!(Language::of_code(code), language, "{code}");
        }
    }
}
