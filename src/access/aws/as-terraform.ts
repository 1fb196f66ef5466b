/** A policy as Terraform writes it: a managed policy with its document in HCL. */
import type { Least } from './least.ts'

export function asTerraform(name: string, { Statement }: Least['policy']): string {
  const resource = name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_')
  const list = (items: readonly string[], indent: string) =>
    `[\n${items.map((one) => `${indent}  ${quoted(one)},\n`).join('')}${indent}]`
  const statements = Statement.map(({ Action, Resource, Condition = {} }) => {
    const conditions = Object.entries(Condition).flatMap(([test, keys]) =>
      Object.entries(keys).map(
        ([variable, values]) =>
          `    condition {\n      test     = ${quoted(test)}\n      variable = ${quoted(variable)}\n      values   = ${list(values, '      ')}\n    }\n`,
      ),
    )
    return `  statement {\n    effect    = "Allow"\n    actions   = ${list(Action, '    ')}\n    resources = ${list(Resource, '    ')}\n${conditions.join('')}  }\n`
  })
  return `data "aws_iam_policy_document" "${resource}" {\n${statements.join('')}}\n\nresource "aws_iam_policy" "${resource}" {\n  name   = ${quoted(name)}\n  policy = data.aws_iam_policy_document.${resource}.json\n}\n`
}

/** A string of HCL; what a policy's own variables say stays for AWS to read: Terraform writes them with an ampersand. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll('${', '&{').replaceAll('%{', '%%{')
