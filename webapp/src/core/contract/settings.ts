import type { Device, NotificationSettings, PasswordState, PersonId, PrivacyKey, PrivacyValue } from '../types'

export interface PrivacyRule {
  value: PrivacyValue
  allow: PersonId[]
  forbid: PersonId[]
}

export interface SettingsActions {
  devices(): Promise<Device[]>
  endDevice(hash: string): Promise<void>
  endOtherDevices(): Promise<void>

  notifications(): Promise<NotificationSettings>
  setNotifications(settings: Partial<NotificationSettings>): Promise<void>

  privacy(key: PrivacyKey): Promise<PrivacyRule>
  setPrivacy(key: PrivacyKey, rule: PrivacyRule): Promise<void>

  password(): Promise<PasswordState>
  /**
   * Sets, changes or removes (`next` undefined) the second password. `current` if one is set. PASSWORD_HASH_INVALID,
   * EMAIL_UNCONFIRMED (with the address: then `confirmMail`), EMAIL_INVALID where the server cannot mail.
   */
  setPassword(change: { current?: string; next?: { password: string; hint: string; mail?: string } }): Promise<void>
  confirmMail(code: string): Promise<void>
  /** Removes a forgotten password after a week; the answer is when. 0: it is gone now. */
  resetPassword(): Promise<number>
  cancelPasswordReset(): Promise<void>
  /** The parameters of a proof of the current password, as docs/extensions.md wants them (admin.enter). */
  passwordProof(password: string): Promise<{ srpId: string; a: string; m1: string }>

  /** Deletes the account for ever. */
  deleteAccount(reason: string, password?: string): Promise<void>
  /** Days without being here after which the account goes. */
  accountDays(): Promise<number>
  setAccountDays(days: number): Promise<void>
}
