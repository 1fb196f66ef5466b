import { expect, test } from 'vitest'
import { keyStores } from './detectors/key-stores.ts'
import { compile } from './engine.ts'
import { scanBytes } from './reading.ts'

// Made with OpenSSL 3 and the keytool of Java 17, each with one key of the curve P-256 that opens nothing.
const KNOWN_PKCS12 =
  'MIID/AIBAzCCA7IGCSqGSIb3DQEHAaCCA6MEggOfMIIDmzCCAlIGCSqGSIb3DQEHBqCCAkMwggI/AgEAMIICOAYJKoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjN4tw+CG8uTQICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBD4Pu9+zO/wudBzboVGUUyAggHQ0NbcauDPsZ1U4C70gI1CqcWWdvhWltBxTgIVqb/lf7d0E0W42Aha0K77upUfrZBCFuBJHAdioVHuNSNyEduwtRUY6atV1JdRBYMwkNMB9uFAT63V9FBwCkL4waEgHKli3mJ6RX5m1K42KheZ7kJ/9TFxJ1SAn4UWYGMdbTwI2mDE5zfgaauVYNkZyUbsZXWJdJok8ZbwCswMkhDc9OI/dL3sygmwc/2ZZLe8uYQt7XYlvj3x2UBfXcUa/B2fgP5rZksX0xphZa9G9eX8CE+ma5LUbmtT6YVR2PrH/JFCGvmD+eOaQ0NqKWu+kNM2W/fW2fuowAy00uDN3/DxDRYIP+shIR1QPs7egEa8+xS2b0hHDFTXEbanZAYkP0JafWgjKHjc/5JWkmrWaDmbtJAhqDgfCjiyzNTTbBQQADnZIAD9juixRt+IdfwXqkUq/HAvz22KgoECBZRHjvYNHSdbi4s9Vl165lH0mkXTySzxG8vabI0V+5flVp1XB5ZH3b+y4dnr0xxf7p4pcs76gP44GW3C+oAjxXissGKIgdifZ4DD+BTOpeXoDCGYqxFHqms+obtLD1+ChU44VHI4OUAfYWiuYJpNSnSmDykQl5Mv66cwggFBBgkqhkiG9w0BBwGgggEyBIIBLjCCASowggEmBgsqhkiG9w0BDAoBAqCB7zCB7DBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIam2qF/7c/OICAggAMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBBiobwSnDO4UAVicBGQzNI7BIGQSyFcp4B3YjmuXmLIDciKGfdx6o0n/dQduFr4011ytZFjoQzjaVAOI6lPbUwjKZV4r1+0GvfZ9QzjJ0v5uTm/X4NmZkGlAECZ8Jzd4A+1WD95LCR0uADwZTNdpaGed+VdBHinUD4Y/fryMpM+Foi6/H2r+0GuhMAEiCOIcww6kb8Bn+JT5DeRLv0qIh/xwwjIMSUwIwYJKoZIhvcNAQkVMRYEFCJIA3/Bjyyxr71ExpTh7NnqTpc6MEEwMTANBglghkgBZQMEAgEFAAQgsHANzW9VJoezy6TUfy1q5Jkysn041i3DVrcUmBZbSCQECLuO263damruAgIIAA=='
