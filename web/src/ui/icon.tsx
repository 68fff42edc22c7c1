/** Line drawings on a grid of 16, one stroke wide, in the color of the text around them. */
const paths = {
  home: 'M2.5 7.2 8 2.8l5.5 4.4v6H9.8V9.6H6.2v3.6H2.5z',
  live: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  map: 'M1.5 11h2.6c3 0 3-6 6-6h4.4M5.9 8.2a1.5 1.5 0 1 0 2.4 1.7M11.5 3l3 2-3 2',
  funnel: 'M2 3h12M4 7h8M6 11h4M7.3 14h1.4',
  paths: 'M1.6 8h2.6c3.4 0 3-4.4 6.4-4.4h3.8M4.2 8c3.4 0 3 4.4 6.4 4.4h3.8M4.2 8h10.2',
  drivers: 'M8 2.5v11M8 5h5M8 8H4.5M8 11h3.5',
  bottleneck: 'M5.6 1.8v3.4c0 1.6-2 2.2-2 4.4v4.6h8.8V9.6c0-2.2-2-2.8-2-4.4V1.8M5 1.8h6M3.6 11h8.8',
  difference: 'M8 2v12M2.5 5.5h3M4 4v3M10.5 5.5h3M2.5 11h3M10.5 11h3',
  credit: 'M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6ZM8 2.2V8l4.1 4.1M8 8l-5 2.9',
  customers: 'M2.5 2.8h3.4v3.2H2.5zM10.1 2.8h3.4v3.2h-3.4zM6.3 6.4h3.4v3.2H6.3zM2.5 10h3.4v3.2H2.5zM10.1 10h3.4v3.2h-3.4z',
  retention: 'M2.5 3h11v3.4h-11zM2.5 6.4h7.4v3.4H2.5zM2.5 9.8h3.7v3.4H2.5zM6.2 3v6.8M9.9 3v3.4',
  channels: 'M3 13.2V9.4M6.4 13.2V6.2M9.8 13.2V8M13.2 13.2V2.8',
  switches: 'M2.4 5h9.4M9.2 2.4 11.8 5 9.2 7.6M13.6 11H4.2M6.8 8.4 4.2 11l2.6 2.6',
  compare: 'M2.5 3h3.6v10.2H2.5zM9.9 6.4h3.6v6.8H9.9zM8 2v12.4',
  heatmap: 'M2.5 2.5h3v3h-3zM6.5 2.5h3v3h-3zM10.5 2.5h3v3h-3zM2.5 6.5h3v3h-3zM6.5 6.5h3v3h-3zM2.5 10.5h3v3h-3z',
  pageMap: 'M2.5 2.5h11v11h-11zM2.5 5.2h11M5 8h3.4v2.8H5zM11 8.4v4.2l1.2-1.1h1.6z',
  people: 'M5.8 7.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8ZM1.6 13.4c.3-2.5 1.9-4 4.2-4s3.9 1.5 4.2 4M10.6 3a2.2 2.2 0 0 1 0 4.2M11.8 9.6c1.5.4 2.4 1.8 2.6 3.8',
  source: 'M8 2v7.4M5 6.6l3 3 3-3M2.5 10.6v2.6h11v-2.6',
  vocabulary: 'M2.5 3.2h4a1.5 1.5 0 0 1 1.5 1.5v8.5a1.5 1.5 0 0 0-1.5-1.4h-4zM13.5 3.2h-4A1.5 1.5 0 0 0 8 4.7v8.5a1.5 1.5 0 0 1 1.5-1.4h4z',
  settings: 'M2 4.5h6.2M11.8 4.5H14M2 11.5h2.2M7.8 11.5H14M10 6.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM6 13.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  search: 'M7 11.8a4.8 4.8 0 1 0 0-9.6 4.8 4.8 0 0 0 0 9.6ZM10.5 10.5l3.3 3.3',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.8 5.6V2.8h2.8M10.4 2.8h2.8v2.8M13.2 10.4v2.8h-2.8M5.6 13.2H2.8v-2.8',
  close: 'm4 4 8 8M12 4l-8 8',
  check: 'm3 8.4 3.2 3.2L13 4.8',
  down: 'm4 6 4 4 4-4',
  right: 'm6 4 4 4-4 4',
  left: 'm10 4-4 4 4 4',
  up: 'm4 10 4-4 4 4',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  undo: 'M5.5 3 2.5 6l3 3M2.8 6h6.4a3.6 3.6 0 0 1 0 7.2H6',
  redo: 'm10.5 3 3 3-3 3M13.2 6H6.8a3.6 3.6 0 0 0 0 7.2H10',
  edit: 'm10.6 2.9 2.5 2.5-7.6 7.6-3 .5.5-3z',
  trash: 'M2.8 4.3h10.4M6.2 4.2V2.8h3.6v1.4M4 4.5l.7 8.7h6.6l.7-8.7',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2 12.4 8 5 12.8z',
  filter: 'M2 3.2h12L9.4 8.4v4.4l-2.8-1.4v-3z',
  calendar: 'M2.5 4h11v9.2h-11zM2.5 6.8h11M5.4 2.4v2.4M10.6 2.4v2.4',
  clock: 'M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6ZM8 4.8V8l2.2 1.6',
  warning: 'M8 2.6 14.2 13H1.8zM8 6.6v3M8 11.3h.01',
  info: 'M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6ZM8 7.4v3.4M8 5.2h.01',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.3l-.9.9M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.9-.9',
  copy: 'M5.4 5.4h7.8v7.8H5.4zM3.4 10.6h-.6V2.8h7.8v.6',
  sun: 'M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM8 1.6v1.3M8 13.1v1.3M1.6 8h1.3M13.1 8h1.3M3.5 3.5l.9.9M11.6 11.6l.9.9M3.5 12.5l.9-.9M11.6 4.4l.9-.9',
  moon: 'M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z',
  globe: 'M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6ZM2.4 8h11.2M8 2.4c4 3.4 4 7.8 0 11.2M8 2.4c-4 3.4-4 7.8 0 11.2',
  leave: 'M6.4 13.2H2.8V2.8h3.6M10.4 11l3-3-3-3M13 8H6',
  grid: 'M2.5 2.8h11v10.4h-11zM2.5 6.2h11M6.2 6.2v7M9.9 6.2v7',
  flow: 'M2.2 5.8h3.6V2.6H2.2zM10.2 13.4h3.6v-3.2h-3.6zM10.2 5.8h3.6V2.6h-3.6zM5.8 4.2h4.4M5.8 4.6c2.4.6 2 6.6 4.4 7.2',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.6 4h.01M2.6 8h.01M2.6 12h.01',
  exit: 'M3 3v5.2c0 2 1 3 3 3h6.4M9.6 8.4l2.8 2.8-2.8 2.8',
  back: 'M12.8 13V7.6c0-2-1-3-3-3H3.4M6.2 1.8 3.4 4.6l2.8 2.8',
  grip: 'M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01',
  spark: 'M8 2.2 9.5 6.5 13.8 8 9.5 9.5 8 13.8 6.5 9.5 2.2 8l4.3-1.5z',
  download: 'M8 2.4v7.2M5.2 7l2.8 2.8L10.8 7M2.8 13.2h10.4',
  bookmark: 'M4.2 2.5h7.6v11L8 10.6l-3.8 2.9z',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 2.4v2.8h-2.8',
  expand: 'M9.6 2.8h3.6v3.6M6.4 13.2H2.8V9.6M13 3 9.4 6.6M3 13l3.6-3.6',
  share: 'M11.6 5.4a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM4.4 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM11.6 14.2a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM6 7.2l4-2.5M6 8.8l4 2.5',
  mail: 'M2 3.6h12v8.8H2zM2.2 4 8 8.8 13.8 4',
  board: 'M2.5 2.8h4.6v5.4H2.5zM9.4 2.8h4.1v3.2H9.4zM2.5 10.5h4.6v2.7H2.5zM9.4 8.3h4.1v4.9H9.4z',
  code: 'M5.4 4.4 1.8 8l3.6 3.6M10.6 4.4 14.2 8l-3.6 3.6M9.2 3.2 6.8 12.8',
  key: 'M10 9a3.3 3.3 0 1 0-3.2-2.5L2.4 11v2.4h2.4v-1.6h1.6v-1.6h1.2L8.6 9c.4.1.9 0 1.4 0ZM10.8 5.2h.01',
} as const

export type IconName = keyof typeof paths

/** Decorative: the control around it has the name. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' || name === 'grip' ? 2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flex: 'none', display: 'block' }}
    >
      <path d={paths[name]} />
    </svg>
  )
}
