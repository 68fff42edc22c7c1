import type { ComponentProps, ReactNode } from 'react'
import { PeopleContext, useOpenPeople } from './people.ts'
import { Popover } from './popover.tsx'

type PeoplePopoverProps = Pick<ComponentProps<typeof Popover>, 'label' | 'target'> & { readonly children: ReactNode }

/** Tells about a place of a drawing, beside it. The focus goes back to the place before a list of people opens, so that it is here again when that closes. */
export function PeoplePopover({ label, target, children }: PeoplePopoverProps) {
  const open = useOpenPeople()
  return (
    <Popover label={label} side="right" target={target}>
      {(close) => (
        <PeopleContext
          value={
            open === null
              ? null
              : (target) => {
                  close()
                  open(target)
                }
          }
        >
          {children}
        </PeopleContext>
      )}
    </Popover>
  )
}
