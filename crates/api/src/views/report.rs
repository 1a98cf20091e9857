//! Reasons of reports: those a client chooses from, and those old clients send.

use tl::{enums, types};

/// Each with what it is called on the wire and what people read.
const REASONS: [(&str, &str); 8] = [
    ("spam", "Spam"),
    ("violence", "Violence"),
    ("child_abuse", "Harm to children"),
    ("sexual", "Sexual content nobody asked for"),
    ("personal", "Private details of somebody"),
    ("fake", "Pretending to be somebody else"),
    ("illegal", "Illegal goods"),
    ("other", "Something else"),
];

/// The question why.
#[must_use]
pub fn choose() -> enums::ReportResult {
    let option = |(option, text): &(&str, &str)| {
        types::MessageReportOption { text: (*text).to_owned(), option: option.as_bytes().to_vec() }.into()
    };
    let options = REASONS.iter().map(option).collect();
    types::ReportResultChooseOption { title: "What is wrong?".to_owned(), options }.into()
}

/// The reason of a chosen option.
#[must_use]
pub fn chosen(option: &[u8]) -> Option<&'static str> {
    REASONS.iter().map(|(reason, _)| *reason).find(|reason| reason.as_bytes() == option)
}

/// The reason that other calls name by constructor.
#[must_use]
pub fn reason(reason: &enums::ReportReason) -> &'static str {
    use enums::ReportReason as Reason;
    match reason {
        Reason::InputReportReasonSpam => "spam",
        Reason::InputReportReasonViolence => "violence",
        Reason::InputReportReasonPornography => "sexual",
        Reason::InputReportReasonChildAbuse => "child_abuse",
        Reason::InputReportReasonFake => "fake",
        Reason::InputReportReasonIllegalDrugs => "illegal",
        Reason::InputReportReasonPersonalDetails => "personal",
        _ => "other",
    }
}
