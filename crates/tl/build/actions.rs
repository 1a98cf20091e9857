//! What is done with every definition, per direction and layer, and the check that nothing reachable is left undecided.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Manifest, Verb};
use crate::model::{Def, Kind, Schema};
use crate::plan::{Direction, Plan, plan};

/// What happens to an object of one definition.
#[derive(Clone, Debug)]
pub enum Action {
    /// Copied; what is inside is the same as well.
    Same,
    /// Copied; something inside may differ.
    Walk,
    /// Made anew by a plan of the list.
    Plan(usize),
    /// Made anew by a function.
    Rule(String),
    /// This definition, filled with zeros, stands for it.
    StandIn(usize),
    /// Left out with whatever requires it.
    Missing,
}

/// The actions of one direction and layer, one per definition, and the types with anything but `Same` inside.
pub struct Table {
    pub layer: u16,
    pub actions: Vec<Action>,
    pub dirty: BTreeSet<String>,
}

/// Builds tables and collects plans and problems on the way.
pub struct Builder<'a> {
    pub schema: &'a Schema,
    pub manifest: &'a Manifest,
    pub types: BTreeMap<String, Vec<usize>>,
    pub plans: Vec<Plan>,
    pub problems: Vec<String>,
}

/// A decision, or why none could be made.
type Decided = Result<Action, Vec<String>>;

