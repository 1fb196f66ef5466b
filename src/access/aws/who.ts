import type { Who } from '../model.ts'

const ACCOUNT = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/
const SESSION = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//

/**
 * The Principal of a resource's policy. `roleNamed` finds a role by account and name: a session is named without the path its role has.
 */
export const whoReader =
  (roleNamed: (account: string, name: string) => string | undefined) =>
  (principal: unknown, turned: boolean): Who => {
    const who = {
      not: turned,
      anyone: false,
      ids: [] as string[],
      scopes: [] as string[],
      services: [] as string[],
      federations: [] as string[],
    }
    if (principal === '*') return { ...who, anyone: true }
    if (typeof principal !== 'object' || principal === null) return who
    for (const [kind, given] of Object.entries(principal)) {
      const names = (Array.isArray(given) ? given : [given]).filter((one): one is string => typeof one === 'string')
      if (kind === 'Service') who.services.push(...names)
      if (kind === 'Federated') who.federations.push(...names)
      for (const name of kind === 'AWS' ? names : []) {
        const account = ACCOUNT.exec(name)?.[1]
        const session = SESSION.exec(name)
        if (name === '*') who.anyone = true
        else if (account !== undefined) who.scopes.push(account)
        else if (session) who.ids.push(roleNamed(session[2]!, session[3]!) ?? name)
        else who.ids.push(name)
      }
    }
    return who
  }
