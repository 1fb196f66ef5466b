/** A layer over the page: the browser's own dialog keeps focus inside, closes one layer on esc and gives focus back. */
import { useId, useLayoutEffect, useRef } from 'react'
import { Icon } from './icon.tsx'
import './layer.css'

export function Layer({
  title,
  close,
  children,
  side = false,
}: {
  title: string
  close: () => void
  children: React.ReactNode
  side?: boolean
}) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const dialog = ref.current!
    const opener = document.activeElement
    dialog.showModal()
    return () => {
      dialog.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: esc closes it by keyboard
    <dialog
      ref={ref}
      className={side ? 'sheet' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => event.target === ref.current && close()}
    >
      <div className="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
        <button type="button" className="icon-button close" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
    </dialog>
  )
}