const EMPTY_PKCS12 =
  'MIID7AIBAzCCA7IGCSqGSIb3DQEHAaCCA6MEggOfMIIDmzCCAlIGCSqGSIb3DQEHBqCCAkMwggI/AgEAMIICOAYJKoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiWMdFuNbRK3AICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECSrQ/uzkANK+rNhz8cZ6sqAggHQ59Ds/3zNdYoMHae9eCYcR4linZfOfXSac5vCnuFza28wB/i02c/DaXu08zSCRdHvlMfYjoiPTMbVo2k4VkwfgIQo95J/VTrJp7oxYOt3wQAWw+U2VF0yu4i3cU0JBIxU55wU0DAVoSRMrj8WNduvhWy83kh1m2hIEdGZ3mjHne5fmI81pPVoSbwUGo87b6WhpBlTAXsOuIhxXfVtGBrQo1caZwrpY4PIk2nF5G4xdkRsA+Poq/qy+ofqUcM7XzZXsUOcmSp2zy7mP5UtyBR3N/LsdFzKEzYohO4Q2GXfgvQ2seqKU1nFxMdwVw6x60KSVroNEICrb0x1PjPoFxhVbLWKG0MqCg61wVlc6nkcGoGcYUnoku2DdcbmlQN46GKvbbt8qu5mfVxd5DmidFL56Eas6xhE5vTnQAzst3qwIR8T8FRohDL7cde35JfOZDrsB4PKA9N0z53PA1TAmReJkREPyZkTdOnkC5I8WArmzpw3mcYEPJRMzJfplaOZRND8Vi2bIloBoJhM/Fqs9Rm9iH/K52MhBukZx0e/H/EbVghm6qcX63SUM7wP1cU2AfBII6eEQhz8vjZLNi54baPsjHg8ihXZGxe3IxPHVF+lMiwwggFBBgkqhkiG9w0BBwGgggEyBIIBLjCCASowggEmBgsqhkiG9w0BDAoBAqCB7zCB7DBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIB7YBce6MujQCAggAMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBBkcthn54V4MZqa4YP/SZqpBIGQ+91U+vdlqRqCzxScBcIeAaLHJKDk1VbR9yAi1K84j4wizhhvQo6r4Pr7CcnV0rHHeGheE9lZ33ThV32Ev1xlgIY7hzlRT6Mrq0oicmCJTv/W0+rGTRx1TkhEbvDAVbAxGdOo2E6biLoC30wU43IfY7se2K0NbHXD6UoUxm4CfsLODi84I/IogEPh8WT8MZSGMSUwIwYJKoZIhvcNAQkVMRYEFCJIA3/Bjyyxr71ExpTh7NnqTpc6MDEwITAJBgUrDgMCGgUABBTCZtElNO3ujIYYn6smxcWwWGjDzAQI60pNvAU0yyUCAggA'
const UNKNOWN_PKCS12 =
  'MIID/AIBAzCCA7IGCSqGSIb3DQEHAaCCA6MEggOfMIIDmzCCAlIGCSqGSIb3DQEHBqCCAkMwggI/AgEAMIICOAYJKoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiLQ2248WUU7AICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENFtxtnL9AFCkOUDk8K2QRSAggHQx/hOk7q3izQIHmJwTFJMO24RsjEjlUV4JcSWmcGk+0VKzaq0jVuW590YNEPPcIjNw44xKT+V2jJG9NR3TUxc7QsRrZCoIb0dTbQ34krdpnteffUnaGGR/HN5BZQ3hU0vBUMFhboiA/JIZgPfB3REITpsjBbf+0RbF1l1JpdvRe5QoIwjq5LQYUJ16ExpRt7Ki2yf+2Ws05jvFXDOM6KU65UtmLnH2HoVGemyaDE+cfrha+oVpJgXlQbk22CezlE+KjKL4cW6tL2ji4cRXs3+/q6DcWrzUnj90JURAxhFhYLKu/p67poMus8zRqXoSVq7o9W/W2NZOcFKdiqmjVOyHb5Fp9N4RV6o11uJozKMAuSasxwHfj+cowV00B7fK9ioNU5DJNfsiYWAWEt6VIzM3Fj6ZXTGTRKD7qMO/ePXbq4ulcfzhyV2d7AKEVVtwVJZyd4IW36xw6xfENbAQv9lEXSYyvDc9/LBEp87dQuPQn37Mo8hK7ybX79gPR7oqx1L8Ncpp3LmTUZf0SiaLI3XqxiYPC6qLy2xTCkAvmICyaoiYPgcu0kWUqHB9HfVueJkd9geJ5rITyPbMVRRLE7yenfL+M84ZPtzFrKn6OzRUmMwggFBBgkqhkiG9w0BBwGgggEyBIIBLjCCASowggEmBgsqhkiG9w0BDAoBAqCB7zCB7DBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIHX6JLCxUGC8CAggAMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBCmDcNYPUUBOr2L7sbk3eFFBIGQXMOvfY2qTqfEdckrnbY7fTChcXWgIDMcShTARK+8+y+a4O3G5iuoCBi+YjkuqK/JPGnf28as4P4lZcBbQTX0Ag7ZvScrEV8HkAUnE3s+xBNDWejm3x4q17IL14BpP+i6AM+3kC5txWsC43agixUOo8URNGqeWHyKbPkFRYqLuEIQeGg1ubrWeM6ndtpnM0xqMSUwIwYJKoZIhvcNAQkVMRYEFCJIA3/Bjyyxr71ExpTh7NnqTpc6MEEwMTANBglghkgBZQMEAgEFAAQgbUGiLQAf6h1XBUMMq5sX93QEPB6+YYGdixZajLZxLB8ECCT4im6CqD/UAgIIAA=='
