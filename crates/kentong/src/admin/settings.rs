//! Settings that change while the server runs: what is set is stored and wins over the configuration, what is given back is as
//! configured again.

use platform::people::SignUpMode;
use platform::people::stewards::Steward;
use platform::people::switches::ServerSwitches;

use super::office::Office;
use super::outcome::SettingRow;
use crate::config::{Config, SignUp};
use crate::logging;

const BYTES_PER_MIB: u64 = 1024 * 1024;
/// Most MiB that a quota may be.
const QUOTA_MAX_MIB: u32 = u32::MAX;
/// Longest value, in bytes.
const VALUE_MAX_BYTES: usize = 1_024;

/// One of them.
struct Setting {
    name: &'static str,
    about: &'static str,
    /// What is set, if something is.
    stored: fn(&ServerSwitches) -> Option<String>,
    /// What the configuration says.
    configured: fn(&Config) -> String,
    /// Takes a value, or says what is wrong with it.
    set: fn(&mut ServerSwitches, Option<&str>) -> Result<(), String>,
}

const SETTINGS: [Setting; 5] = [
    Setting {
        name: "sign_up",
        about: "who may sign up: open, invite, approval, closed",
        stored: |switches| switches.sign_up_mode.map(|mode| word(mode.into())),
        configured: |config| word(config.access.sign_up),
        set: |switches, value| {
            switches.sign_up_mode = value.map(mode).transpose()?;
            Ok(())
        },
    },
    Setting {
        name: "newcomers_per_minute",
        about: "newcomers let in a minute, the others wait; 0 is no limit",
        stored: |switches| switches.newcomers_per_minute.map(|number| number.to_string()),
        configured: |config| config.access.newcomers_per_minute.to_string(),
        set: |switches, value| {
            switches.newcomers_per_minute = value.map(|value| number(value, u32::MAX)).transpose()?;
            Ok(())
        },
    },
    Setting {
        name: "invites_per_person",
        about: "newcomers one person may bring in; 0: people invite nobody",
        stored: |switches| switches.invites_per_person.map(|number| number.to_string()),
        configured: |config| config.access.invites_per_person.to_string(),
        set: |switches, value| {
            switches.invites_per_person = value.map(|value| number(value, u32::MAX)).transpose()?;
            Ok(())
        },
    },
    Setting {
        name: "quota_mib",
        about: "how much one person may keep here, in MiB; 0 is no limit",
        stored: |switches| switches.quota_bytes.map(|bytes| (bytes / BYTES_PER_MIB).to_string()),
        configured: |config| config.media.quota_mib.to_string(),
        set: |switches, value| {
            let mib = value.map(|value| number(value, QUOTA_MAX_MIB)).transpose()?;
            switches.quota_bytes = mib.map(|mib| u64::from(mib) * BYTES_PER_MIB);
            Ok(())
        },
    },
    Setting {
        name: "log_filter",
        about: "which lines are logged: error, warn, info, debug, trace, or levels by part",
        stored: |switches| switches.log_filter.clone(),
        configured: |config| config.log.filter.clone(),
        set: |switches, value| {
            value.map(logging::check).transpose().map_err(|error| format!("{error:#}"))?;
            switches.log_filter = value.map(str::to_owned);
            Ok(())
        },
    },
];

/// All of them, and where each comes from.
pub(super) fn list(office: &Office) -> Vec<SettingRow> {
    let (switches, defaults) = (office.platform().server_switches(), Config::default());
    let row = |setting: &Setting| {
        let (stored, configured) = ((setting.stored)(&switches), (setting.configured)(office.config()));
        let from = match &stored {
            Some(_) => "administrator",
            None if configured != (setting.configured)(&defaults) => "configuration",
            None => "default",
        };
        SettingRow {
            name: setting.name.to_owned(),
            value: stored.unwrap_or_else(|| configured.clone()),
            from: from.to_owned(),
            configured,
            about: setting.about.to_owned(),
        }
    };
    SETTINGS.iter().map(row).collect()
}

/// Sets one, or gives it back to the configuration.
pub(super) async fn set(office: &Office, by: Steward, name: &str, value: Option<&str>) -> Result<(), String> {
    let setting = SETTINGS.iter().find(|setting| setting.name == name);
    let setting = setting.ok_or_else(|| format!("there is no setting {name} that can change while the server runs"))?;
    if value.is_some_and(|value| value.len() > VALUE_MAX_BYTES) {
        return Err("the value is too long".to_owned());
    }
    // Tried first: what is wrong with a value is said before anything is written down.
    (setting.set)(&mut ServerSwitches::default(), value)?;
    let what = format!("{name} {}", value.unwrap_or("as configured"));
    let change = |switches: &mut ServerSwitches| {
        // It was taken a moment ago.
        let _ = (setting.set)(switches, value);
    };
    office.platform().set_server_switches(by, &what, change).await.map_err(|error| error.to_string())?;
    apply(office);
    Ok(())
}

/// Makes what the platform only keeps hold in this process.
pub fn apply(office: &Office) {
    if !office.is_serving() {
        return;
    }
    let switches = office.platform().server_switches();
    let filter = switches.log_filter.as_deref().unwrap_or(&office.config().log.filter);
    if let Err(error) = logging::refilter(filter) {
        tracing::warn!(error = %format!("{error:#}"), "the log is filtered as before");
    }
}

fn word(mode: SignUp) -> String {
    use clap::ValueEnum;
    mode.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn mode(text: &str) -> Result<SignUpMode, String> {
    use clap::ValueEnum;
    let mode =
        SignUp::from_str(text, true).map_err(|_| format!("`{text}` is no mode: open, invite, approval or closed"))?;
    Ok(mode.into())
}

fn number(text: &str, most: u32) -> Result<u32, String> {
    let number = text.trim().parse().ok().filter(|number| *number <= most);
    number.ok_or_else(|| format!("`{text}` is no number from 0 to {most}"))
}
