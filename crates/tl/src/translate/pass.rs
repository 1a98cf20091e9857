//! One pass over serialised objects: reads at one layer, writes at another.

use super::{Action, Bit, LayerTable, Lean, Move, Object, Outcome, Plan, Stop};
use crate::kindred::kindred;
use crate::rules;
use crate::schema::{DEFINITIONS, Definition, HOME_LAYER, Kind, PLANS, RULES, StepKind, TYPES, VECTOR_ID, index_of};
use crate::walk::{WORDS_MAX, WalkError, Words, is_of, skip, skip_object};
use crate::wire::{put_empty_vector, put_false, put_u32, skip_fixed, string_at, u32_at};

/// Deepest nesting of what is translated, in levels: twice that of a request, since rules may wrap what they translate.
const DEPTH_MAX: usize = 96;

/// One translation: the table that says what is done, and what was written so far.
pub(crate) struct Pass<'t> {
    table: &'t LayerTable,
    /// The layer written.
    pub(crate) layer: i32,
    /// What was written.
    pub(crate) out: Vec<u8>,
    depth: usize,
}

/// How far a stretch of input was read, and from where it is still to be copied.
struct Run<'a> {
    input: &'a [u8],
    copied: usize,
    at: usize,
}

impl Run<'_> {
    fn pass_fixed(&mut self, bytes: usize) -> Outcome {
        self.at = skip_fixed(self.input, self.at, bytes)?;
        Ok(())
    }

    fn pass_value(&mut self, kind: Kind) -> Outcome {
        self.at = skip(self.input, kind, self.at)?;
        Ok(())
    }

    fn pass_text(&mut self) -> Outcome {
        self.at = string_at(self.input, self.at)?.2;
        Ok(())
    }
}

/// The state to go back to when what was begun cannot be written.
struct Mark {
    written: usize,
    copied: usize,
    at: usize,
}

/// Which bits of the target must stay clear, because what they govern cannot be written.
type Dropped = [u32; WORDS_MAX];

impl<'t> Pass<'t> {
    pub(crate) fn new(table: &'t LayerTable, layer: i32, expected_bytes: usize) -> Self {
        Self { table, layer, out: Vec::with_capacity(expected_bytes + expected_bytes / 8), depth: 0 }
    }

    /// Requests are never silently shortened: what cannot be expressed is refused as a whole.
    fn is_request(&self) -> bool {
        self.layer == HOME_LAYER
    }

    /// Whether anything inside a value of this kind may have to be changed.
    pub(crate) fn is_dirty(&self, kind: Kind) -> bool {
        match kind {
            Kind::Boxed(type_index) => self.table.dirty[usize::from(type_index)],
            Kind::Vector(element) | Kind::BareVector(element) => self.is_dirty(*element),
            Kind::Query => true,
            _ => false,
        }
    }

    /// Translates the one value that `input` begins with.
    pub(crate) fn value(&mut self, input: &[u8], kind: Kind) -> Outcome {
        let mut run = Run { input, copied: 0, at: 0 };
        self.walk(&mut run, kind)?;
        self.flush(&mut run);
        Ok(())
    }

