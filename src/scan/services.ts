import { wordsOf } from './value.ts'

/**
 * Services with an API key, by the name that stands in variables: they say which system a value opens that has no mark of its
 * own, and let a weaker shape count. Lower case, without separators.
 */
const NAMES = `
abstract abstractapi abuseipdb accuweather activecampaign acuity adafruit adobe adyen ahrefs aircall airbrake airbyte airtable aiven akamai alchemy
alegra algolia alibaba aliyun alienvault allsports alphavantage amadeus amazon ambee ambient amplitude ampq amqp anaconda anthropic anypoint apache apacta apideck apify apiflash
apifonica apigee apilayer apimatic apitemplate apollo appcenter appcues appfollow appdynamics appoptics appsflyer appsynergy apptivo appveyor arangodb arcgis argocd
artifactory artsy asana assemblyai astra atera atlas atlassian audd auth0 authorize authy autodesk autoklose autopilot avalara avaza aviationstack aws axiom axonaut
aylien ayrshare azure backblaze backlog bamboo bamboohr bannerbear baremetrics baseapi baserow beamer beebole besnappy besttime betterstack betteruptime bing binance bitbar
bitbucket bitcoinaverage bitfinex bitly bitmex bitrise bittrex blablabus blazemeter blitapp blocknative blockchain blockfrost blogger bluesky bluesnap blynk bombbomb boostnote borgbase box braintree brandfetch branch
braze brevo brightdata browserless browserstack browshot bscscan buddyns budibase bugherd bugsnag buildkite bulbul bulksms bunny bunnycdn burpsuite buttercms bybit caflou
calendarific calendly calorieninja campayn campaignmonitor cannyio canny canva capsulecrm captaindata carboninterface carto cashboard caspio cdnify censys centralstationcrm cerebras cexio chargebee chargify chartmogul
chatbot chatfule chatgpt chatwoot checkio checkly checklyhq checkmarx checkout checkvist cicero circleci cisco clarifai claude clearbit clerk clickhelp clickhouse
clicksend clicksendsms clickup clientary clinchpad clockify clockworksms close closecrm cloud66 cloudant cloudconvert cloudelements cloudflare cloudfront cloudimage cloudinary cloudmersive cloudplan cloudsight cloudsmith cloudways
cloze clustdoc cockroach cockroachdb coda codacy codeclimate codecov codequiry codemagic cohere coinapi coinbase coinbasepro coingecko coinlayer coinlib coinmarketcap collect2 column commercejs commercetools commodities companieshouse
confluence confluent consul contentful contentstack convertapi convertkit convier copper copyscape countrylayer courier coveralls craftmypdf crates crowdin crowdstrike
cryptocompare cryptopanic currencycloud currencyfreaks currencylayer currencyscoop currentsapi customerguru customerio customer cyberark d7network d7 dailyco daily dandelion dareboost darksky databox databricks datadog datagov
datahub datarobot dbt debounce deepai deepgram deepinfra deepl deepseek delighted demio deno deputy descope detectify detectlanguage devcycle dfuse diffbot
diggernaut digitalocean directus discogs discord discourse disqus ditto dnscheck dnsimple docker dockerhub docparser documo docusign dopplermarketing doppler dotdigital dovico dropbox
dronahq drone droneci drip drift duffel duo duply dwolla dynadot dynalist dynatrace dyspatch e2b eagleeyenetworks easyinsight easypost ecostruxure ecostruxureit edamam edenai
elastic elasticemail elasticsearch elevenlabs enablex endorlabs endor enigma envoy envoyapi esri ethereum etherscan ethplorer etsy everhour eventbrite exchangerate exchangerateapi exchangeratesapi exportsdk extractorapi
facebook faceplusplus fal fastforex fastly fastspring fathom feedier ferret fetchrss fibery figma fileio filestack finage financialmodelingprep findl finicity finnhub firebase
firecrawl fireworks fixer fixerio flatio flat fleetbase flexport flickr flightapi flightlabs flightaware flightstats flipt float flowflu fluidstack flutterwave flyio fmfw formbucket formcraft formio
formspree form foursquare frameio freshbooks freshchat freshdesk freshservice freshworks friendbuy front fulcrum fullstory fusebill fxmarket gcp geckoboard gemini gengo genderapi genius geoapify geocode geocodio geocodify geoipifi
geonames getaddress getemail getemails getgeoapi getgist getresponse getsandbox ghost giphy github gitlab gitea gitguardian gitter glassnode glitch glitchtip globalping gocardless godaddy goodday goodreads google googlemaps
gong grafana graphcms graphhopper greenhouse gridly groovehq groq growthbook gtmetrix guardian guardianapi gumroad gumlet guru gyazo
hackerone happi happyscribe harness harvest hasura hashicorp heap heatmapapi hellosign hellotext helpcrunch helpscout hereapi heroku hetzner hexo hive hiveage holidayapi holistic homeassistant honeybadger
honeycomb host hotjar html2pdf htmlcsstoimage hubspot huggingface humanity hume hunter hybiscus hypertrack iconfinder iexapis iexcloud ifttt imagekit imagga impala inferencenet influx influxdb influxdata
infobip infisical infura infracost insightly instagram instamojo integromat intelx intercom interseller intra42 intrinio invoiceocean ip2location ipapi ipdata ipgeolocation ipify ipifi ipinfo
ipinfodb ipquality ipqualityscore ipregistry ipstack iterable jamf jenkins jfrog jina jira jotform jumio jumpcloud jumpseller jupiterone juro kagi kaleyra kanban kanbantool karma karmacrm keen
kafka kairos kanbanize keenio kentico keycdn keycloak kickbox kickstarter kinde kite klaviyo klipfolio kommo kontent kraken kubernetes kucoin kylas lacework lambdatest landbot languagelayer lark lastfm
launchdarkly ldap leadfeeder lemlist lemonsqueezy lemlist lendflow lessannoyingcrm letsencrypt lever lexigram line linear linearb linenotify linkedin linkpreview linode liveagent livestorm loadmill
lob locationiq logdna loggly loginradius logrocket logtail logzio logz lokalise looker loom loqate loyverse lunchmoney luno m3o macaddress madkudu magento magic magnetic mailboxlayer mailchannels mailchimp mailcoach
mailerlite mailersend mailgun mailinator mailjet mailmodo mailsac mailtrap mandrill manifest mapbox mapquest maptiler marketo marketstack mastodon matomo matrix mattermost mavenlink maxmind maxcdn medium meaningcloud
mediastack meilisearch meistertask mem0 memberstack memcachier mercury mercadopago mesibo mesosphere messagebird metaapi metabase metamask metrilo microsoft midise mindmeister minio miro mist mistral mite mixmax mixpanel mlab mockaroo moderation modal mollie momento
monday mongodb mongo monkeylearn moonclerk moonshot moosend moralis mparticle mrticktock mux mx myfreshworks myintervals mysql nagios nasdaq nasdaqdatalink natsio neon neptune neptuneai nethunt netlify
networksolutions neutrinoapi nettoolkit newrelic newsapi newscatcher nexmo nexus nfc nftport ngc ngrok nicereply nightfall nimble nocodb noticeable notion novu npm nuget nvidia nylas nytimes oanda
octopus ollama omnisend onedesk oneai onelogin onepagecrm onesignal onfleet oopspam openai opencage opencagedata opencorporates opengraphr openrouter opensea opentable openuv openvpn openweather openweathermap opsgenie
optimizely oracle orbit orca ortto osu outreach overloop ovh owlbot packagecloud paddle pagarme pagerduty pagespeed pandadoc pandascore pangea paperform paperspace paralleldots parseur particle partnerstack passbase pastebin paydirt
payfast paymo paymoapp paymongo payoneer paypal paystack payu paytm pdflayer pdfshift peloton pendo pepipost peopledatalabs percy perplexity persona pexels phantombuster phrase pinata
pinecone pingdom pinterest pipedream pipedrive pipefy pivotaltracker pivotal pixabay plaid plaidkey planio planetscale planviewleankit plausible plivo pocket podio poeditor polar pollsapi poloniex polygon polygonscan pollinations porkbun
portainer positionstack postageapp postbacks posthog postgres postgresql postman postmark powerbi prefect privacy privy prodpad productboard producthunt prometheus promptlayer prospectcrm prospectio protocols protocolsio
proxycrawl pubnub pulumi puppet purestake pushbullet pushcut pusher pushover pypi qase qdrant qonto qovery qualaroo qualtrics quandl quay qubole quickbase quicknode quip rabbitmq
railway rainforest rapidapi raven rawg razorpay reachmail readme readwise realtor rebrandly recaptcha rechargepayments recurly recruitee reddit redis refiner remove removebg render rentman repairshopr replicate replyio reply requestfinance
resend restpack restpackhtmltopdf retellai revampcrm revcat revenuecat rev ringcentral ringover riot ritekit rivet roaring roblox rocketreach rockset roboflow rollbar ronin rootly route4me route53 rownd rubygems runpod runrunit runscope runwayml
safetyculture salesblink salescookie salesflare salesforce salesloft salesmate samsara sanity satismeter saucelabs sauce scalegrid scaleway scalr scraperapi scraperbox scraperstack scrapeowl scrapfly scrapingant scrapingbee scrapinghub screenshotapi
screenshotlayer scrutinizer scrutinizerci scryfall searchapi securitytrails seatgeek segment selectpdf semantic semaphore semrush sendbird sendgrid sendinblue sendpulse sendowl sensibo sentiment sentry serpapi serper serphouse serpstack servicenow sevenrooms shippo
sheety sherpadesk shipengine shipday shodan shopee shopify shortcut shortio shotstack shutterstock sigopt signable signalwire signaturit signifyd signupgenius simfin simplesat simplynoted simplyrets simpleanalytics simvoly sinch sirv siteleaf skrapio skybiometry
skyscanner slack smartling smartsheet smartystreets smooch smsapi smugmug snapchat snipcart snowflake snyk solarwinds sonar sonarcloud sonarqube sourcegraph sparkpost spacelift spaces speechmatics speechtext speechtextai splitio
splunk splunkobservability spoonacular sportradar sportsmonk spotify spotinst square squareup squarespace ssllabs stability stackblitz stackhawk stackpath stackoverflow stackstorm statamic statuscake statuspage statuspal statsig steam steamapi stitchdata stockdata
storecove storyblok storyboard stormboard stormglass storychief strapi strava streak stripe stripo stytch sugester sumologic sumsub supabase supernotes survicate surveyanyplace surveybot surveymonkey surveysparrow svix swell swiftype
synthesia syncano tableau tailscale tallyfy tatum taxjar teamcity teamgate teams teamviewer teamwork technicalanalysisapi teem telegram teleport telesign teletype telnyx templated tencent tenable tenor terraform testim testingbot
testmo testrail textlocal textmagic textrazor theoddsapi odds thingsboard thinkific thousandeyes throne ticketmaster tickettailor tidb tiingo tiktok timecamp timezoneapi timezonedb tines tinify tinybird tinypng tly tmdb todoist
togetherai together toggl toggltrack tomorrow tomorrowio tomtom tradier transferwise transifex travelpayouts travelport travis travisci trello trufflehog trustpilot tru turso twelvedata twelvelabs twilio twist twitch twitter tyntec typeform typesense typetalk
ubidots uclassify unify unkey unplugg unsplash untappd upcdatabase uplead uploadcare uploadio upstash uptimerobot upwave urlbox urlscan userflow userlike userstack usersnap uservoice vagrant
vagrantcloud vapi vatlayer vault vbout vercel verifalia verimail veriphone versioneye veriff viewneo vimeo virustotal visualcrossing voicegain voiceflow voodoosms vonage voyage voyageai vouchery vpnapi vultr vyte
walkscore wakatime watson wandb weaviate weatherapi weatherbit weatherstack web3storage webex webflow webpurify webscraper webscraping webz wechat wepay whatsapp whoxy wistia withpersona wit woocommerce wordpress workato
workable workday workos workstack worldcoinindex worldweather worldweatheronline wrike writer wufoo wundergraph xai xata xbox xendit xero yahoo yandex yelp youneedabudget ynab yousign youtube zapier zapierwebhook zendesk
zenkit zenkitapi zenrows zenscrape zenserp zeplin zerobounce zerossl zerotier zilliz zipapi zipbooks zipcodeapi zipcodebase zoho zohocrm zonka zoom zoominfo zulip zulipchat
`
const KNOWN = new Set(NAMES.trim().split(/\s+/))

