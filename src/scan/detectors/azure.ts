import { type Detector, named } from '../detector.ts'
import { looksDrawn } from '../value.ts'
import { made } from './made.ts'

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
      return { keyId: account?.[1] }
    },
    cases: {
      yes: [made('DefaultEndpointsProtocol=https;AccountName=orders;AccountKey={A-Za-z0-9+/:86}==')],
      no: ['AccountKey=<key>==', made('AccountKey={A-Za-z0-9+/:40}==')],
    },
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
    middle: String.raw`[\w.\-:/;= ]{0,80}?`,
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
    judge: ({ groups, value }) => (looksDrawn(`${groups['start']}${value}`) ? {} : null),
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
