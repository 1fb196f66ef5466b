import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { accounts } from './kubernetes-accounts.ts'
import { describeRoles } from './kubernetes-roles.ts'
import { describeSecrets, describeWorkloads } from './kubernetes-workloads.ts'
import { isManifest, isTemplate, type Manifest, readManifests, withoutActions } from './manifests.ts'
import { isSample } from './place-names.ts'
import { fileLedger, texts } from './texts.ts'

const MOST_OBJECTS = 50_000

/** Service accounts, roles, bindings and the pods that run as them, as manifests and charts declare them; samples do not. */
export const kubernetes: Collection<Checkout> = {
  id: 'kubernetes',
  title: 'Kubernetes manifests and Helm charts',
  yields: ['kubernetes_service_account', 'kubernetes_role', 'kubernetes_workload', 'kubernetes_secret', 'secret_value'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const manifests = await collect(checkout, run)
    const declared = accounts(checkout, manifests)
    yield* declared.entities()
    const bindings = manifests.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
    yield* describeRoles(checkout, manifests, bindings, declared)
    yield* describeWorkloads(checkout, manifests, declared)
    yield* describeSecrets(checkout, manifests, run)
    yield* declared.implied()
  },
}

async function collect(checkout: Checkout, run: Run): Promise<Manifest[]> {
  const ledger = fileLedger(run)
  const manifests: Manifest[] = []
  const isNamed = (path: string) =>
    /\.(ya?ml|json)$/i.test(path) &&
    !isSample(path.slice(checkout.prefix.length)) &&
    !/(^|\/)(package(-lock)?|tsconfig.*|composer)\.json$|\.min\.json$/.test(path)
  for await (const { path, text: source } of texts(checkout, run, isNamed, {
    most: 4 << 20,
    isAbout: isManifest,
    quiet: true,
  })) {
    const isChart = isTemplate(source) && !path.endsWith('.json')
    const read = readManifests(path, isChart ? withoutActions(source) : source)
    // A template that is no YAML is a limit of reading it without its values; a manifest that is none is broken.
    if (read.skipped)
      ledger.refuse(
        path,
        isChart ? `it is a template that cannot be read without its values (${read.skipped})` : read.skipped,
      )
    if (manifests.length + read.manifests.length > MOST_OBJECTS) {
      run.ledger.refuse(`only the first ${MOST_OBJECTS} objects were read`, { scope: 'objects' })
      break
    }
    manifests.push(...read.manifests)
  }
  return manifests
}
