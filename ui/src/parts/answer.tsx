/** The sentence that opens a page and answers its question. */
export const Answer = ({ children }: { children: React.ReactNode }) => <p className="answer">{children}</p>
