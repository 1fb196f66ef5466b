import { type Detector, named } from '../detector.ts'
import { looksDrawn } from '../value.ts'
import { made } from './made.ts'

/** Keys that Azure marks in their middle: `head` characters before the mark. It publishes the marks so that they can be found. */
const marked = (
  id: string,
  title: string,
  {
    head,
    mark,
    tail,
    end,
    alphabet = 'A-Za-z0-9+/',
  }: {
    head: number
    mark: string
    tail: string
    /** A tail, for the case. */
    end: string
    alphabet?: string
  },
): Detector => ({
  id,
  provider: 'azure',
  title,
  severity: 'critical',
  method: 'access-key',
  rank: 3,
  before: 100,
  anchors: [{ literal: mark, next: alphabet }],
  pattern: new RegExp(
    String.raw`(?<=(?<![${alphabet}])(?<head>[${alphabet}]{${head}}))${mark.replaceAll('+', '\\+')}${tail}(?![A-Za-z0-9+/=])`,
  ),
  judge: ({ groups }) => (looksDrawn(groups['head']!, head) ? {} : null),
  cases: {
    yes: [made(`KEY="{A-Za-z0-9:${head}}${mark}${end}"`)],
    no: [made(`KEY="{A-Za-z0-9:${head - 1}}${mark}AAAAAA=="`), `${'a'.repeat(head)}${mark}aaaaaQ==`],
  },
})

/** The id of the tenant or application that is assigned beside the secret. */
const idIn = (window: string, what: string): string | undefined =>
  new RegExp(
    String.raw`${what}[ _-]?id["'\x60]?\]?[ \t]{0,4}(?:=>|[=:,])[ \t]{0,4}["'\x60]?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`,
    'i',
  ).exec(window)?.[1]

