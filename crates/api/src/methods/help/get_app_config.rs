//! `help.getAppConfig`: limits of uploads, folders, pins and the like, as one JSON object.

use std::sync::LazyLock;

use serde_json::Value;
use tl::{enums, functions, types};

use crate::data::Versioned;
use crate::{Context, RpcError};

/// Without `upload_max_fileparts_default` clients cap files at 4,000 parts, and without the pin and folder limits they
/// refuse to pin: the object is whole, for clients do not merge it with what they had.
static CONFIG: LazyLock<Versioned<enums::Jsonvalue>> = LazyLock::new(|| {
    Versioned::new(include_str!("../../../data/app_config.json"), |text| {
        json(serde_json::from_str(text).expect("app_config.json is JSON: a test reads it"))
    })
});

/// The object, unless the client has it.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::help::GetAppConfig,
) -> Result<enums::help::AppConfig, RpcError> {
    if request.hash == CONFIG.hash {
        return Ok(enums::help::AppConfig::NotModified);
    }
    Ok(types::help::AppConfig { hash: CONFIG.hash, config: CONFIG.value.clone() }.into())
}

/// JSON as the protocol writes it.
fn json(value: Value) -> enums::Jsonvalue {
    match value {
        Value::Null => enums::Jsonvalue::JsonNull,
        Value::Bool(value) => types::JsonBool { value }.into(),
        Value::Number(number) => types::JsonNumber { value: number.as_f64().unwrap_or(0.0) }.into(),
        Value::String(value) => types::JsonString { value }.into(),
        Value::Array(values) => types::JsonArray { value: values.into_iter().map(json).collect() }.into(),
        Value::Object(members) => {
            let member = |(key, value)| types::JsonObjectValue { key, value: json(value) }.into();
            types::JsonObject { value: members.into_iter().map(member).collect() }.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_limits_clients_look_for() {
        let enums::Jsonvalue::JsonObject(object) = &CONFIG.value else { panic!("an object") };
        let has = |name: &str| {
            object.value.iter().any(|member| {
                let enums::JsonobjectValue::JsonObjectValue(member) = member;
                member.key == name
            })
        };
        for name in ["upload_max_fileparts_default", "dialogs_pinned_limit_default", "dialog_filters_limit_default"] {
            assert!(has(name), "{name}");
        }
        assert_ne!(CONFIG.hash, 0);
    }
}
