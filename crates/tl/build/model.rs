//! The schema in memory: definitions of the home layer and of the other layers served, as parsed from `schema/`.

use std::collections::{BTreeMap, HashMap};

use grammers_tl_parser::parse_tl_file;
use grammers_tl_parser::tl::{Category, Definition, Parameter, ParameterType, Type};

/// What stands on the wire for a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Flags,
    Int,
    Long,
    Double,
    Int128,
    Int256,
    String,
    Bytes,
    Bool,
    Boxed(String),
    Vector(Box<Kind>),
    BareVector(Box<Kind>),
    Query,
}

impl Kind {
    /// The bytes of a number.
    pub fn fixed_bytes(&self) -> Option<u16> {
        match self {
            Kind::Int => Some(4),
            Kind::Long | Kind::Double => Some(8),
            Kind::Int128 => Some(16),
            Kind::Int256 => Some(32),
            _ => None,
        }
    }

    /// The boxed type inside, through vectors.
    pub fn boxed(&self) -> Option<&str> {
        match self {
            Kind::Boxed(name) => Some(name),
            Kind::Vector(inner) | Kind::BareVector(inner) => inner.boxed(),
            _ => None,
        }
    }
}

/// A bit of a flags word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bit {
    pub word: u8,
    pub bit: u8,
}

/// A field with bytes on the wire; flags words included.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub condition: Option<Bit>,
}

/// A member `flags.N?true`: a bit and no bytes.
#[derive(Clone, Debug)]
pub struct Switch {
    pub name: String,
    pub bit: Bit,
}

/// One constructor or function of one or more layers.
#[derive(Clone, Debug)]
pub struct Def {
    pub id: u32,
    pub name: String,
    pub function: bool,
    pub fields: Vec<Field>,
    pub switches: Vec<Switch>,
    pub result: Kind,
    pub first: u16,
    pub last: u16,
}

impl Def {
    pub fn exists_at(&self, layer: u16) -> bool {
        self.first <= layer && layer <= self.last
    }

    /// The layer of its own that is asked for rules: its last one, or its first if it is newer than the home layer.
    pub fn nearest_to(&self, home: u16) -> u16 {
        if self.first > home { self.first } else { self.last }
    }

    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    pub fn switch(&self, name: &str) -> Option<&Switch> {
        self.switches.iter().find(|switch| switch.name == name)
    }
}

/// Every definition of the layers served; those of the home layer come first.
pub struct Schema {
    pub home: u16,
    /// The other layers, ascending, without the home layer.
    pub layers: Vec<u16>,
    pub defs: Vec<Def>,
}

impl Schema {
    pub fn load(home_text: &str, layers_text: &str, home: u16, oldest: u16) -> Self {
        let seen = seen_layers(layers_text);
        let newest = seen.iter().copied().fold(home, u16::max);
        let mut defs = parse(home_text, 0, newest);
        let by_id: HashMap<u32, usize> = defs.iter().enumerate().map(|(index, def)| (def.id, index)).collect();
        let layers = seen.into_iter().filter(|&layer| layer >= oldest && layer != home).collect();
        for row in layers_text.lines().filter(|line| !line.starts_with('#')) {
            load_row(row, oldest, &by_id, &mut defs);
        }
        Self { home, layers, defs }
    }

    pub fn is_home(&self, index: usize) -> bool {
        self.defs[index].exists_at(self.home)
    }

    /// The definition of this name and sort that a layer has.
    pub fn at(&self, layer: u16, name: &str, function: bool) -> Option<usize> {
        self.defs.iter().position(|def| def.name == name && def.function == function && def.exists_at(layer))
    }

    /// Constructors of every type, by the type's name.
    pub fn constructors(&self) -> BTreeMap<String, Vec<usize>> {
        let mut types: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, def) in self.defs.iter().enumerate() {
            for name in def.fields.iter().filter_map(|field| field.kind.boxed()).chain(def.result.boxed()) {
                types.entry(name.to_owned()).or_default();
            }
            if let (false, Kind::Boxed(name)) = (def.function, &def.result) {
                types.entry(name.clone()).or_default().push(index);
            }
        }
        types
    }
}

