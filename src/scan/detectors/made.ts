/**
 * Cases of detectors are put together here, so that no file of the repository holds a live-looking token:
 * `made('ghp_{A-Za-z0-9:36}')` draws 36 characters of the class, the same in every run.
 */
export const made = (template: string): string => {
  let state = [...template].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) >>> 0, 7)
  return template.replace(/\{([^{}:]+):(\d+)\}/g, (_, charClass: string, length: string) => {
    const one = new RegExp(`[${charClass}]`)
    const alphabet = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((c) => one.test(c))
    let text = ''
    while (text.length < Number(length)) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      text += alphabet[Math.floor((state / 2 ** 32) * alphabet.length)]
    }
    return text
  })
}
