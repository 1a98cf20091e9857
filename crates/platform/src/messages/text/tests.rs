use super::*;
use proptest::prelude::*;

fn found(text: &str) -> Vec<(String, EntityKind)> {
    let styled = prepare(text, &[]).expect("a short text");
    let units: Vec<u16> = styled.text.encode_utf16().collect();
    let slice = |entity: &Entity| {
        let (start, end) = (entity.offset as usize, (entity.offset + entity.length) as usize);
        String::from_utf16(&units[start..end]).expect("whole characters")
    };
    styled.entities.iter().map(|entity| (slice(entity), entity.kind.clone())).collect()
}

fn only(text: &str) -> (String, EntityKind) {
    let found = found(text);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn links_are_found_without_the_sentence_around_them() {
    assert_eq!(only("see https://example.com/a_(b)?c=1."), ("https://example.com/a_(b)?c=1".into(), EntityKind::Url));
    assert_eq!(only("(example.org)"), ("example.org".into(), EntityKind::Url));
    assert_eq!(only("http://localhost:8080/x, ok"), ("http://localhost:8080/x".into(), EntityKind::Url));
    assert_eq!(only("10.0.0.1 is up"), ("10.0.0.1".into(), EntityKind::Url));
    assert!(found("file.rs.zzz and 3.14 and a.b").is_empty());
}

#[test]
fn people_tags_and_commands_are_found() {
    assert_eq!(only("hi @alice!"), ("@alice".into(), EntityKind::Mention));
    assert_eq!(only("😀 #tag2 #12"), ("#tag2".into(), EntityKind::Hashtag));
    assert_eq!(only("$USD up"), ("$USD".into(), EntityKind::Cashtag));
    assert_eq!(only("/start@kentong_bot now"), ("/start@kentong_bot".into(), EntityKind::BotCommand));
    assert_eq!(only("mail bob.b@example.com"), ("bob.b@example.com".into(), EntityKind::Email));
    assert_eq!(only("call +1 (555) 000-1234 now"), ("+1 (555) 000-1234".into(), EntityKind::Phone));
    assert!(found("a@b /a/b 1+1 me/you x#y").is_empty());
}

#[test]
fn code_is_left_alone() {
    let code = Entity { offset: 0, length: 11, kind: EntityKind::Code };
    let bold = Entity { offset: 2, length: 3, kind: EntityKind::Bold };
    let styled = prepare("example.com", &[bold, code.clone()]).expect("fits");
    assert_eq!(styled.entities, vec![code]);
}

#[test]
fn white_space_at_the_ends_goes_and_entities_move() {
    let bold = Entity { offset: 2, length: 4, kind: EntityKind::Bold };
    let styled = prepare("  \nhi\t \r\n", &[bold]).expect("fits");
    assert_eq!(styled.text, "hi");
    assert_eq!(styled.entities, vec![Entity { offset: 0, length: 2, kind: EntityKind::Bold }]);
    assert_eq!(prepare(" \u{200b}\n", &[]).expect("fits"), Styled::default());
}

#[test]
fn bounds_are_checked() {
    let bold = |offset, length| Entity { offset, length, kind: EntityKind::Bold };
    for entity in [bold(-1, 1), bold(0, -1), bold(0, 4), bold(i32::MAX, 1), bold(1, 1), bold(0, 1)] {
        assert_eq!(prepare("😀x", &[entity]), Err(Refusal::EntityBoundsInvalid));
    }
    assert!(prepare("😀x", &[bold(0, 2), bold(2, 1)]).is_ok());
    assert!(prepare(&"a".repeat(4096), &[]).is_ok());
    assert_eq!(prepare(&"a".repeat(4097), &[]), Err(Refusal::MessageTooLong));
}

proptest! {
    #[test]
    fn any_text_gives_entities_within_it(text in "\\PC{0,200}|[@#/+$a-z.:0-9 ()\u{1f600}-\u{1f610}]{0,200}") {
        let styled = prepare(&text, &[]).expect("short");
        let units = Units::of(&styled.text);
        for entity in &styled.entities {
            prop_assert!(entity.length > 0);
            prop_assert!(units.is_boundary(entity.offset) && units.is_boundary(end(entity)));
        }
    }
}