fn load_row(row: &str, oldest: u16, by_id: &HashMap<u32, usize>, defs: &mut Vec<Def>) {
    let columns: Vec<&str> = row.split('\t').collect();
    let [kind, first, last, text] = columns[..] else { panic!("layers.tsv: four columns expected in {row}") };
    let first: u16 = first.parse().expect("layers.tsv: first layer is a number");
    let last: u16 = last.parse().expect("layers.tsv: last layer is a number");
    let id = text.split(['#', ' ']).nth(1).and_then(|id| u32::from_str_radix(id, 16).ok());
    let id = id.unwrap_or_else(|| panic!("layers.tsv: no id in {row}"));
    if let Some(&index) = by_id.get(&id) {
        (defs[index].first, defs[index].last) = (first, last);
    } else if last >= oldest {
        let section = if kind == "method" { "---functions---\n" } else { "" };
        defs.extend(parse(&format!("{section}{text}"), first, last));
    }
}

/// `# seen 150-152,154` in the header of layers.tsv.
fn seen_layers(text: &str) -> Vec<u16> {
    let line = text.lines().find_map(|line| line.strip_prefix("# seen ")).expect("layers.tsv: a line `# seen`");
    let number = |text: &str| text.trim().parse::<u16>().expect("layers.tsv: a layer is a number");
    let range = |part: &str| match part.split_once('-') {
        Some((first, last)) => number(first)..=number(last),
        None => number(part)..=number(part),
    };
    line.split(',').flat_map(range).collect()
}

fn parse(text: &str, first: u16, last: u16) -> Vec<Def> {
    let mut defs = Vec::new();
    for parsed in parse_tl_file(text) {
        match parsed {
            Ok(definition) if definition.name != "vector" => defs.push(convert(&definition, first, last)),
            Ok(_) => {}
            // `vector {t:Type} # [ t ]` describes itself in a notation of its own; it is built in.
            Err(error) => assert!(text.contains("vector#1cb5c415"), "schema: {error:?} in {text}"),
        }
    }
    defs
}

fn convert(definition: &Definition, first: u16, last: u16) -> Def {
    let words: Vec<&str> = definition
        .params
        .iter()
        .filter(|param| param.ty == ParameterType::Flags)
        .map(|param| param.name.as_str())
        .collect();
    let mut def = Def {
        id: definition.id,
        name: qualified(&definition.namespace, &definition.name),
        function: definition.category == Category::Functions,
        fields: Vec::new(),
        switches: Vec::new(),
        result: kind_of(&definition.ty),
        first,
        last,
    };
    for param in &definition.params {
        add_member(&mut def, param, &words);
    }
    def
}

fn add_member(def: &mut Def, param: &Parameter, words: &[&str]) {
    let name = param.name.clone();
    let ParameterType::Normal { ty, flag } = &param.ty else {
        return def.fields.push(Field { name, kind: Kind::Flags, condition: None });
    };
    let condition = flag.as_ref().map(|flag| Bit {
        word: words.iter().position(|word| *word == flag.name).expect("schema: a flag names a flags word") as u8,
        bit: u8::try_from(flag.index).expect("schema: a flags word has 32 bits"),
    });
    match condition {
        Some(bit) if ty.name == "true" => def.switches.push(Switch { name, bit }),
        _ => def.fields.push(Field { name, kind: kind_of(ty), condition }),
    }
}

fn qualified(namespace: &[String], name: &str) -> String {
    namespace.iter().map(|part| format!("{part}.")).collect::<String>() + name
}

fn kind_of(ty: &Type) -> Kind {
    if ty.generic_ref {
        return Kind::Query;
    }
    let inner = || Box::new(kind_of(ty.generic_arg.as_ref().expect("schema: a vector has an element type")));
    match qualified(&ty.namespace, &ty.name).as_str() {
        "int" => Kind::Int,
        "long" => Kind::Long,
        "double" => Kind::Double,
        "int128" => Kind::Int128,
        "int256" => Kind::Int256,
        "string" => Kind::String,
        "bytes" => Kind::Bytes,
        "Bool" => Kind::Bool,
        "Vector" => Kind::Vector(inner()),
        "vector" => Kind::BareVector(inner()),
        "X" => Kind::Query,
        name => Kind::Boxed(name.to_owned()),
    }
}
