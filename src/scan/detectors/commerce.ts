import type { Detector } from '../detector.ts'
import { named } from '../detector.ts'
import { token } from '../token-format.ts'
import { made } from './made.ts'

/** More of payments, shops, chains and banks. */
export const commerce: readonly Detector[] = [
  token(
    'blockfrost-key',
    'blockfrost',
    'Blockfrost project id',
    ['mainnet{A-Za-z0-9:32}', 'preprod{A-Za-z0-9:32}', 'preview{A-Za-z0-9:32}'],
    { entropy: 4 },
  ),
  token('alchemy-auth-token', 'alchemy', 'Alchemy auth token', 'alcht_{A-Za-z0-9:30}'),
  token('quicknode-key', 'quicknode', 'QuickNode API key', 'QN_{a-f0-9:32}'),
  token('checkout-sandbox-key', 'checkout', 'Checkout.com sandbox secret key', 'sk_sbox_{a-z0-9:27}', {
    severity: 'low',
  }),
  token('mercadopago-token', 'mercadopago', 'Mercado Pago access token', [
    'APP_USR-{0-9:14,16}-{0-9:6}-{a-f0-9:32}-{0-9:6,12}',
    'TEST-{0-9:14,16}-{0-9:6}-{a-f0-9:32}-{0-9:6,12}',
  ]),
  token('midtrans-key', 'midtrans', 'Midtrans server key', [
    'Mid-server-{A-Za-z0-9_-:24}',
    'SB-Mid-server-{A-Za-z0-9_-:24}',
  ]),
  token('omise-key', 'omise', 'Omise secret key', ['skey_{a-z0-9:19}', 'skey_test_{a-z0-9:19}']),
  token('paddle-key', 'paddle', 'Paddle API key', [
    'pdl_live_apikey_{a-z0-9:26}_{A-Za-z0-9:22}_{A-Za-z0-9:3}',
    'pdl_sdbx_apikey_{a-z0-9:26}_{A-Za-z0-9:22}_{A-Za-z0-9:3}',
  ]),
  token('paddle-webhook-secret', 'paddle', 'Paddle notification secret', 'pdl_ntfset_{a-z0-9:26}_{A-Za-z0-9+/:32}', {
    severity: 'medium',
  }),
  token('pagarme-key', 'pagarme', 'Pagar.me key', ['ak_live_{A-Za-z0-9:30}', 'ak_test_{A-Za-z0-9:30}']),
  token('paypal-access-token', 'paypal', 'PayPal access token', 'A21AA{A-Za-z0-9_-:92}', {
    severity: 'medium',
    entropy: 4,
  }),
  token('samsara-key', 'samsara', 'Samsara API token', 'samsara_api_{A-Za-z0-9:30}'),
  token('xendit-key', 'xendit', 'Xendit API key', [
    'xnd_production_{A-Za-z0-9:60,80}',
    'xnd_development_{A-Za-z0-9:60,80}',
  ]),
  token('woocommerce-key', 'woocommerce', 'WooCommerce consumer secret', 'cs_{a-f0-9:40}'),
  token('woocommerce-consumer-key', 'woocommerce', 'WooCommerce consumer key', 'ck_{a-f0-9:40}', { severity: 'low' }),
  token('wix-key', 'wix', 'Wix API key', 'IST.eyJ{A-Za-z0-9_-:20,600}.eyJ{A-Za-z0-9_-:20,1200}.{A-Za-z0-9_-:40,700}', {
    span: 2700,
  }),
  token('currencyapi-key', 'currencyapi', 'Currency API key', ['cur_live_{A-Za-z0-9:40}', 'fca_live_{A-Za-z0-9:40}'], {
    severity: 'medium',
  }),
  named({
    id: 'gocardless-token',
    provider: 'gocardless',
    title: 'GoCardless access token',
    severity: 'critical',
    name: 'gocardless',
    body: '(?:live|sandbox)_[A-Za-z0-9_-]{40}',
    end: '(?![A-Za-z0-9_-])',
    cases: { yes: [made('GOCARDLESS_TOKEN=live_{A-Za-z0-9_-:40}')], no: ['GOCARDLESS_ENVIRONMENT=live_environment'] },
  }),
  named({
    id: 'mollie-key',
    provider: 'mollie',
    title: 'Mollie API key',
    severity: 'critical',
    name: 'mollie',
    body: '(?:(?:live|test)_[A-Za-z0-9]{30,34}|access_[A-Za-z0-9]{30,60})',
    cases: { yes: [made('MOLLIE_KEY=live_{A-Za-z0-9:30}')], no: ['mollie_mode = live_mode'] },
  }),
]