impl Builder<'_> {
    /// From the home layer to a client's layer, older or newer: results and updates.
    pub fn down(&mut self, layer: u16) -> Table {
        let decided: Vec<Decided> = (0..self.schema.defs.len()).map(|index| self.decide_down(layer, index)).collect();
        let roots = self.result_roots(layer);
        self.finish(layer, decided, roots, &format!("home -> {layer}"))
    }

    /// From any layer served to the home layer: requests.
    pub fn up(&mut self) -> Table {
        let decided: Vec<Decided> = (0..self.schema.defs.len()).map(|index| self.decide_up(index)).collect();
        let functions = (0..self.schema.defs.len()).filter(|&index| self.schema.defs[index].function);
        let roots = functions.map(Root::Def).collect();
        self.finish(self.schema.home, decided, roots, "request -> home")
    }

    fn decide_down(&mut self, layer: u16, index: usize) -> Decided {
        let (schema, manifest) = (self.schema, self.manifest);
        let def = &schema.defs[index];
        if def.function || !schema.is_home(index) {
            return Ok(Action::Missing);
        }
        if def.exists_at(layer) {
            return Ok(Action::Same);
        }
        let direction = Direction { down: true, layer, manifest };
        if let Some(verb) = manifest.find(true, &def.name, layer) {
            return self.by_verb(direction, index, verb);
        }
        if let Some(old) = schema.at(layer, &def.name, false).filter(|&old| schema.defs[old].result == def.result) {
            return self.by_plan(direction, index, old);
        }
        match manifest.find(true, &format!("type:{}", type_name(def)), layer) {
            Some(verb) => self.by_verb(direction, index, verb),
            None => Err(vec![format!("{} does not exist there", def.name)]),
        }
    }

    fn decide_up(&mut self, index: usize) -> Decided {
        let (schema, manifest) = (self.schema, self.manifest);
        let def = &schema.defs[index];
        if schema.is_home(index) {
            return Ok(Action::Same);
        }
        let layer = def.nearest_to(schema.home);
        let direction = Direction { down: false, layer, manifest };
        if let Some(verb) = manifest.find(false, &def.name, layer) {
            return self.by_verb(direction, index, verb);
        }
        if let Some(new) = schema.at(schema.home, &def.name, def.function) {
            return self.by_plan(direction, index, new);
        }
        match manifest.find(false, &format!("type:{}", type_name(def)), layer).filter(|_| !def.function) {
            Some(verb) => self.by_verb(direction, index, verb),
            None => Err(vec![format!("{} does not exist at the home layer", def.name)]),
        }
    }

    fn by_verb(&mut self, direction: Direction<'_>, index: usize, verb: &Verb) -> Decided {
        let def = &self.schema.defs[index];
        let target_layer = if direction.down { direction.layer } else { self.schema.home };
        let named = |name: &str| {
            let found = self.schema.at(target_layer, name, def.function);
            found.ok_or_else(|| vec![format!("{name}, meant for {}, does not exist at {target_layer}", def.name)])
        };
        match verb {
            Verb::Rule(function) => Ok(Action::Rule(function.clone())),
            Verb::StandIn(name) => named(name).map(Action::StandIn),
            Verb::Omit => Ok(Action::Missing),
            Verb::Rename(name) => named(name).and_then(|to| self.by_plan(direction, index, to)),
            other => Err(vec![format!("{}: {other:?} is for fields", def.name)]),
        }
    }

    fn by_plan(&mut self, direction: Direction<'_>, from: usize, to: usize) -> Decided {
        let defs = &self.schema.defs;
        let plan = plan(direction, &defs[from], (to, &defs[to]))?;
        self.plans.push(plan);
        Ok(Action::Plan(self.plans.len() - 1))
    }

    /// What results and updates of a client of this layer can be made of.
    fn result_roots(&mut self, layer: u16) -> Vec<Root> {
        let mut roots = vec![Root::Type("Updates".to_owned())];
        for asked in self.schema.defs.iter().filter(|def| def.function && def.exists_at(layer)) {
            let Some(answered) = self.schema.at(self.schema.home, &asked.name, true) else { continue };
            let answered = &self.schema.defs[answered];
            let decided = self.manifest.find(true, &format!("result:{}", asked.name), layer).is_some();
            if answered.result != asked.result && !decided {
                self.problems.push(format!("home -> {layer}: the result of {} changed", asked.name));
            }
            // A rule takes the result apart: what it hands on is reached otherwise or is its own affair.
            if !decided {
                roots.extend(answered.result.boxed().map(|name| Root::Type(name.to_owned())));
            }
        }
        roots
    }

    fn finish(&mut self, layer: u16, decided: Vec<Decided>, roots: Vec<Root>, direction: &str) -> Table {
        let reached = self.reach(&decided, roots);
        let mut actions = Vec::new();
        for (index, decision) in decided.into_iter().enumerate() {
            actions.push(decision.unwrap_or_else(|problems| {
                if reached.contains(&index) {
                    self.problems.extend(problems.iter().map(|problem| format!("{direction}: {problem}")));
                }
                Action::Missing
            }));
        }
        let dirty = self.spread(&mut actions, layer != self.schema.home);
        Table { layer, actions, dirty }
    }

    /// The definitions that can stand somewhere below the roots, given what is copied of each.
    fn reach(&self, decided: &[Decided], roots: Vec<Root>) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut types = BTreeSet::new();
        let mut open = roots;
        while let Some(root) = open.pop() {
            match root {
                Root::Type(name) if types.insert(name.clone()) => {
                    open.extend(self.types.get(&name).into_iter().flatten().map(|&index| Root::Def(index)));
                }
                Root::Def(index) if reached.insert(index) => {
                    open.extend(self.inside(index, &decided[index]).into_iter().map(Root::Type));
                }
                _ => {}
            }
        }
        reached
    }

    fn inside(&self, index: usize, decision: &Decided) -> Vec<String> {
        let fields = &self.schema.defs[index].fields;
        let all = || fields.iter().filter_map(|field| field.kind.boxed()).map(str::to_owned).collect();
        match decision {
            Ok(Action::Same | Action::Walk) => all(),
            Ok(Action::Plan(plan)) => {
                let copied = self.plans[*plan].moves.iter().filter_map(|made| match made {
                    crate::plan::Move::Copy(source) | crate::plan::Move::CopyOrZero(source) => {
                        fields[*source].kind.boxed()
                    }
                    _ => None,
                });
                copied.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Turns `Same` into `Walk` where something inside differs, to a fixed point.
    fn spread(&self, actions: &mut [Action], down: bool) -> BTreeSet<String> {
        let mut dirty = BTreeSet::new();
        if !down {
            // `src/kindred.rs`: some clients put their cousins there.
            dirty.extend(["InputUser", "InputChannel"].map(str::to_owned));
        }
        loop {
            let before = dirty.len();
            for (index, def) in self.schema.defs.iter().enumerate() {
                let inside = def.fields.iter().filter_map(|field| field.kind.boxed()).any(|name| dirty.contains(name));
                // A wrapper may hold any request.
                let wraps = def.fields.iter().any(|field| field.kind == Kind::Query);
                if (inside || wraps) && matches!(actions[index], Action::Same) {
                    actions[index] = Action::Walk;
                }
                let unreachable = down && !self.schema.is_home(index);
                if let (Kind::Boxed(name), false) = (&def.result, def.function)
                    && !matches!(actions[index], Action::Same)
                    && !unreachable
                {
                    dirty.insert(name.clone());
                }
            }
            if dirty.len() == before {
                return dirty;
            }
        }
    }
}

/// Where reaching begins.
enum Root {
    Type(String),
    Def(usize),
}

fn type_name(def: &Def) -> &str {
    def.result.boxed().unwrap_or("")
}
