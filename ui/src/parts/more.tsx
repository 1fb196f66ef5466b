/** The way on in a list that is read page by page; nothing once all is there. */
export const More = ({
  of,
  says = 'Show more',
}: {
  of: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): Promise<unknown> }
  says?: string
}) =>
  of.hasNextPage && (
    <p className="row spaced">
      <button type="button" className="button" disabled={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
        {says}
      </button>
    </p>
  )
