import { useState } from 'react'
import { type Column, Roll } from '../parts/roll.tsx'
import { HOSTILE, type Stories } from './story.ts'

interface Row {
  key: string
  name: string
  reach: number
}
const ROWS: Row[] = [
  { key: 'host:a/user/backup', name: 'backup', reach: 42 },
  { key: 'host:a/user/orders_app', name: 'orders_app', reach: 7 },
  { key: 'host:a/user/hostile', name: HOSTILE.slice(0, 60), reach: 0 },
]
const COLUMNS: Column<Row>[] = [
  { id: 'name', title: 'Identity', sort: 'name', className: 'name', cell: (row) => <bdi>{row.name}</bdi> },
  { id: 'reach', title: 'Reach', sort: 'reach', descends: true, width: '90px', cell: (row) => row.reach },
]

function Rows() {
  const [selected, select] = useState<ReadonlySet<string>>(new Set(['host:a/user/orders_app']))
  const [sort, setSort] = useState('-reach')
  return (
    <Roll
      label="Identities of the story"
      columns={COLUMNS}
      total={ROWS.length}
      row={(index) => ROWS[index]}
      keyOf={(row) => row.key}
      nameOf={(row) => row.name}
      onWindow={() => undefined}
      sort={sort}
      onSort={setSort}
      open={() => undefined}
      peek={() => undefined}
      peeking={false}
      selecting={{
        has: (key) => selected.has(key),
        none: selected.size === 0,
        set: (keys, on) => select(new Set([...selected].filter((key) => !keys.includes(key)).concat(on ? keys : []))),
        range: () => undefined,
        clear: () => select(new Set()),
      }}
    />
  )
}

export const stories: Stories = {
  'three rows, one selected': <Rows />,
}
