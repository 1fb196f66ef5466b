/** What is to be done, numbered. */
import { Sentence } from './sentence.tsx'
import './fix-steps.css'

export const FixSteps = ({ of }: { of: readonly string[] }) => (
  <ol className="fix">
    {of.map((step) => (
      <li key={step}>
        <p>
          <Sentence text={step} />
        </p>
      </li>
    ))}
  </ol>
)
