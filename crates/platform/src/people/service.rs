//! What the service account writes to people.

use crate::{Platform, PlatformError, UserId, product};

impl Platform {
    /// Writes a login code to a person's other devices.
    pub(crate) async fn tell_login_code(&self, user_id: UserId, code: &str) -> Result<(), PlatformError> {
        let name = product::NAME;
        let text = format!(
            "Login code: {code}\n\nSomeone, probably you, wants to sign in to your {name} account on another device. \
             Type this code there, and give it to nobody: whoever asks you for it wants your account. If it was not \
             you, ignore this message."
        );
        self.send_service_message(user_id, &text, Vec::new()).await?;
        Ok(())
    }

    /// Tells a person that the operator took their password away.
    pub(crate) async fn tell_password_removed(&self, user_id: UserId) -> Result<(), PlatformError> {
        let text = format!(
            "The operator of {} switched two-step verification of your account off, as somebody asked in your name. Set a \
             new password in the settings. If it was not you who asked, sign out the devices you do not know.",
            product::NAME
        );
        self.send_service_message(user_id, &text, Vec::new()).await?;
        Ok(())
    }
}