/** Names that are everyday words: they need the word of a credential right behind them. */
const COMMON = new Set(
  'abstract apache atlas audience axiom backlog beamer box branch canary capsule checkout chatbot close cloud coda column commodities copper custom customer daily daily demio drip drift drone elastic fathom flat float form front genius ghost gong guardian guru happi harvest heap hive hunter host kanban karma kite lever line linear loom magic manifest matrix medium mercury mist modal monday neon nexus nimble notion odds oracle orbit orca outreach particle percy persona phrase plaid pocket polar polygon privacy privy puppet raven readme redis remove render reply rev rivet route53 segment semantic sauce sentiment sonar spaces splitio square stability steam streak stripe swell teams throne together tomorrow tru twist unify vault vapi wit writer zoom google azure aws amazon microsoft github gitlab docker kubernetes mysql postgres postgresql mongo mongodb npm pypi crates jenkins ldap kafka bing box facebook twitter instagram linkedin youtube slack discord telegram vercel firebase wordpress'.split(
    ' ',
  ),
)

/** The service that the words before a value name, the nearest first; `common` when its name is an everyday word. */
export const serviceIn = (text: string): { name: string; common: boolean } | null => serviceOf(wordsOf(text))

/** The same of words already apart. */
export const serviceOf = (words: readonly string[]): { name: string; common: boolean } | null => {
  for (let last = words.length - 1; last >= Math.max(0, words.length - 8); last--) {
    const one = words[last]!
    const two = last > 0 ? words[last - 1]! + one : ''
    const three = last > 1 ? words[last - 2]! + two : ''
    if (three !== '' && KNOWN.has(three)) return { name: three, common: false }
    if (two !== '' && KNOWN.has(two)) return { name: two, common: false }
    if (KNOWN.has(one)) return { name: one, common: COMMON.has(one) }
  }
  return null
}

/** Long names that mean nothing but the service. */
export const UNCOMMON: readonly string[] = [...KNOWN].filter((name) => name.length >= 6 && !COMMON.has(name))
