import { useNavigate, useSearch } from '@tanstack/react-router'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Segments } from '../ui/segments.tsx'
import { changeTime, twoSteps } from './time.ts'

/** What time is asked of. The range and the filter stay, whatever is chosen. */
export function TimeOf() {
  const text = useText()
  const workspace = useWorkspace()
  const { ask, work } = useSearch({ from: '/w/$ws/time' })
  const navigate = useNavigate({ from: '/w/$ws/time' })
  const { range, filter, people } = work ?? ask ?? { range: { last: '30d', zone: workspace.zone } }
  const kept = { range, ...(filter == null ? {} : { filter }), ...(people == null ? {} : { people }) }
  const choose = (of: 'stages' | 'own' | 'work') =>
    void navigate({
      search: {
        ...(of === 'stages' ? { ask: kept } : {}),
        ...(of === 'own' ? { ask: changeTime(kept, { own: twoSteps((number) => text('funnel.newStep', { number })) }) } : {}),
        ...(of === 'work' ? { work: { ...kept, steps: [] } } : {}),
      },
      replace: true,
      resetScroll: false,
    })
  return (
    <Segments
      label={text('time.of')}
      value={work !== undefined ? 'work' : ask?.own === undefined ? 'stages' : 'own'}
      segments={(['stages', 'own', 'work'] as const).map((value) => ({ value, label: text(`time.ofs.${value}`) }))}
      onChange={choose}
    />
  )
}
