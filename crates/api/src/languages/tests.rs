use super::*;

const PACKS: [&str; 9] = ["android", "android_x", "unigram", "ios", "macos", "tdesktop", "weba", "webk", "tdlib"];

fn key_of(string: &enums::LangPackString) -> &str {
    match string {
        enums::LangPackString::String(plain) => &plain.key,
        enums::LangPackString::Pluralized(counted) => &counted.key,
        enums::LangPackString::Deleted(gone) => &gone.key,
    }
}

fn value(language: &Language, pack: &str, key: &str) -> Option<enums::LangPackString> {
    language.find(pack, &[key.to_owned()]).pop()
}

fn plain(language: &Language, pack: &str, key: &str) -> Option<String> {
    match value(language, pack, key)? {
        enums::LangPackString::String(string) => Some(string.value),
        other => panic!("plain words, not {other:?}"),
    }
}

#[test]
fn every_key_we_know_has_english_words_in_every_pack() {
    let languages = Languages::built_in();
    let english = languages.find("").unwrap();
    for name in KEYS.keys() {
        assert!(english.words.contains_key(*name), "{name}");
    }
    for name in english.words.keys() {
        assert!(KEYS.contains_key(name.as_str()), "{name} is nobody's key");
    }
    for pack in PACKS {
        let strings = english.strings(pack);
        assert!(strings.len() > 90, "{pack}: {}", strings.len());
        let keys: std::collections::HashSet<_> = strings.iter().map(key_of).collect();
        assert_eq!(keys.len(), strings.len(), "{pack} has a key twice");
    }
    assert!(english.version > 0);
}

#[test]
fn each_family_finds_the_same_word_under_its_own_key() {
    let languages = Languages::built_in();
    let indonesian = languages.find("id-ID").unwrap();
    for (pack, key) in [("android", "Cancel"), ("ios", "Common.Cancel"), ("tdesktop", "lng_cancel"), ("webk", "Cancel")]
    {
        assert_eq!(plain(indonesian, pack, key).as_deref(), Some("Batal"), "{pack}");
    }
    assert_eq!(plain(indonesian, "tdlib", "lng_cancel").as_deref(), Some("Batal"));
    assert_eq!(plain(indonesian, "android", "lng_cancel").as_deref(), Some("Batal"), "another pack's key");
    assert!(value(indonesian, "android", "NoSuchKey").is_none());
}

#[test]
fn counts_are_written_as_each_family_reads_them() {
    let languages = Languages::built_in();
    let english = languages.find("en").unwrap();
    for (pack, key, one) in [
        ("android", "Minutes", "%1$d minute"),
        ("ios", "Time.Minutes", "%@ minute"),
        ("tdesktop", "lng_minutes", "{count} minute"),
    ] {
        let Some(enums::LangPackString::Pluralized(counted)) = value(english, pack, key) else { panic!("{key}") };
        assert_eq!(counted.one_value.as_deref(), Some(one));
        assert_eq!(counted.other_value, format!("{one}s"));
    }
}

#[test]
fn an_operator_adds_a_language_and_words() {
    let mut languages = Languages::built_in();
    let text = "# name: Javanese\n# native: Basa Jawa\n# version: 3\n\ncancel\tWurung\nOwnKey\tsiji\\nloro\n";
    languages.add("jv", text, 1).unwrap();
    let javanese = languages.find("jv").unwrap();
    assert_eq!((javanese.native_name.as_str(), javanese.version, javanese.official), ("Basa Jawa", 3, false));
    assert_eq!(plain(javanese, "tdesktop", "lng_cancel").as_deref(), Some("Wurung"));
    assert_eq!(plain(javanese, "ios", "OwnKey").as_deref(), Some("siji\nloro"));
    let before = languages.find("en").unwrap().version;
    languages.add("en", "cancel\tNever mind\n", 7).unwrap();
    let english = languages.find("en").unwrap();
    assert_eq!(english.version, before + 7);
    assert_eq!(plain(english, "webk", "Cancel").as_deref(), Some("Never mind"));
    assert_eq!(plain(english, "webk", "Save").as_deref(), Some("Save"));
    assert_eq!(languages.iter().map(|language| language.code.as_str()).collect::<Vec<_>>(), ["en", "id", "jv"]);
}

#[test]
fn a_file_that_is_wrong_says_where() {
    let mut languages = Languages::built_in();
    let mut line = |code: &str, text: &str| languages.add(code, text, 1).unwrap_err().line;
    assert_eq!(line("jv", "cancel\tWurung\nno tab here"), 2);
    assert_eq!(line("jv", "days#some\tdina"), 1);
    assert_eq!(line("jv", "# version: 0"), 1);
    assert_eq!(line("jv", "days#one\tdina"), 0);
    assert_eq!(line("../jv", "cancel\tWurung"), 0);
    assert_eq!(line("jv", &format!("{}\tx", "k".repeat(257))), 1);
    assert!(languages.find("jv").is_none());
}
