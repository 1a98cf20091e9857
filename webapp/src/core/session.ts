// Signing in and out: the steps between the open page and the list of chats.

import type { tl } from '@mtcute/core'
import { API, asFailure, type Caller, type Client } from './client'
import type { SessionActions } from './contract/session'
import { toBase64Url } from './extension'
import { QR_MARGIN_SECONDS, SIGN_OUT_MS } from './limits'
import type { Model } from './model'
import { checkOf, newPassword } from './srp'
import { Failure, type SentCode, type Session } from './types'
import { within } from './within'

export interface SessionPort {
  /** Waits until there is a line to the server. */
  call: Caller['call']
  client(): Client
  model: Model
  /** Somebody is signed in: their data is read, or begun. */
  enter(user: tl.RawUser): Promise<void>
  /** Nobody is any more: everything of theirs is wiped. `isKnown` tells whether the server knows that they left. */
  leave(isKnown: boolean): Promise<void>
  /** From the beginning: connects if need be, and looks who is signed in. */
  start(): Promise<void>
  acceptServerKey(): Promise<void>
}

/** The code that was asked for, as long as it is under way. */
interface UnderWay {
  phone: string
  hash: string
}

export class SessionSteps implements SessionActions {
  private underWay?: UnderWay
  private qrTimer?: ReturnType<typeof setTimeout>

  constructor(private readonly port: SessionPort) {}

  start(): Promise<void> {
    this.forget()
    return this.port.start()
  }

  acceptServerKey(): Promise<void> {
    return this.port.acceptServerKey()
  }

  // ------------------------------------------------------------ by code

  async sendCode(phone: string): Promise<void> {
    const phoneNumber = phone.replace(/[^\d]/g, '')
    if (!phoneNumber) throw new Failure('PHONE_NUMBER_INVALID')
    const answer = await this.call({
      _: 'auth.sendCode',
      phoneNumber,
      ...API,
      settings: { _: 'codeSettings' },
    })
    await this.codeSent(phoneNumber, answer)
  }

  async resendCode(): Promise<void> {
    const { phone, hash } = this.code()
    await this.codeSent(phone, await this.call({ _: 'auth.resendCode', phoneNumber: phone, phoneCodeHash: hash }))
  }

  private async codeSent(phone: string, sent: tl.auth.TypeSentCode): Promise<void> {
    if (sent._ === 'auth.sentCodeSuccess') return this.authorized(sent.authorization)
    if (sent._ !== 'auth.sentCode') throw new Failure('INTERNAL')
    this.underWay = { phone, hash: sent.phoneCodeHash }
    this.show({ step: 'code', phone, code: sentCodeOf(sent) })
  }

  async submitCode(code: string): Promise<void> {
    const { phone, hash } = this.code()
    await this.authorizing(() =>
      this.call({ _: 'auth.signIn', phoneNumber: phone, phoneCodeHash: hash, phoneCode: code.replace(/\D/g, '') }),
    )
  }

  async signUp(firstName: string, lastName: string): Promise<void> {
    const { phone, hash } = this.code()
    await this.authorizing(() =>
      this.call({
        _: 'auth.signUp',
        phoneNumber: phone,
        phoneCodeHash: hash,
        firstName: firstName.trim(),
        lastName: lastName.trim(),
      }),
    )
  }

  private code(): UnderWay {
    if (!this.underWay) throw new Failure('PHONE_CODE_EXPIRED')
    return this.underWay
  }

  // ------------------------------------------------------------ the second password

  async submitPassword(password: string): Promise<void> {
    const asked = await this.call({ _: 'account.getPassword' })
    const check = await checkOf(this.port.client().crypto, asked, password)
    await this.authorizing(() => this.call({ _: 'auth.checkPassword', password: check }))
  }

  async recoverPassword(code: string, next?: { password: string; hint: string }): Promise<void> {
    const request: tl.auth.RawRecoverPasswordRequest = { _: 'auth.recoverPassword', code: code.trim() }
    if (next) {
      const state = await this.call({ _: 'account.getPassword' })
      request.newSettings = await newPassword(this.port.client().crypto, state, next)
    }
    await this.authorizing(() => this.call(request))
  }

  async mailRecovery(): Promise<string> {
    return (await this.call({ _: 'auth.requestPasswordRecovery' })).emailPattern
  }

  // ------------------------------------------------------------ by QR code

  async startQr(): Promise<void> {
    clearTimeout(this.qrTimer)
    await this.authorizing(async () => {
      const token = await this.call({ _: 'auth.exportLoginToken', ...API, exceptIds: [] })
      if (token._ === 'auth.loginTokenSuccess') return token.authorization
      if (token._ === 'auth.loginTokenMigrateTo') {
        const imported = await this.call({ _: 'auth.importLoginToken', token: token.token })
        if (imported._ === 'auth.loginTokenSuccess') return imported.authorization
        throw new Failure('INTERNAL')
      }
      this.showQr(token)
      return undefined
    })
  }

