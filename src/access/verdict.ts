/** What a question answers: yes, no, or that it depends on something only the request or the source knows. */
export type Verdict = 'yes' | 'no' | 'depends'

export const both = (one: Verdict, other: Verdict): Verdict =>
  one === 'no' || other === 'no' ? 'no' : one === 'yes' && other === 'yes' ? 'yes' : 'depends'

export const either = (one: Verdict, other: Verdict): Verdict =>
  one === 'yes' || other === 'yes' ? 'yes' : one === 'no' && other === 'no' ? 'no' : 'depends'

export const not = (one: Verdict): Verdict => (one === 'yes' ? 'no' : one === 'no' ? 'yes' : 'depends')

export const verdictOf = (known: boolean): Verdict => (known ? 'yes' : 'no')
