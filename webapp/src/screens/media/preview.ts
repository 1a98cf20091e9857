/** The blurred picture that came with a message, as an address: whole JPEG, a few hundred bytes. */
export function jpegUrl(base64: string | undefined): string | undefined {
  return base64 && /^[A-Za-z0-9+/=]+$/.test(base64) ? `data:image/jpeg;base64,${base64}` : undefined
}
