/** Signing in and out. Where one stands is `state.session`; these actions move it. */
export interface SessionActions {
  /** From 'ended' or a broken sign-in back to 'signedOut', with a new start. */
  start(): Promise<void>
  /** Sends a code to a number (any spelling). → 'code'. PHONE_NUMBER_INVALID, FLOOD_WAIT. */
  sendCode(phone: string): Promise<void>
  /** Sends it again, by the next road. */
  resendCode(): Promise<void>
  /**
   * The code; a twelve-digit invite is taken too. → 'ready', 'password' or 'signUp'. PHONE_CODE_INVALID, PHONE_CODE_EXPIRED,
   * PHONE_NUMBER_UNOCCUPIED (newcomers may not come in, or the operator has not agreed yet).
   */
  submitCode(code: string): Promise<void>
  /** The second password. → 'ready'. PASSWORD_HASH_INVALID, FLOOD_WAIT. */
  submitPassword(password: string): Promise<void>
  /**
   * A recovery code of the account, or a code that came by mail after `mailRecovery`, instead of the password; with a new password
   * if one is given, else the account has none any more. → 'ready'. CODE_INVALID, PASSWORD_RECOVERY_EXPIRED.
   */
  recoverPassword(code: string, newPassword?: { password: string; hint: string }): Promise<void>
  /** Mails a recovery code; the answer is the address, mostly hidden. PASSWORD_RECOVERY_NA. */
  mailRecovery(): Promise<string>
  /** A newcomer's name. → 'ready'. FIRSTNAME_INVALID, PHONE_NUMBER_UNOCCUPIED. */
  signUp(firstName: string, lastName: string): Promise<void>
  /** → 'qr'; the code renews itself until somebody accepts it, then → 'ready' or 'password'. */
  startQr(): Promise<void>
  /** Accepts another device's QR code, read by the camera or pasted: its whole address. Tells whether that device now asks for the password. */
  acceptQr(url: string): Promise<{ passwordPending: boolean }>
  /** Back to 'signedOut' from any step before 'ready'. */
  cancel(): Promise<void>
  /** Ends this device's session and wipes everything it kept. → 'signedOut'. */
  signOut(): Promise<void>
  /** After 'keyChanged': trusts the new key, forgets all that belonged to the old one. */
  acceptServerKey(): Promise<void>
}