/** Microsoft Azure and Entra ID. */
export const azure: readonly Detector[] = [
  named({
    id: 'azure-storage-account-key',
    provider: 'azure',
    title: 'Azure storage account key',
    severity: 'critical',
    method: 'access-key',
    name: ['accountkey', 'account_key', 'storage', 'account-key', 'sharedkey', 'shared_key'],
    body: '[A-Za-z0-9+/]{86}==',
    end: '',
    before: 400,
    judge: ({ window, at }) => {
      const account = /AccountName=([a-z0-9]{3,24})/i.exec(window.slice(Math.max(0, at - 300), at))
      // The account of the storage emulator, whose key is published and opens nothing else.
      return account?.[1] === 'devstoreaccount1'
        ? { keyId: account[1], severity: 'info', title: 'Published key of the Azure storage emulator' }
        : { keyId: account?.[1] }
    },
    cases: {
      yes: [made('DefaultEndpointsProtocol=https;AccountName=orders;AccountKey={A-Za-z0-9+/:86}==')],
      no: ['AccountKey=<key>==', made('AccountKey={A-Za-z0-9+/:40}==')],
    },
  }),
  marked('azure-marked-storage-key', 'Azure storage account key', {
    head: 76,
    mark: '+ASt',
    tail: '[A-Za-z0-9+/]{5}[AQgw]==',
    end: '{A-Za-z0-9:5}Q==',
  }),
  marked('azure-cosmos-key', 'Azure Cosmos DB key', {
    head: 76,
    mark: 'ACDb',
    tail: '[A-Za-z0-9+/]{5}[AQgw]==',
    end: '{A-Za-z0-9:5}Q==',
  }),
  marked('azure-batch-key', 'Azure Batch key', {
    head: 76,
    mark: '+ABa',
    tail: '[A-Za-z0-9+/]{5}[AQgw]==',
    end: '{A-Za-z0-9:5}Q==',
  }),
  marked('azure-api-management-key', 'Azure API Management key', {
    head: 76,
    mark: 'APIM',
    tail: '[A-Za-z0-9+/]{5}[AQgw]==',
    end: '{A-Za-z0-9:5}Q==',
  }),
  marked('azure-service-bus-key', 'Azure Service Bus key', {
    head: 33,
    mark: '+ASb',
    tail: '[A-Za-z0-9+/]{5}=',
    end: '{A-Za-z0-9:5}=',
  }),
  marked('azure-event-hubs-key', 'Azure Event Hubs key', {
    head: 33,
    mark: '+AEh',
    tail: '[A-Za-z0-9+/]{5}=',
    end: '{A-Za-z0-9:5}=',
  }),
  marked('azure-relay-key', 'Azure Relay key', {
    head: 33,
    mark: '+ARm',
    tail: '[A-Za-z0-9+/]{5}=',
    end: '{A-Za-z0-9:5}=',
  }),
  marked('azure-iot-key', 'Azure IoT Hub or device key', {
    head: 33,
    mark: 'AIoT',
    tail: '[A-Za-z0-9+/]{5}=',
    end: '{A-Za-z0-9:5}=',
  }),
  marked('azure-redis-key', 'Azure Cache for Redis key', {
    head: 33,
    mark: 'AzCa',
    tail: '[A-P][A-Za-z0-9+/]{4}=',
    end: 'B{A-Za-z0-9:4}=',
  }),
  marked('azure-container-registry-key', 'Azure Container Registry password', {
    head: 42,
    mark: '+ACR',
    tail: '[A-D][A-Za-z0-9+/]{5}',
    end: 'B{A-Za-z0-9:5}',
  }),
  marked('azure-search-key', 'Azure AI Search key', {
    head: 42,
    mark: 'AzSe',
    tail: '[A-D][A-Za-z0-9]{5}',
    end: 'B{A-Za-z0-9:5}',
    alphabet: 'A-Za-z0-9',
  }),
  marked('azure-functions-key', 'Azure Functions key', {
    head: 44,
    mark: 'AzFu',
    tail: '[A-Za-z0-9_-]{5}[AQgw]==',
    end: '{A-Za-z0-9:5}Q==',
    alphabet: 'A-Za-z0-9_-',
  }),
  named({
    id: 'azure-shared-access-key',
    provider: 'azure',
    title: 'Azure shared access key (Service Bus, Event Hubs, IoT, App Configuration, Cosmos DB)',
    method: 'access-key',
    name: [
      'sharedaccesskey',
      'azconfig.io;id=',
      'signalr.net;accesskey',
      'servicebus.windows.net',
      'documents.azure.com',
      'communication.azure.com',
    ],
    middle: String.raw`[\w.\-:/;=+ ]{0,80}?`,
    body: '[A-Za-z0-9+/]{42,100}={1,2}',
    end: '',
    cases: {
      yes: [
        made('Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={A-Za-z0-9+/:43}='),
        made('Endpoint=https://settings.azconfig.io;Id=QW7e-l0-s0:{A-Za-z0-9+/:20};Secret={A-Za-z0-9+/:43}='),
      ],
      no: ['Endpoint=https://settings.azconfig.io;Id=<id>;Secret=<secret>'],
    },
  }),
  {
    id: 'azure-sas-token',
    provider: 'azure',
    title: 'Azure shared access signature',
    severity: 'medium',
    method: 'token',
    rank: 3,
    before: 300,
    anchors: [{ literal: 'sig=' }],
    pattern: /(?<=[?&])sig=(?<value>[A-Za-z0-9%+/]{43,60}(?:%3[dD]|=))/,
    judge: ({ window, at }) =>
      /[?&]s[vetpir]=/.test(window.slice(0, at)) || /&s[vetpr]=/.test(window.slice(at)) ? {} : null,
    cases: {
      yes: [made('https://a.blob.core.windows.net/c?sv=2022-11-02&se=2027-01-01&sp=r&sig={A-Za-z0-9:43}%3D')],
      no: ['https://example.org/?sig=abc'],
    },
  },
  {
    id: 'azure-ad-client-secret',
    provider: 'azure',
    title: 'Entra ID (Azure AD) client secret',
    severity: 'critical',
    method: 'client-secret',
    rank: 3,
    anchors: [{ literal: 'Q~', next: 'A-Za-z0-9_~.-' }],
    pattern: /(?<=(?<![A-Za-z0-9_~.-])(?<start>[A-Za-z0-9_~.]{3}\d))Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/,
    before: 500,
    judge: ({ groups, value, window }) => {
      if (!looksDrawn(`${groups['start']}${value}`)) return null
      const tenant = idIn(window, 'tenant')
      return {
        keyId: idIn(window, 'client') ?? idIn(window, 'app(?:lication)?'),
        ...(tenant === undefined ? {} : { title: `Entra ID (Azure AD) client secret in tenant ${tenant}` }),
      }
    },
    cases: { yes: [made('AZURE_CLIENT_SECRET=abC8Q~{A-Za-z0-9_~-:34}')], no: [made('abC8Q~{A-Za-z0-9:10}'), 'Q~Q~Q~'] },
  },
  named({
    id: 'azure-function-key',
    provider: 'azure',
    title: 'Azure Functions or Search key',
    name: [
      'x-functions-key',
      'functions.key',
      'azurewebsites.net',
      'search.windows.net',
      'azure_search',
      'azuresearch',
      'azure-search',
    ],
    middle: String.raw`[\w.\-/?&" ]{0,80}?`,
    body: '[A-Za-z0-9_/-]{52,56}={0,2}',
    entropy: 4,
    cases: { yes: [made('https://a.azurewebsites.net/api/f?code={A-Za-z0-9_-:54}==')], no: ['x-functions-key: none'] },
  }),
  {
    id: 'azure-marked-key',
    provider: 'azure',
    title: 'Azure key',
    severity: 'high',
    method: 'access-key',
    rank: 3,
    before: 80,
    // Since 2023 Azure writes its mark into the keys of its services.
    anchors: [{ literal: 'JQQJ99' }],
    pattern: /(?<=(?<![A-Za-z0-9+/])(?<head>[A-Za-z0-9+/]{52}))JQQJ99[A-Za-z0-9]{22,26}(?:==)?(?![A-Za-z0-9+/=])/,
    judge: ({ groups }) => (looksDrawn(groups['head']!, 50) ? {} : null),
    cases: { yes: [made('KEY={A-Za-z0-9:52}JQQJ99{A-Za-z0-9:26}')], no: [made('JQQJ99{A-Za-z0-9:26}')] },
  },
  {
    id: 'azure-devops-token',
    provider: 'azure',
    title: 'Azure DevOps personal access token',
    severity: 'high',
    method: 'token',
    rank: 3,
    anchors: [
      { literal: 'azure_devops', anyCase: true },
      { literal: 'dev.azure.com', anyCase: true },
      { literal: 'azuredevops', anyCase: true },
      { literal: 'visualstudio.com', anyCase: true },
    ],
    pattern:
      /(?:azure_devops|azuredevops|dev\.azure\.com|visualstudio\.com)[\w.\-/"' ]{0,60}?(?:=>|:=|[=:])[ "'\t]{0,4}(?<value>[a-z2-7]{52}|[A-Za-z0-9]{84})(?![A-Za-z0-9])/i,
    entropy: 3.5,
    cases: { yes: [made('AZURE_DEVOPS_EXT_PAT={a-z2-7:52}')], no: ['AZURE_DEVOPS_EXT_PAT=$(System.AccessToken)'] },
  },
]
