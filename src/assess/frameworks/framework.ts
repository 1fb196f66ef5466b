import type { Owasp } from '../../sdk/index.ts'

/**
 * One thing that can be shown of an identity: what is so when it holds, and what judges it. A pass of any of its checks shows it,
 * a failure of one refutes it, and an unknown leaves it open. Claims stand once and are evidence for many controls.
 */
export interface Claim {
  id: string
  /** What is so of whatever meets it, a sentence: "A person who is still here answers for it." */
  says: string
  /** Rules by their ids. */
  rules?: readonly string[]
  /** All rules of these risks, those written here too. */
  risks?: readonly Owasp[]
  /** Facts of the graph, by their ids: `factIds` of src/read. */
  facts?: readonly string[]
}

export interface Control {
  /** As the standard numbers it: `8.6.2`. */
  id: string
  /** Short, in our words; no text of a standard is copied. */
  title: string
  /** What it asks of non-human identities, in our words. */
  asks: string
  /** What it asks that no machine can show, and a person must bring; left out when there is nothing. */
  beside?: string
  evidence: readonly Claim[]
}

/** A standard as a view over the same findings and facts. */
export interface Framework {
  /** Kebab case: `pci-dss`. */
  id: string
  title: string
  /** The edition that is meant. */
  version: string
  publisher: string
  /** Where its text is to be had. */
  url: string
  controls: readonly Control[]
}
