import type { HookMaker } from '../api/hook.ts'

export const hookMakers = [
  'shopify',
  'stripe',
  'twilio',
  'sendgrid',
  'mailgun',
  'whatsapp',
  'zendesk',
  'typeform',
  'hubspot',
  'survey',
  'generic',
] as const satisfies readonly HookMaker[]

/** Names that are the same in every language; the others are texts. */
export const hookMakerNames: Partial<Record<HookMaker, string>> = {
  shopify: 'Shopify',
  stripe: 'Stripe',
  twilio: 'Twilio',
  sendgrid: 'SendGrid',
  mailgun: 'Mailgun',
  whatsapp: 'WhatsApp Cloud',
  zendesk: 'Zendesk',
  typeform: 'Typeform',
  hubspot: 'HubSpot',
}

/** Whose signature is set up by hand, as no recipe knows it. */
export function isChecked(maker: HookMaker): boolean {
  return maker === 'generic' || maker === 'survey'
}

/** Where a webhook is reached: where the server says it is, else where this page came from. */
export function hookAddress(base: string | null | undefined, origin: string, path: string): string {
  return `${(base ?? origin).replace(/\/+$/, '')}${path}`
}
