import { expect, test } from 'vitest'
import { packageOf } from './package.ts'

const told = (line: string) => {
  const [program, ...args] = line.split(' ')
  const { from, name, version, pinned } = packageOf(program!, args)
  return [from, name, version, pinned]
}

test.each([
  ['npx -y @acme/tickets', ['npm', '@acme/tickets', null, false]],
  ['npx -y @acme/tickets@latest', ['npm', '@acme/tickets', 'latest', false]],
  ['npx -y @acme/tickets@^1.2.0', ['npm', '@acme/tickets', '^1.2.0', false]],
  ['npx -y @acme/tickets@1.2', ['npm', '@acme/tickets', '1.2', false]],
  ['npx -y @acme/tickets@1.2.3', ['npm', '@acme/tickets', '1.2.3', true]],
  ['npx --package=@acme/tickets@1.2.3 tickets', ['npm', '@acme/tickets', '1.2.3', true]],
  ['npx -p tickets cmd', ['npm', 'tickets', null, false]],
  ['npx -y github:acme/tickets', ['url', 'acme/tickets', null, false]],
  ['npx.cmd -y tickets', ['npm', 'tickets', null, false]],
  ['cmd /c npx -y tickets@2.0.0', ['npm', 'tickets', '2.0.0', true]],
  ['env A=b npx tickets', ['npm', 'tickets', null, false]],
  ['pnpm dlx tickets@2.0.0', ['npm', 'tickets', '2.0.0', true]],
  ['npm exec tickets', ['npm', 'tickets', null, false]],
  ['bunx tickets', ['npm', 'tickets', null, false]],
  ['uvx mcp-server-git', ['pypi', 'mcp-server-git', null, false]],
  ['uvx mcp-server-git==0.6.2', ['pypi', 'mcp-server-git', '0.6.2', true]],
  ['uvx mcp-server-git@0.6.2', ['pypi', 'mcp-server-git', '0.6.2', true]],
  ['uvx --from mcp-server-git[all]==0.6.2 git-mcp', ['pypi', 'mcp-server-git', '0.6.2', true]],
  ['uvx --from git+https://github.com/acme/tickets tickets', ['url', 'github.com/acme/tickets', null, false]],
  [
    `uvx --from git+https://github.com/acme/tickets@${'a1'.repeat(20)} tickets`,
    ['url', 'github.com/acme/tickets', 'a1'.repeat(20), true],
  ],
  ['pipx run tickets', ['pypi', 'tickets', null, false]],
  ['uv tool run tickets', ['pypi', 'tickets', null, false]],
  ['docker run -i --rm -e TOKEN ghcr.io/acme/tickets', ['image', 'ghcr.io/acme/tickets', null, false]],
  ['docker run -i --rm --name a ghcr.io/acme/tickets:1.4', ['image', 'ghcr.io/acme/tickets', '1.4', false]],
  [
    `docker run ghcr.io/acme/tickets@sha256:${'0'.repeat(64)}`,
    ['image', 'ghcr.io/acme/tickets', `sha256:${'0'.repeat(12)}`, true],
  ],
  ['/opt/tickets/bin/serve --port 1', ['program', '/opt/tickets/bin/serve', null, null]],
  ['node ./dist/index.js', ['program', './dist/index.js', null, null]],
  ['python3 -m mcp_server_tickets', ['program', 'mcp_server_tickets', null, null]],
  ['npx', ['npm', 'npx', null, false]],
])('%s', (line, expected) => {
  expect(told(line)).toEqual(expected)
})

test('a password in an address is not part of the name', () => {
  expect(
    JSON.stringify(packageOf('uvx', ['--from', 'git+https://bot:hunter2hunter2@git.acme.io/tickets', 'x'])),
  ).not.toContain('hunter2')
})
