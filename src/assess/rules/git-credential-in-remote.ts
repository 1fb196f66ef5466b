import { defineRule, fail, pass } from '../../sdk/index.ts'
import { at } from './git-places.ts'

export const gitCredentialInRemote = defineRule({
  id: 'git-credential-in-remote',
  title: 'The settings of a clone carry a password or token in plain text',
  owasp: ['NHI2', 'NHI7'],
  severity: 'medium',
  why: 'Each copy of the folder, each container built from it and each program that lists remotes has the token, which mostly reaches more than this repository.',
  fix: [
    'Set the remote’s address without it: git remote set-url NAME ADDRESS.',
    'Keep the token in a credential helper, or use a deploy key.',
    'Revoke the token at the code host and make a new one.',
  ],
  undo: 'Set the address again.',
  effort: 10,
  about: { kind: 'secret', types: ['git_remote_credential'] },
  check({ entity }) {
    const setting = entity.attributes['setting']
    if (typeof setting !== 'string') return pass
    const { said, place } = at(entity)
    return fail(
      `${setting.slice(0, 200)} holds a credential.`,
      [`It stands in ${said}, readable for whoever can read the folder.`],
      { places: [place] },
    )
  },
  cases: [
    {
      name: 'a token in the address of origin',
      subject: 'git:a/config/remote.origin.url',
      entities: [
        {
          kind: 'secret',
          type: 'git_remote_credential',
          key: 'git:a/config/remote.origin.url',
          name: 'remote.origin.url',
          attributes: { file: '.git/config', setting: 'remote.origin.url' },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'nothing said of a setting',
      subject: 'git:a/config/x',
      entities: [{ kind: 'secret', type: 'git_remote_credential', key: 'git:a/config/x', name: 'x' }],
      expect: 'pass',
    },
  ],
})
