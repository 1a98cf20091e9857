//! `schema/rules.tsv`: what a person decided about every difference that cannot be copied by name.

/// What is done about one difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// A function of `src/rules/` does it.
    Rule(String),
    /// This constructor, filled with zeros, stands for it.
    StandIn(String),
    /// It is left out with whatever requires it.
    Omit,
    /// The same thing under another name.
    Rename(String),
    /// A function of `src/rules/` makes the field from a field of the source.
    Field(String, String),
    /// The field is zero (or empty): the other side has nothing to say about it.
    Zero,
    /// A required field whose source may be absent: zero then.
    OrZero,
    /// A required field whose source may be absent: the object is left out then.
    OrOmit,
    /// The field is taken from a field of another name.
    From(String),
    /// The field of a request is ignored.
    Drop,
    /// A function of `src/rules/` changes the result of this function.
    Result(String),
}

/// One decision.
#[derive(Clone, Debug)]
pub struct Row {
    pub down: bool,
    pub subject: String,
    /// The last older layer, or the first newer one, that needs it.
    pub edge: u16,
    pub verb: Verb,
}

/// All decisions.
pub struct Manifest {
    home: u16,
    rows: Vec<Row>,
}

impl Manifest {
    pub fn load(text: &str, home: u16) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        Self { home, rows: lines.map(parse_row).collect() }
    }

    /// The decision for a subject towards (or from) a layer: the row whose layer is nearest, beyond it for an older layer
    /// and short of it for a newer one.
    pub fn find(&self, down: bool, subject: &str, layer: u16) -> Option<&Verb> {
        let newer = layer > self.home;
        let spans = |edge: u16| {
            if newer { (self.home + 1..=layer).contains(&edge) } else { (layer..=self.home).contains(&edge) }
        };
        let fits = |row: &&Row| row.down == down && row.subject == subject && spans(row.edge);
        self.rows.iter().filter(fits).min_by_key(|row| row.edge.abs_diff(layer)).map(|row| &row.verb)
    }

    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }
}

fn parse_row(line: &str) -> Row {
    let columns: Vec<&str> = line.split('\t').collect();
    let [direction, subject, last, verb, argument, reason] = columns[..] else {
        panic!("rules.tsv: six columns expected in {line}")
    };
    assert!(direction == "down" || direction == "up", "rules.tsv: down or up expected in {line}");
    assert!(reason.len() > 9, "rules.tsv: a decision needs its reason: {line}");
    Row {
        down: direction == "down",
        subject: subject.to_owned(),
        edge: last.parse().expect("rules.tsv: a layer is a number"),
        verb: parse_verb(verb, argument),
    }
}

fn parse_verb(verb: &str, argument: &str) -> Verb {
    let text = argument.to_owned();
    match verb {
        "rule" => Verb::Rule(text),
        "stand-in" => Verb::StandIn(text),
        "omit" => Verb::Omit,
        "rename" => Verb::Rename(text),
        "field" => {
            let (function, source) = argument.split_once(' ').unwrap_or((argument, ""));
            Verb::Field(function.to_owned(), source.to_owned())
        }
        "zero" => Verb::Zero,
        "or-zero" => Verb::OrZero,
        "or-omit" => Verb::OrOmit,
        "from" => Verb::From(text),
        "drop" => Verb::Drop,
        "result" => Verb::Result(text),
        _ => panic!("rules.tsv: unknown verb {verb}"),
    }
}