const KNOWN_JAVA =
  '/u3+7QAAAAIAAAABAAAAAQABYQAAAaINzRmpAAAAfzB9MA4GCisGAQQBKgIRAQEFAARrLaxjsIqHr13iNQSim0SIIB8g0Ww2iM255sXF2rbmnptT5Z/DHn7R1EtElIH1k3CDN/x5deAEvZnh2NzIPIM8K89PDNFUIGdkujSqNavumuDdYV60N/U49XCxPCwmth6VMvV3x9j39mdXvNcAAAABAAVYLjUwOQAAATIwggEuMIHWoAMCAQICCQCueZ4xIkVJfDAKBggqhkjOPQQDAjAMMQowCAYDVQQDEwFhMB4XDTI2MTEyNDEzNDQzNFoXDTI3MDIyMjEzNDQzNFowDDEKMAgGA1UEAxMBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPcVQqu4dhTzE08BYgsAYdxsI+VK8RcqnvLv12lGHkqdO64oMggzlstqDkMyBrLGCPTFBVKYSV9zq181qnax0V6jITAfMB0GA1UdDgQWBBTPwm0WA7V37zlEzKeBNi1IX7KHWTAKBggqhkjOPQQDAgNHADBEAiBYkymyJbeQ+iz+nfSMjLVPLRIjW0F7ypMx+yIKo7kq9AIgaDRH6K+0nMs9WX5K68C+qnSg70Q+QOxJOs3kEV1OOd5tD3QYeW40uDxbEUVPw3aI4MF2mA=='
const UNKNOWN_JAVA =
  '/u3+7QAAAAIAAAABAAAAAQABYQAAAaINzR0uAAAAfzB9MA4GCisGAQQBKgIRAQEFAARroBI6/ZAxe2Gf7IH0tbKBCEk7ZKJNzDRBF6lEQNjPfL8xVIIuJXDspDDK9tMAoeVFf1XlmcWxRtIZrm20Kpf2wgwT638qvo5Y2nloYQIxNJ0Nqt22kvxK4eWSgFA+w4i5nshsY8LrJril1NYAAAABAAVYLjUwOQAAATEwggEtMIHVoAMCAQICCFiZPra3l6TYMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMTAWEwHhcNMjYxMTI0MTM0NDM1WhcNMjcwMjIyMTM0NDM1WjAMMQowCAYDVQQDEwFhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0I4nevn6vKWz/Pgras/XBmFCxYSRm/JYzfZEC1Ys0zlJKay2cYBtNrZGRNvBEbJWXoyVS9ecp793QE+Tl5SWWKMhMB8wHQYDVR0OBBYEFIBfYzNw28Q8sJk1YU+3DKSnqioBMAoGCCqGSM49BAMCA0cAMEQCIFpM5+mD4kXGd4cCsdbt1tMvO+H6zjdJLIHlquAnmtrDAiBeiywV6VJqOmJffFa7nuDL00kJDaKUwZLZR5SVMqVuQWXjKXQzV4vc063etPjiaxeMIlAE'

const engine = compile(keyStores)
const titles = (base64: string, change: (bytes: Buffer) => Buffer = (bytes) => bytes): string[] =>
  scanBytes(engine, change(Buffer.from(base64, 'base64')), 'a').map(({ title }) => title)

test('a key store that a well-known password opens is found', () => {
  expect(titles(KNOWN_PKCS12)).toEqual(['PKCS#12 key store that the well-known password notasecret opens'])
  expect(titles(EMPTY_PKCS12)).toEqual(['PKCS#12 key store that the empty password opens'])
  expect(titles(KNOWN_JAVA)).toEqual(['Java key store that the well-known password changeit opens'])
})

test('a key store that none of them opens is protected', () => {
  expect(titles(UNKNOWN_PKCS12)).toEqual([])
  expect(titles(UNKNOWN_JAVA)).toEqual([])
})

test('a key store is one at the beginning of a file only, and while it is whole', () => {
  for (const store of [KNOWN_PKCS12, KNOWN_JAVA]) {
    expect(titles(store, (bytes) => Buffer.concat([Buffer.from('x'), bytes]))).toEqual([])
    expect(titles(store, (bytes) => bytes.subarray(0, -1))).toEqual([])
    expect(
      titles(store, (bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length - 30 ? byte ^ 1 : byte)))),
    ).toEqual([])
  }
})

test('a key store made to cost a great many hashes costs few', () => {
  // The number of turns is the last integer of the store.
  expect(titles(KNOWN_PKCS12, (bytes) => Buffer.concat([bytes.subarray(0, -2), Buffer.from([0x7f, 0xff])]))).toEqual([])
})

test('no bytes make it fall over', () => {
  for (let cut = 0; cut < 400; cut++)
    titles(KNOWN_PKCS12, (bytes) => Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(600, cut)]))
  expect(titles(KNOWN_PKCS12)).toHaveLength(1)
})
