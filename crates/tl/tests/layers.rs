//! Every constructor and function of every other layer served, with random contents, translated and read again by the
//! other side's tables.

use tl::schema::{self, Definition, HOME_LAYER, Kind};
use tl::translate::{self, TranslateError};
use tl::{check, sample::Fill, sample::Sampler};

/// Random values made of every definition.
const ROUNDS: u32 = 5;
/// Requests of one form of which one at least must be understood.
const REQUEST_SAMPLES: u32 = 40;
const FILLS: [Fill; 2] = [Fill::Nothing, Fill::Random];

/// A small generator of numbers (xorshift): the same values in every run.
fn numbers(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state >> 3
    }
}

fn functions_of(layer: i32) -> impl Iterator<Item = &'static Definition> {
    schema::DEFINITIONS.iter().filter(move |definition| definition.function && definition.exists_at(layer))
}

#[test]
fn requests_of_every_layer_become_requests_of_the_home_layer() {
    for layer in schema::other_layers().chain([HOME_LAYER]) {
        for function in functions_of(layer) {
            for round in 0..ROUNDS {
                request_survives(layer, function, round);
            }
        }
    }
}

fn request_survives(layer: i32, function: &'static Definition, round: u32) {
    let bytes = Sampler::new(layer, numbers(function.id ^ round ^ (layer as u32) << 8)).object(function);
    match translate::request(&bytes) {
        Ok(home) => {
            let id = u32::from_le_bytes(home[..4].try_into().expect("a request has a constructor"));
            assert!(schema::find(id).is_some_and(Definition::is_home), "{} became no home function", function.name);
            let read = check::value_at_layer(&home, Kind::Query, HOME_LAYER);
            assert_eq!(read, Ok(()), "{} of {layer} at the home layer", function.name);
            assert_eq!(home.is_empty(), bytes.is_empty());
        }
        // Documented refusals of schema/rules.tsv, and inline buttons of sorts that messages never had.
        Err(TranslateError::Inexpressible) => assert!(layer != HOME_LAYER),
        Err(error) => panic!("{} of {layer}: {error}", function.name),
    }
}

#[test]
fn results_become_results_of_every_layer() {
    for layer in schema::other_layers() {
        for asked in functions_of(layer) {
            let Some(answered) = schema::named(HOME_LAYER, asked.name) else { continue };
            for round in 0..ROUNDS {
                result_survives(layer, asked, answered, round);
            }
        }
    }
}

fn result_survives(layer: i32, asked: &'static Definition, answered: &'static Definition, round: u32) {
    if asked.result == Kind::Query {
        return;
    }
    let bytes = Sampler::new(HOME_LAYER, numbers(answered.id ^ round ^ (layer as u32) << 8)).value(answered.result);
    match translate::result(layer, asked.id, answered.id, &bytes) {
        Ok(theirs) => {
            let read = check::value_at_layer(&theirs, asked.result, layer);
            assert_eq!(read, Ok(()), "the result of {} at {layer}", asked.name);
        }
        Err(error) => assert_eq!(error, TranslateError::Inexpressible, "the result of {} at {layer}", asked.name),
    }
}

/// Types that can stand inside results and updates are translated wherever they stand: here each on its own.
#[test]
fn every_constructor_of_results_has_something_to_stand_for_it() {
    let updates = kind_of("updates");
    for layer in schema::other_layers() {
        let mut kept = 0;
        for update in schema::constructors().filter(|definition| definition.result == kind_of("updateConfig")) {
            for round in 0..ROUNDS {
                kept += u32::from(update_survives(layer, update, updates, round));
            }
        }
        assert!(kept > 0);
    }
}

fn kind_of(constructor: &str) -> Kind {
    schema::named(HOME_LAYER, constructor).expect("a constructor of the home layer").result
}

/// Puts one update into an envelope of its own, which goes too when there is nothing to say.
fn update_survives(layer: i32, update: &'static Definition, updates: Kind, round: u32) -> bool {
    let mut bytes = schema::named(HOME_LAYER, "updateShort").expect("updateShort").id.to_le_bytes().to_vec();
    bytes.extend(Sampler::new(HOME_LAYER, numbers(update.id ^ round ^ (layer as u32) << 8)).object(update));
    bytes.extend([0; 4]);
    match translate::updates(layer, &bytes) {
        Ok(Some(theirs)) => {
            assert_eq!(check::value_at_layer(&theirs, updates, layer), Ok(()), "{} at {layer}", update.name);
            true
        }
        Ok(None) => {
            assert!(!update.exists_at(layer) || contains_foreign(update), "{} at {layer} is gone", update.name);
            false
        }
        Err(error) => panic!("{} at {layer}: {error}", update.name),
    }
}

/// An update that exists everywhere may still be about something that does not.
fn contains_foreign(update: &Definition) -> bool {
    update.fields.iter().any(|field| matches!(field.kind, Kind::Boxed(_)))
}

#[test]
fn a_missing_update_with_pts_advances_the_counter() {
    let missing = |definition: &&Definition| {
        definition.result == kind_of("updateConfig")
            && (definition.field("pts_count").is_some() || definition.field("qts").is_some())
    };
    let updates: Vec<_> = schema::constructors().filter(missing).collect();
    assert!(updates.len() > 10);
    for layer in schema::other_layers() {
        for update in updates.iter().filter(|update| !update.exists_at(layer)) {
            assert!(update_survives(layer, update, kind_of("updates"), 7), "{} at {layer}", update.name);
        }
    }
}

#[test]
fn the_home_layer_is_not_touched() {
    let user = schema::named(HOME_LAYER, "users.getUsers").expect("users.getUsers");
    let bytes = Sampler::new(HOME_LAYER, numbers(1)).value(user.result);
    for layer in [0, HOME_LAYER] {
        let same = translate::result(layer, user.id, user.id, &bytes).expect("nothing to refuse");
        assert!(matches!(same, std::borrow::Cow::Borrowed(_)), "layer {layer} pays");
    }
}

/// The layer of a form that rules are written for.
fn nearest(function: &Definition) -> i32 {
    i32::from(if i32::from(function.first) > HOME_LAYER { function.first } else { function.last })
}

/// Each form of a request that any layer served has is understood, or refused by a row `omit` of the rules with its reason.
#[test]
fn every_request_form_is_understood_or_refused_with_a_reason() {
    let rules = std::fs::read_to_string("schema/rules.tsv").expect("the rules");
    let waived = |name: &str, layer: i32| {
        rules.lines().any(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [direction, subject, until, verb, _, reason] = columns[..] else { return false };
            let fits = (direction, subject, verb) == ("up", name, "omit");
            let spans =
                |until: i32| if layer > HOME_LAYER { until == layer } else { (layer..=HOME_LAYER).contains(&until) };
            fits && until.parse().is_ok_and(spans) && !reason.is_empty()
        })
    };
    for function in schema::DEFINITIONS.iter().filter(|definition| definition.function) {
        let samples = (0..REQUEST_SAMPLES).map(|round| {
            let next = numbers(function.id ^ round);
            Sampler::new(nearest(function), next).filling(FILLS[round as usize % FILLS.len()]).object(function)
        });
        let understood = samples.into_iter().any(|bytes| translate::request(&bytes).is_ok());
        let name = function.name;
        assert_ne!(understood, waived(name, nearest(function)), "{name} of {}: understood {understood}", function.last);
    }
}
