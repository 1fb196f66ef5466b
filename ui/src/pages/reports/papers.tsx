/** The paper of this moment, in the forms it has. */
export const Papers = ({ framework }: { framework?: string }) => {
  const path = (format: string): string =>
    `/v1/reports/posture?${new URLSearchParams({ format, ...(framework ? { framework } : {}) })}`
  return (
    <div className="acts papers">
      <a className="button primary" href={path('pdf')} download>
        PDF of this snapshot
      </a>
      <a className="button" href={path('html')} download>
        HTML
      </a>
      <a className="button" href={path('csv')} download>
        {framework ? 'Evidence as CSV' : 'Findings as CSV'}
      </a>
      <p className="meta">The same bytes each time, as long as nothing changes.</p>
    </div>
  )
}
