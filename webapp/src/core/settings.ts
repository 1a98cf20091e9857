// Devices, notifications, privacy, the second password, the account's end.

import type { tl } from '@mtcute/core'
import { longOfText } from './wire/ids'
import type { Caller, Client } from './client'
import type { PrivacyRule, SettingsActions } from './contract/settings'
import type { Model } from './model'
import { checkOf, newPassword, proofOf } from './srp'
import type { Device, NotificationSettings, PasswordState, PersonId, PrivacyKey } from './types'
import { peopleOf } from './wire/people'

export interface SettingsPort {
  /** Waits until there is a line to the server. */
  call: Caller['call']
  client(): Client
  model: Model
  /** The account is no more. */
  leave(): Promise<void>
}

const PRIVACY_KEYS = {
  phone: 'inputPrivacyKeyPhoneNumber',
  findByPhone: 'inputPrivacyKeyAddedByPhone',
  lastSeen: 'inputPrivacyKeyStatusTimestamp',
  photo: 'inputPrivacyKeyProfilePhoto',
  about: 'inputPrivacyKeyAbout',
  birthday: 'inputPrivacyKeyBirthday',
  forwards: 'inputPrivacyKeyForwards',
  calls: 'inputPrivacyKeyPhoneCall',
  invites: 'inputPrivacyKeyChatInvite',
  voice: 'inputPrivacyKeyVoiceMessages',
} as const

export class Settings implements SettingsActions {
  constructor(private readonly port: SettingsPort) {}

  async devices(): Promise<Device[]> {
    const { authorizations } = await this.call({ _: 'account.getAuthorizations' })
    const devices = authorizations.map(deviceOf)
    return devices.sort((one, other) => Number(other.current) - Number(one.current) || other.activeAt - one.activeAt)
  }

  async endDevice(hash: string): Promise<void> {
    await this.call({ _: 'account.resetAuthorization', hash: longOfText(hash) })
  }

  async endOtherDevices(): Promise<void> {
    await this.call({ _: 'auth.resetAuthorizations' })
  }

  // ------------------------------------------------------------ notifications

  async notifications(): Promise<NotificationSettings> {
    const settings = await this.call({ _: 'account.getNotifySettings', peer: { _: 'inputNotifyUsers' } })
    return {
      mutedUntil: settings.muteUntil ?? 0,
      showPreviews: settings.showPreviews !== false,
      sound: settings.otherSound?._ !== 'notificationSoundNone' && settings.silent !== true,
    }
  }

  async setNotifications(change: Partial<NotificationSettings>): Promise<void> {
    const next = { ...(await this.notifications()), ...change }
    await this.call({
      _: 'account.updateNotifySettings',
      peer: { _: 'inputNotifyUsers' },
      settings: {
        _: 'inputPeerNotifySettings',
        muteUntil: next.mutedUntil,
        showPreviews: next.showPreviews,
        silent: !next.sound,
        sound: { _: next.sound ? 'notificationSoundDefault' : 'notificationSoundNone' },
      },
    })
  }

  // ------------------------------------------------------------ privacy

  async privacy(key: PrivacyKey): Promise<PrivacyRule> {
    const { rules, users } = await this.call({ _: 'account.getPrivacy', key: { _: PRIVACY_KEYS[key] } })
    this.port.model.learn(peopleOf(users))
    return ruleOf(rules)
  }

  async setPrivacy(key: PrivacyKey, rule: PrivacyRule): Promise<void> {
    const users = (ids: PersonId[]) => ids.map(id => this.port.model.peers.user(id))
    const rules: tl.TypeInputPrivacyRule[] = []
    if (rule.allow.length) rules.push({ _: 'inputPrivacyValueAllowUsers', users: users(rule.allow) })
    if (rule.forbid.length) rules.push({ _: 'inputPrivacyValueDisallowUsers', users: users(rule.forbid) })
    if (rule.value === 'everybody') rules.push({ _: 'inputPrivacyValueAllowAll' })
    else {
      if (rule.value === 'contacts') rules.push({ _: 'inputPrivacyValueAllowContacts' })
      rules.push({ _: 'inputPrivacyValueDisallowAll' })
    }
    await this.call({ _: 'account.setPrivacy', key: { _: PRIVACY_KEYS[key] }, rules })
  }

  // ------------------------------------------------------------ the second password