    /// A value of which it is known where it ends.
    fn copy(&mut self, bytes: &[u8], kind: Kind) -> Outcome {
        if self.is_dirty(kind) {
            return self.value(bytes, kind);
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self, run: &mut Run<'_>) {
        self.out.extend_from_slice(&run.input[run.copied..run.at]);
        run.copied = run.at;
    }

    fn mark(&self, run: &Run<'_>) -> Mark {
        Mark { written: self.out.len(), copied: run.copied, at: run.at }
    }

    fn rewind(&mut self, run: &mut Run<'_>, mark: &Mark) {
        self.out.truncate(mark.written);
        run.copied = mark.copied;
        run.at = mark.at;
    }

    fn walk(&mut self, run: &mut Run<'_>, kind: Kind) -> Outcome {
        if !self.is_dirty(kind) {
            run.at = skip(run.input, kind, run.at)?;
            return Ok(());
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(WalkError::Depth.into());
        }
        let outcome = match kind {
            Kind::Vector(element) => self.vector(run, *element, 8),
            Kind::BareVector(element) => self.vector(run, *element, 4),
            _ => self.object(run, kind),
        };
        self.depth -= 1;
        outcome
    }

    fn vector(&mut self, run: &mut Run<'_>, element: Kind, header: usize) -> Outcome {
        let mark = self.mark(run);
        match self.whole_vector(run, element, header) {
            Err(Stop::Missing) if !self.is_request() => {
                self.rewind(run, &mark);
                self.thinned_vector(run, element, header)
            }
            outcome => outcome,
        }
    }

    fn whole_vector(&mut self, run: &mut Run<'_>, element: Kind, header: usize) -> Outcome {
        let count = u32_at(run.input, run.at + header - 4)?;
        run.at += header;
        for _ in 0..count {
            self.walk(run, element)?;
        }
        Ok(())
    }

    /// The vector without the elements that cannot be written.
    fn thinned_vector(&mut self, run: &mut Run<'_>, element: Kind, header: usize) -> Outcome {
        let count = u32_at(run.input, run.at + header - 4)?;
        run.at += header;
        self.flush(run);
        let count_at = self.out.len() - 4;
        let mut kept = 0;
        for _ in 0..count {
            let start = run.at;
            let written = self.out.len();
            match self.walk(run, element) {
                Ok(()) => {
                    self.flush(run);
                    kept += 1;
                }
                Err(Stop::Missing) => {
                    self.out.truncate(written);
                    run.at = skip(run.input, element, start)?;
                    run.copied = run.at;
                }
                Err(stop) => return Err(stop),
            }
        }
        self.patch(count_at, kept);
        Ok(())
    }

    fn patch(&mut self, at: usize, value: u32) {
        self.out[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn object(&mut self, run: &mut Run<'_>, kind: Kind) -> Outcome {
        let id = u32_at(run.input, run.at)?;
        let index = index_of(id).ok_or(WalkError::Constructor { id, at: run.at, expected: expected(kind) })?;
        let definition = &DEFINITIONS[index];
        if let Some(cousin) = self.cousin(kind, definition) {
            return self.rename(run, cousin, definition);
        }
        let mark = self.mark(run);
        let outcome = self.act(run, definition, self.table.actions[index]);
        if outcome == Err(Stop::Missing) && is_update(definition) && !self.is_request() {
            self.rewind(run, &mark);
            return self.remake(run, definition, rules::updates::left_out);
        }
        outcome
    }

    /// What a constructor of another type stands for here, in requests.
    fn cousin(&self, kind: Kind, definition: &Definition) -> Option<u32> {
        match kind {
            Kind::Boxed(type_index) if self.is_request() && !is_of(definition, type_index) => {
                kindred(type_index, definition.id)
            }
            _ => None,
        }
    }

    /// The same fields under another number.
    fn rename(&mut self, run: &mut Run<'_>, id: u32, definition: &'static Definition) -> Outcome {
        self.flush(run);
        put_u32(&mut self.out, id);
        let end = skip_object(run.input, definition, run.at, 0)?;
        run.copied = run.at + 4;
        run.at = end;
        Ok(())
    }

    fn act(&mut self, run: &mut Run<'_>, definition: &'static Definition, action: Action) -> Outcome {
        match action {
            Action::Same => {
                run.at = skip_object(run.input, definition, run.at, 0)?;
                Ok(())
            }
            Action::Walk => self.walk_fields(run, definition),
            Action::Plan(plan) => self.carry_out(run, definition, &PLANS[usize::from(plan)]),
            Action::Rule(rule) => self.remake(run, definition, RULES[usize::from(rule)]),
            Action::StandIn(index) => {
                self.remake(run, definition, |pass, _| pass.zeros(&DEFINITIONS[usize::from(index)]))
            }
            Action::Missing => Err(Stop::Missing),
        }
    }

    /// Writes something else in the place of an object.
    fn remake(
        &mut self,
        run: &mut Run<'_>,
        definition: &'static Definition,
        make: impl FnOnce(&mut Self, &Object<'_>) -> Outcome,
    ) -> Outcome {
        let object = Object::parse(definition, run.input, run.at)?;
        self.flush(run);
        make(self, &object)?;
        run.at = object.end();
        run.copied = run.at;
        Ok(())
    }

    /// An object by its plan; where only the number differs, the rest stays as it is.
    fn carry_out(&mut self, run: &mut Run<'_>, definition: &'static Definition, plan: &'static Plan) -> Outcome {
        if let Some(lean) = &plan.lean {
            let mark = self.mark(run);
            self.flush(run);
            put_u32(&mut self.out, DEFINITIONS[usize::from(plan.to)].id);
            run.copied = run.at + 4;
            match self.whole_fields(run, definition, lean) {
                Err(Refused::Optional) => self.rewind(run, &mark),
                Err(Refused::Stop(stop)) => return Err(stop),
                Ok(()) => return Ok(()),
            }
        }
        self.remake(run, definition, |pass, object| pass.apply(Source::Plan(plan), object))
    }

    /// The object itself, with what is inside translated; made anew if something optional must go.
    fn walk_fields(&mut self, run: &mut Run<'_>, definition: &'static Definition) -> Outcome {
        let mark = self.mark(run);
        match self.whole_fields(run, definition, &Lean::default()) {
            Err(Refused::Optional) => {
                self.rewind(run, &mark);
                self.remake(run, definition, |pass, object| pass.apply(Source::Same(object.definition), object))
            }
            Err(Refused::Stop(stop)) => Err(stop),
            Ok(()) => Ok(()),
        }
    }

    /// Goes over the fields of an object with none of the forbidden bits, and leaves some out.
    fn whole_fields(&mut self, run: &mut Run<'_>, definition: &'static Definition, lean: &Lean) -> Result<(), Refused> {
        let mut words = Words::default();
        run.at += 4;
        for (number, step) in definition.steps.iter().enumerate() {
            if !words.wants(step) {
                continue;
            }
            let is_dropped = lean.dropped >> number & 1 == 1;
            if is_dropped {
                self.flush(run);
            }
            let outcome = match step.kind {
                StepKind::Flags => {
                    let word = u32_at(run.input, run.at).map_err(Stop::from)?;
                    if !words.push_allowed(word, &lean.forbidden) {
                        return Err(Refused::Optional);
                    }
                    run.at += 4;
                    Ok(())
                }
                StepKind::Fixed(bytes) => run.pass_fixed(usize::from(bytes)),
                StepKind::Text => run.pass_text(),
                StepKind::Boxed(type_index) if is_dropped => run.pass_value(Kind::Boxed(type_index)),
                StepKind::Other(kind) if is_dropped => run.pass_value(*kind),
                StepKind::Boxed(type_index) => self.walk(run, Kind::Boxed(type_index)),
                StepKind::Other(kind) => self.walk(run, *kind),
            };
            match outcome {
                Err(Stop::Missing) if step.mask != 0 && !self.is_request() => return Err(Refused::Optional),
                outcome => outcome?,
            }
            if is_dropped {
                run.copied = run.at;
            }
        }
        Ok(())
    }

    /// Makes an object field by field; begins again without what turns out to be missing on the other side.
    fn apply(&mut self, source: Source<'_>, object: &Object<'_>) -> Outcome {
        let written = self.out.len();
        let mut dropped = Dropped::default();
        while let Some(bit) = self.try_apply(source, object, &dropped)? {
            dropped[usize::from(bit.word)] |= 1 << bit.bit;
            self.out.truncate(written);
        }
        Ok(())
    }

    /// One attempt; the bit that must be dropped, if there is one.
    fn try_apply(&mut self, source: Source<'_>, object: &Object<'_>, dropped: &Dropped) -> Result<Option<Bit>, Stop> {
        let target = source.target();
        put_u32(&mut self.out, target.id);
        let mut made = Made { words: source.switch_words(object), places: [0; WORDS_MAX], count: 0 };
        for (index, field) in target.fields.iter().enumerate() {
            if field.condition.is_some_and(|bit| dropped[usize::from(bit.word)] >> bit.bit & 1 == 1) {
                continue;
            }
            let step = source.step(index);
            match self.make_field(step, object, field.kind, field.condition, &mut made) {
                Err(Stop::Missing) if field.condition.is_some() && !self.is_request() => return Ok(field.condition),
                outcome => outcome?,
            }
        }
        self.patch_words(&made, dropped);
        Ok(None)
    }

    fn make_field(
        &mut self,
        step: Move,
        object: &Object<'_>,
        kind: Kind,
        condition: Option<Bit>,
        made: &mut Made,
    ) -> Outcome {
        let present = match step {
            Move::Flags => {
                made.place(self.out.len());
                put_u32(&mut self.out, 0);
                return Ok(());
            }
            Move::Field(rule, source) => {
                let source = source.and_then(|source| object.at(usize::from(source)));
                let written = source.is_some() || condition.is_none();
                if written {
                    rule(self, source)?;
                }
                written
            }
            Move::Copy(source) => match object.at(usize::from(source)) {
                Some(bytes) => self.copy(bytes, kind).map(|()| true)?,
                None if condition.is_none() => return Err(Stop::Missing),
                None => false,
            },
            Move::CopyOrZero(source) => match object.at(usize::from(source)) {
                Some(bytes) => self.copy(bytes, kind).map(|()| true)?,
                None => self.zero_if_required(kind, condition)?,
            },
            Move::Zero => self.zero_if_required(kind, condition)?,
        };
        made.set(condition.filter(|_| present));
        Ok(())
    }

    /// Writes the flags words once it is known what stands in the object.
    fn patch_words(&mut self, made: &Made, dropped: &Dropped) {
        for ((place, word), dropped) in made.places.iter().zip(made.words).zip(dropped).take(made.count) {
            self.patch(*place, word & !dropped);
        }
    }

    fn zero_if_required(&mut self, kind: Kind, condition: Option<Bit>) -> Result<bool, Stop> {
        if condition.is_none() {
            self.zero(kind)?;
        }
        Ok(false)
    }

    /// A definition with nothing in it.
    pub(crate) fn zeros(&mut self, definition: &Definition) -> Outcome {
        put_u32(&mut self.out, definition.id);
        for field in definition.fields.iter().filter(|field| field.condition.is_none()) {
            self.zero(field.kind)?;
        }
        Ok(())
    }

    /// Zero, or whatever is emptiest.
    fn zero(&mut self, kind: Kind) -> Outcome {
        match kind {
            Kind::Bool => put_false(&mut self.out),
            Kind::Vector(_) => put_empty_vector(&mut self.out),
            Kind::Boxed(type_index) => {
                let emptiest = TYPES[usize::from(type_index)].emptiest.ok_or(Stop::Missing)?;
                let definition = &DEFINITIONS[usize::from(emptiest)];
                if !definition.exists_at(self.layer) {
                    return Err(Stop::Missing);
                }
                self.zeros(definition)?;
            }
            Kind::Query => return Err(Stop::Missing),
            Kind::Int256 => self.out.extend_from_slice(&[0; 32]),
            Kind::Int128 => self.out.extend_from_slice(&[0; 16]),
            Kind::Long | Kind::Double => self.out.extend_from_slice(&[0; 8]),
            Kind::Flags | Kind::Int | Kind::String | Kind::Bytes | Kind::BareVector(_) => put_u32(&mut self.out, 0),
        }
        Ok(())
    }

    /// Makes an object of the layer written out of the fields and switches of several, by name; the first that has one
    /// gives it. For rules that take objects apart or put them together.
    pub(crate) fn merge(&mut self, target: &Definition, sources: &[&Object<'_>]) -> Outcome {
        self.merge_with(target, sources, &[])
    }

    /// The same, with fields that are written already.
    pub(crate) fn merge_with(
        &mut self,
        target: &Definition,
        sources: &[&Object<'_>],
        written: &[(&str, &[u8])],
    ) -> Outcome {
        put_u32(&mut self.out, target.id);
        let mut made = Made { words: [0; WORDS_MAX], places: [0; WORDS_MAX], count: 0 };
        for switch in target.switches.iter().filter(|switch| sources.iter().any(|source| source.switch(switch.name))) {
            made.set(Some(switch.bit));
        }
        for field in target.fields {
            if let Some((_, bytes)) = written.iter().find(|(name, _)| *name == field.name) {
                self.out.extend_from_slice(bytes);
                made.set(field.condition);
                continue;
            }
            let found = sources.iter().find_map(|source| source.field(field.name));
            match (field.kind, found) {
                (Kind::Flags, _) => {
                    made.place(self.out.len());
                    put_u32(&mut self.out, 0);
                }
                (kind, Some(bytes)) => {
                    self.value(bytes, kind)?;
                    made.set(field.condition);
                }
                (kind, None) => {
                    self.zero_if_required(kind, field.condition)?;
                }
            }
        }
        self.patch_words(&made, &Dropped::default());
        Ok(())
    }
}

/// Why a plain walk over fields ended.
enum Refused {
    /// Something optional cannot be written.
    Optional,
    Stop(Stop),
}

impl From<Stop> for Refused {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// What an object is made by.
#[derive(Clone, Copy)]
enum Source<'p> {
    /// A plan towards another definition.
    Plan(&'p Plan),
    /// The same definition again.
    Same(&'static Definition),
}

impl Source<'_> {
    fn target(self) -> &'static Definition {
        match self {
            Source::Plan(plan) => &DEFINITIONS[usize::from(plan.to)],
            Source::Same(definition) => definition,
        }
    }

    fn step(self, index: usize) -> Move {
        match self {
            Source::Plan(plan) => plan.moves[index],
            Source::Same(definition) if definition.fields[index].kind == Kind::Flags => Move::Flags,
            // The build checks that no definition has more than 64 fields.
            Source::Same(_) => Move::Copy(index as u8),
        }
    }

    fn switch_words(self, object: &Object<'_>) -> [u32; WORDS_MAX] {
        let Source::Plan(plan) = self else { return object.words.words };
        let mut words = [0; WORDS_MAX];
        for (from, to) in plan.switches {
            let set = object.words.words[usize::from(from.word)] >> from.bit & 1;
            words[usize::from(to.word)] |= set << to.bit;
        }
        words
    }
}

/// The flags words of an object being made.
struct Made {
    words: [u32; WORDS_MAX],
    places: [usize; WORDS_MAX],
    count: usize,
}

impl Made {
    fn place(&mut self, at: usize) {
        self.places[self.count] = at;
        self.count += 1;
    }

    fn set(&mut self, bit: Option<Bit>) {
        if let Some(bit) = bit {
            self.words[usize::from(bit.word)] |= 1 << bit.bit;
        }
    }
}

fn is_update(definition: &Definition) -> bool {
    matches!(definition.result, Kind::Boxed(index) if TYPES[usize::from(index)].name == "Update")
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Boxed(index) => TYPES[usize::from(index)].name,
        Kind::Query => "a function",
        _ => "an object",
    }
}

/// A boxed vector's beginning.
pub(crate) fn put_vector(out: &mut Vec<u8>, count: u32) {
    put_u32(out, VECTOR_ID);
    put_u32(out, count);
}
