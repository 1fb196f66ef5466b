/** The four characters met most in code, configuration and prose, most first, in small letters; all behind each other. */
const FREQUENT =
  '     thementtioncommthe mmenommeefindefifineine nameent type to    " conlang xmling /com----ion ng="strint xt xm' +
  ':lanxml:ml:ll:laang===== forconsatioself of port is ringonst if thisctioand    i strfor  in turneturretutrin and' +
  '   s   rsionptiofile thi retelf.nst  not namions   (  re   t defcode selwithableinte intrrorvalu   cerrourn call' +
  '  ifaluedef  usenterfuncdatacompmber comcontoptinot  witunctnumbumbe   d typint ted texthis   co prostatfromform' +
  ' numteststrunctin thtrucructversscriternf thall  vale thter ject be  thaline": "paratimecharript  deort path  se' +
  'ith cripersiextesizersiolist or requmplerom readhttp filvoidof tthattherhat signs thconfame=ormaare attr  th cha' +
  ' resatch  (r   edinginstarambjec keyme=" staommamandlateopers =  parressmman   f optinfoobjeentrlasspresasse fro' +
  'aultfaul   pame dateclastingype efaudefaientatede coemen(selmporsertwordhe sumene in   /ffernsta dis   0ate ed t' +
  'ned  funentsicat  0xsed impoexpoeratonfiuct ntry wheble inde imppack0000stangrou setighttrib as e = descnfighe c' +
  'ontermatsser verevenxporspececti voi   acatinonecursservsingd toeque  inenerbasehis. it lockd int ther te retter' +
  ' on  by roupback req aretrueescr canbuffpng_r thuffein tourcoid scalcludrect nonibutribuparsstaruse tatis nosour' +
  'scheinit_u32modeurcehen cessnodearraons  exparsechantureproc err // ed iget_inclrentvent an  lin datinedused pat' +
  'nclu  ""dist insendi whiif ( """xterndefancegenespacpropwrit.comttpsfastmatctart_nam modentiile whenlocaratiange' +
  'e foheadludeuserssioessihands://chempacelemelengtps:ps:/ervendexern tls_set   t.uests inreatctorundestrerintator' +
  ' allout tablprinflagng ttreangthengt   1urserseso thoundto tsyscques png  //crearese hasyscagnutnutlutlsncurream' +
  'sageexpre ofode meth repandl   m_cont in addbool newtatebyte youill tifywindhe fs torrayll ngit aderresuothe get' +
  'duleeate incbuilethoitio cals a implcatendle objvaliequiessasuppmoduodulalidelset = can    bne ge toher _typed a' +
  'checindoointect rope   lthode ist isonlyopenase ndowatesheck trusultningountpoin extingsypesargsquirhemadireesul' +
  'tivelf._aria wil   nwilloutpskl_kl_tuirence  anyalseoulddent prequaltputor tritendifed butpul na_coder="nullield' +
  'falsignenew ionairect re shois npendber=ramesynccopy "gi"git reaviceion.l_tk_tkntkn_enum = saddrgnedxtend thers ' +
  'pecipertfacealloastiacka   oing.e deequackag" nuses_actilicemessess  outifiecoloef _herelexe  fostifkage gl_ert.' +
  'loadion_exerllow opetric   2lienenceinpussagnput'

const LETTERS = ' etaoinsrhldcumfpgwybvkxjqz_-0123456789'

export const frequentFours: readonly string[] = FREQUENT.match(/.{4}/g)!

const ranks = new Map<string, number>()
for (const [rank, four] of frequentFours.entries())
  for (const part of [four, four.slice(0, 3), four.slice(1)]) if (!ranks.has(part)) ranks.set(part, rank)

/** How often a byte is met in text, roughly: from 1 to 11. */
export const weightOf = (byte: number): number => {
  const rank = LETTERS.indexOf(String.fromCharCode(byte | 0x20))
  return rank < 0 ? 1 : (LETTERS.length - rank) / 4 + 1
}

/** How often three or four bytes are met in a row, roughly; to compare runs of one length. */
export const runWeightOf = (bytes: readonly number[]): number => {
  if (new Set(bytes).size === 1) return 1e7
  const rank = ranks.get(String.fromCharCode(...bytes).toLowerCase())
  return rank === undefined ? bytes.reduce((weight, byte) => weight * weightOf(byte), 1) : 1e6 - 1e3 * rank
}
