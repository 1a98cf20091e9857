//! What a person reads when the server is ready: where it is, whom to trust, and what to do next.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use platform::Platform;

use crate::address;
use crate::config::Config;

/// The invite of the first administrator, while nobody is here.
pub async fn first_invite(platform: &Platform) -> Result<Option<String>> {
    Ok(platform.first_invite().await?.map(|invite| invite.code))
}

/// Printed to standard output; the log goes to standard error.
pub fn print(config: &Config, data: &Path, listening: &[SocketAddr], fingerprint: &str, invite: Option<&str>) {
    let text = text(config, data, listening, fingerprint, invite, &command(data));
    // Nobody may be reading: the log has it all.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// How this program is called again, as the shell understood it the first time.
fn command(data: &Path) -> String {
    let program = std::env::args().next().unwrap_or_else(|| platform::product::BINARY.to_owned());
    if data == Config::default().data_dir() { program } else { format!("{program} --data {}", data.display()) }
}

fn text(
    config: &Config,
    data: &Path,
    listening: &[SocketAddr],
    fingerprint: &str,
    invite: Option<&str>,
    command: &str,
) -> String {
    let advertised = address::advertised(config, listening);
    let base_url = address::base_url(config, &advertised);
    let list = |addresses: &[SocketAddr]| addresses.iter().map(SocketAddr::to_string).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "\n{} is ready.\n\n  people open   {base_url}app/\n  you manage    {base_url}admin\n  listens on    {}\n  clients dial  {}\n  fingerprint   {fingerprint}\n  \
         data          {}\n",
        platform::product::NAME,
        list(listening),
        list(&advertised),
        data.display()
    );
    if let Some(invite) = invite {
        text += &format!(
            "  invite        {invite}  (other programs take it in place of the login code)\n  \
             as a link     {base_url}invite/{invite}\n\n\
             Whoever opens this link first and joins becomes the administrator.\n"
        );
    }
    text += &format!(
        "\nWhat to do next, in another terminal:\n\n  {command} connect                 what a client needs, ready to paste\n  \
         {command} admin user list         who is here\n\nLogin codes appear in the log below. README.md shows two people talking. \
         Ctrl-C stops the server.\n\n"
    );
    text
}
