import { z } from 'zod'
import { Environment } from '../../sdk/index.ts'

const text = (title: string, description: string) => z.string().min(1).optional().meta({ title, description })
const secret = (title: string, description: string) =>
  z.string().min(1).optional().meta({ title, description, secret: true })
const port = (title: string, description: string) =>
  z.coerce.number().int().min(1).max(65_535).default(22).meta({ title, description })

export const Settings = z.strictObject({
  address: text(
    'Address',
    'Name or IP address of the host to read over SSH. Leave empty for the machine that Reeve runs on.',
  ),
  port: port('Port', 'The port of its SSH server.'),
  user: z.string().min(1).default('root').meta({
    title: 'User',
    description:
      'The account to log in with. Root, or one with CAP_DAC_READ_SEARCH, sees all; others see less, and Reeve says what.',
  }),
  keyFile: text('Key file', 'A private key file on the machine Reeve runs on.'),
  privateKey: secret('Private key', 'Or the private key itself, in OpenSSH or PEM format.'),
  passphrase: secret('Passphrase', 'The passphrase of the private key, if it has one.'),
  password: secret('Password', 'Or a password, where the host takes no key.'),
  agentSocket: text('Agent socket', 'Or the socket of an SSH agent, as in SSH_AUTH_SOCK.'),
  hostKey: text(
    'Host key',
    'The SHA256 fingerprint the host must show: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the host prints it. Several are separated by commas.',
  ),
  knownHosts: text(
    'Known hosts file',
    'Where host keys are looked up if no fingerprint is given; ~/.ssh/known_hosts when left empty.',
  ),
  hop: text('Hop host', 'A host to go through, as user@name:port. It takes the same key or password.'),
  hopHostKey: text('Hop host key', 'The SHA256 fingerprint the hop host must show.'),
  name: text(
    'Name',
    'The name under which the host appears; its own host name when left empty. Give one where two hosts bear the same.',
  ),
  environment: Environment.optional().meta({
    title: 'Environment',
    description: 'What the host is for. Keys that open two environments are found by it.',
  }),
  root: text(
    'Root folder',
    'A folder that holds the files of another machine, such as a mounted disk, to be read instead of this one.',
  ),
  folders: z.array(z.string().startsWith('/')).max(100).default([]).meta({
    title: 'More folders',
    description: 'Further folders to look through for private keys, certificates and credential files.',
  }),
  timeout: z.coerce
    .number()
    .positive()
    .max(600)
    .default(20)
    .meta({ title: 'Time limit', description: 'Seconds to wait for each answer.' }),
})
export type Settings = z.infer<typeof Settings>
