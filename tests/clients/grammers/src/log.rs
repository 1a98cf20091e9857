//! The library's log as the suite reads it: `WRN - …`, so that warnings are held against the server. The library does not say
//! which client a line is about.

use std::fmt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let level = match *event.metadata().level() {
            Level::ERROR => "ERR",
            Level::WARN => "WRN",
            _ => "INF",
        };
        write!(out, "{level} - [{}] ", event.metadata().target())?;
        context.format_fields(out.by_ref(), event)?;
        writeln!(out)
    }
}

/// Warnings and errors, or everything when `KENTONG_CLIENT_LOG_LEVEL` is set.
pub fn start() {
    let all = std::env::var_os("KENTONG_CLIENT_LOG_LEVEL").is_some();
    let level = if all { Level::TRACE } else { Level::WARN };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).event_format(Lines).init();
}