  private showQr(token: tl.auth.RawLoginToken): void {
    this.show({ step: 'qr', url: `tg://login?token=${toBase64Url(token.token)}`, expiresAt: token.expires })
    const seconds = Math.max(1, token.expires - this.port.client().now() - QR_MARGIN_SECONDS)
    this.qrTimer = setTimeout(() => this.renewQr(), seconds * 1000)
  }

  /** Somebody accepted the code, or it is worn out: asked for anew, which signs in if it was accepted. */
  renewQr(): void {
    if (this.port.model.state.session.step !== 'qr') return
    this.startQr().catch(error => {
      console.warn('the QR code was not renewed', asFailure(error).code)
      this.qrTimer = setTimeout(() => this.renewQr(), 5_000)
    })
  }

  async acceptQr(url: string): Promise<{ passwordPending: boolean }> {
    const token = /[?&]token=([A-Za-z0-9_-]+)/.exec(url)?.[1]
    if (!token) throw new Failure('AUTH_TOKEN_INVALID')
    const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, char => char.charCodeAt(0))
    const device = await this.call({ _: 'auth.acceptLoginToken', token: bytes })
    return { passwordPending: device.passwordPending === true }
  }

  // ------------------------------------------------------------ in and out

  /** Runs a step that may sign in, ask for the password, or ask for a name. */
  private async authorizing(step: () => Promise<tl.auth.TypeAuthorization | undefined>): Promise<void> {
    try {
      const authorization = await step()
      if (authorization) await this.authorized(authorization)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'SESSION_PASSWORD_NEEDED') throw error
      await this.askPassword()
    }
  }

  /** → 'password'. Also where a page is opened anew between code and password. */
  async askPassword(): Promise<void> {
    clearTimeout(this.qrTimer)
    const state = await this.call({ _: 'account.getPassword' })
    this.show({ step: 'password', hint: state.hint ?? '', canRecover: state.hasRecovery === true })
  }

  async authorized(authorization: tl.auth.TypeAuthorization): Promise<void> {
    if (authorization._ === 'auth.authorizationSignUpRequired') {
      const terms = authorization.termsOfService?.text
      const { phone } = this.code()
      this.show(terms ? { step: 'signUp', phone, terms } : { step: 'signUp', phone })
      return
    }
    if (authorization.user._ !== 'user') throw new Failure('INTERNAL')
    this.forget()
    await this.port.enter(authorization.user)
  }

  async cancel(): Promise<void> {
    const { underWay } = this
    const { step } = this.port.model.state.session
    if (step === 'ready') return
    this.forget()
    this.show({ step: 'signedOut' })
    // A device that waits for the second password leaves the list of devices again.
    if (step === 'password') await this.call({ _: 'auth.logOut' }).catch(() => undefined)
    else if (underWay) {
      const { phone, hash } = underWay
      await this.call({ _: 'auth.cancelCode', phoneNumber: phone, phoneCodeHash: hash }).catch(() => undefined)
    }
  }

  /** Signs this device out. Without a network the server is not told, but nothing that could let anybody in again stays here. */
  async signOut(): Promise<void> {
    const isTold = await within(SIGN_OUT_MS, this.call({ _: 'auth.logOut' })).then(
      () => true,
      () => false,
    )
    this.forget()
    await this.port.leave(isTold)
    this.show({ step: 'signedOut' })
  }

  private forget(): void {
    this.underWay = undefined
    clearTimeout(this.qrTimer)
  }

  private show(session: Session): void {
    this.port.model.session(session)
  }

  private call<T extends tl.RpcMethod>(request: T) {
    return this.port.call(request)
  }
}

function sentCodeOf(sent: tl.auth.RawSentCode): SentCode {
  const code: SentCode = { by: 'other', length: 'length' in sent.type ? sent.type.length : 0 }
  if (sent.nextType && sent.timeout !== undefined) code.resendAt = Date.now() + sent.timeout * 1000
  switch (sent.type._) {
    case 'auth.sentCodeTypeApp':
      code.by = 'app'
      break
    case 'auth.sentCodeTypeSms':
      code.by = 'sms'
      break
    case 'auth.sentCodeTypeCall':
    case 'auth.sentCodeTypeFlashCall':
    case 'auth.sentCodeTypeMissedCall':
      code.by = 'call'
      break
    case 'auth.sentCodeTypeEmailCode':
      code.by = 'mail'
      break
    case 'auth.sentCodeTypeFragmentSms': {
      code.by = 'door'
      const url = ownAddress(sent.type.url)
      if (url) code.url = url
      break
    }
    default:
  }
  return code
}

/** An address that leads to this server; undefined for any other. */
function ownAddress(url: string): string | undefined {
  try {
    const { host, hash, pathname } = new URL(url, location.href)
    return host === location.host ? `${pathname}${hash}` : undefined
  } catch {
    return undefined
  }
}
