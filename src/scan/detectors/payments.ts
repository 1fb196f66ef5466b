import { type Detector, named, type Opinion } from '../detector.ts'
import { token } from '../token-format.ts'
import { isSample } from '../value.ts'
import { made } from './made.ts'

/** Others took over how Stripe writes its keys, each with a body of its own. */
const ofStripe = (body: string): Opinion => {
  if (/^(?:x+|0+|your.*|\w*(?:key|here|secret|token|example)\w*)$/i.test(body)) return null
  if (isSample(body)) return { severity: 'low', title: 'Stripe key, made up by its looks' }
  if (/^[a-f0-9]{40}$/.test(body)) return { provider: 'paystack', title: 'Paystack secret key' }
  if (/^[a-f0-9]{64}$/.test(body)) return { provider: 'uploadthing', title: 'UploadThing secret key' }
  // Base64 of `key_`.
  if (body.startsWith('a2V5X')) return { provider: 'workos', title: 'WorkOS API key' }
  return {}
}

/** Payments and shops. */
export const payments: readonly Detector[] = [
  token('stripe-live-key', 'stripe', 'Stripe live key', ['sk_live_{A-Za-z0-9:24,247}', 'rk_live_{A-Za-z0-9:24,247}'], {
    severity: 'critical',
    judge: ({ value }) => ofStripe(value.slice(8)),
    no: [`sk_live_${'x'.repeat(24)}`],
  }),
  token(
    'stripe-test-key',
    'stripe',
    'Stripe test key',
    ['sk_test_{A-Za-z0-9:24,247}', 'rk_test_{A-Za-z0-9:24,247}', 'sk_org_{A-Za-z0-9:20,247}'],
    { severity: 'low', judge: ({ value }) => ofStripe(value.slice(8)), no: [`sk_test_${'x'.repeat(24)}`] },
  ),
  token('stripe-webhook-secret', 'stripe', 'Stripe webhook secret', 'whsec_{A-Za-z0-9+/:32,64}', {
    severity: 'medium',
  }),
  token(
    'square-token',
    'square',
    'Square access token or secret',
    ['sq0atp-{A-Za-z0-9_-:22}', 'sq0csp-{A-Za-z0-9_-:43}', 'EAAAE{A-Za-z0-9_-:59}', 'EAAAl{A-Za-z0-9_-:59}'],
    { severity: 'critical' },
  ),
  token(
    'square-application-id',
    'square',
    'Square application id',
    ['sq0idp-{A-Za-z0-9_-:22}', 'sq0idb-{A-Za-z0-9_-:22}'],
    { severity: 'info' },
  ),
  named({
    id: 'square-token-beside-name',
    provider: 'square',
    title: 'Square access token',
    severity: 'critical',
    name: 'square',
    body: 'EAAA[A-Za-z0-9_-]{60}',
    end: '(?![A-Za-z0-9_-])',
    cases: { yes: [made('square_token = EAAA{A-Za-z0-9_-:60}')], no: ['square EAAA'] },
  }),
  token(
    'braintree-access-token',
    'braintree',
    'PayPal Braintree access token',
    'access_token$production${a-z0-9:16}${a-f0-9:32}',
    { severity: 'critical' },
  ),
  token(
    'braintree-sandbox-token',
    'braintree',
    'PayPal Braintree sandbox token',
    'access_token$sandbox${a-z0-9:16}${a-f0-9:32}',
    { severity: 'low' },
  ),
  token(
    'shopify-token',
    'shopify',
    'Shopify token',
    [
      'shpat_{a-zA-Z0-9:32}',
      'shpca_{a-zA-Z0-9:32}',
      'shppa_{a-zA-Z0-9:32}',
      'shpss_{a-zA-Z0-9:32}',
      'shptka_{a-zA-Z0-9:32}',
      'shpua_{a-zA-Z0-9:32}',
    ],
    { severity: 'critical', entropy: 3 },
  ),
  token('razorpay-key', 'razorpay', 'Razorpay key id', ['rzp_live_{A-Za-z0-9:14}'], { severity: 'medium' }),
  token('flutterwave-key', 'flutterwave', 'Flutterwave secret key', [
    'FLWSECK-{a-zA-Z0-9:32}-X',
    'FLWSECK_TEST-{a-zA-Z0-9:32}-X',
    'FLWSECK_TEST-{a-zA-Z0-9:12}',
  ]),
  token('adyen-key', 'adyen', 'Adyen API key', ['AQE{A-Za-z0-9+/:60,150}=-{A-Za-z0-9+/:20,60}=-{A-Za-z0-9:10,40}'], {
    span: 700,
  }),
  token('plaid-token', 'plaid', 'Plaid access token', [
    'access-production-{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}',
    'access-sandbox-{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}',
  ]),
  token('lob-key', 'lob', 'Lob API key', ['live_{a-f0-9:35}', 'test_{a-f0-9:35}'], { severity: 'medium' }),
  token('easypost-key', 'easypost', 'EasyPost API key', ['EZAK{A-Za-z0-9:54}', 'EZTK{A-Za-z0-9:54}']),
  token('shippo-token', 'shippo', 'Shippo token', ['shippo_live_{a-f0-9:40}', 'shippo_test_{a-f0-9:40}']),
  token('duffel-token', 'duffel', 'Duffel token', ['duffel_live_{A-Za-z0-9_-:43}', 'duffel_test_{A-Za-z0-9_-:43}']),
  token('polar-token', 'polar', 'Polar token', ['polar_oat_{A-Za-z0-9:40,50}', 'polar_pat_{A-Za-z0-9:40,50}']),
  token(
    'facebook-access-token',
    'facebook',
    'Facebook access token',
    ['EAACEdEose0cBA{A-Za-z0-9:20,300}', 'EAA{A-Za-z0-9:100,400}'],
    { entropy: 4, span: 600, judge: ({ value }) => (/A{4}/.test(value.slice(3)) ? null : {}) },
  ),
  token(
    'instagram-token',
    'instagram',
    'Instagram access token',
    ['IGQVJ{A-Za-z0-9_-:100,300}', 'IGAA{A-Za-z0-9_-:100,300}'],
    { entropy: 4 },
  ),
]
