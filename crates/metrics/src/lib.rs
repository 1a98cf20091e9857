//! The one inventory of metrics: what is counted, under which name, with which help text. `/metrics` and the
//! documentation are made from it, so that nothing is measured that is not described.