  async password(): Promise<PasswordState> {
    const asked = await this.call({ _: 'account.getPassword' })
    const state: PasswordState = { set: asked.hasPassword === true, hasRecovery: asked.hasRecovery === true }
    if (asked.hint) state.hint = asked.hint
    if (asked.emailUnconfirmedPattern) state.mailPending = asked.emailUnconfirmedPattern
    if (asked.pendingResetDate) state.resetAt = asked.pendingResetDate
    return state
  }

  async setPassword(change: {
    current?: string
    next?: { password: string; hint: string; mail?: string }
  }): Promise<void> {
    const state = await this.call({ _: 'account.getPassword' })
    const { crypto } = this.port.client()
    const password = await this.check(state, change.current)
    const newSettings: tl.account.RawPasswordInputSettings = change.next
      ? await newPassword(crypto, state, change.next)
      : {
          _: 'account.passwordInputSettings',
          newAlgo: { _: 'passwordKdfAlgoUnknown' },
          newPasswordHash: new Uint8Array(),
          hint: '',
        }
    await this.call({ _: 'account.updatePasswordSettings', password, newSettings })
  }

  private async check(
    state: tl.account.RawPassword,
    password: string | undefined,
  ): Promise<tl.TypeInputCheckPasswordSRP> {
    if (!state.hasPassword || password === undefined) return { _: 'inputCheckPasswordEmpty' }
    return checkOf(this.port.client().crypto, state, password)
  }

  async confirmMail(code: string): Promise<void> {
    await this.call({ _: 'account.confirmPasswordEmail', code: code.trim() })
  }

  async resetPassword(): Promise<number> {
    const answer = await this.call({ _: 'account.resetPassword' })
    if (answer._ === 'account.resetPasswordOk') return 0
    return answer._ === 'account.resetPasswordRequestedWait' ? answer.untilDate : answer.retryDate
  }

  async cancelPasswordReset(): Promise<void> {
    await this.call({ _: 'account.declinePasswordReset' })
  }

  async passwordProof(password: string): Promise<{ srpId: string; a: string; m1: string }> {
    const state = await this.call({ _: 'account.getPassword' })
    return proofOf(this.port.client().crypto, state, password)
  }

  // ------------------------------------------------------------ the account's end

  async deleteAccount(reason: string, password?: string): Promise<void> {
    const request: tl.account.RawDeleteAccountRequest = { _: 'account.deleteAccount', reason }
    if (password !== undefined)
      request.password = await this.check(await this.call({ _: 'account.getPassword' }), password)
    await this.call(request)
    await this.port.leave()
    this.port.model.session({ step: 'ended', reason: 'deleted' })
  }

  async accountDays(): Promise<number> {
    return (await this.call({ _: 'account.getAccountTTL' })).days
  }

  async setAccountDays(days: number): Promise<void> {
    await this.call({ _: 'account.setAccountTTL', ttl: { _: 'accountDaysTTL', days } })
  }

  private call<T extends tl.RpcMethod>(request: T) {
    return this.port.call(request)
  }
}

function deviceOf(raw: tl.RawAuthorization): Device {
  return {
    hash: raw.hash.toString(),
    current: raw.current === true,
    // The server calls a client that it does not know by its number.
    app: (/^App \d+$/.test(raw.appName) ? raw.appVersion : `${raw.appName} ${raw.appVersion}`).trim(),
    device: raw.deviceModel,
    system: `${raw.platform} ${raw.systemVersion}`.trim(),
    address: raw.ip,
    place: [raw.region, raw.country].filter(Boolean).join(', '),
    createdAt: raw.dateCreated,
    activeAt: raw.dateActive,
    passwordPending: raw.passwordPending === true,
  }
}

function ruleOf(rules: tl.TypePrivacyRule[]): PrivacyRule {
  const rule: PrivacyRule = { value: 'nobody', allow: [], forbid: [] }
  for (const one of rules) {
    if (one._ === 'privacyValueAllowAll') rule.value = 'everybody'
    else if (one._ === 'privacyValueAllowContacts') rule.value = 'contacts'
    else if (one._ === 'privacyValueAllowUsers') rule.allow = one.users.map(id => `u${id}`)
    else if (one._ === 'privacyValueDisallowUsers') rule.forbid = one.users.map(id => `u${id}`)
  }
  return rule
}
