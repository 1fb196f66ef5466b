/**
 * The four characters met most in code, configuration and prose, most first, all behind each other; with the bit that makes letters small, by which
 * the end of a line is a `*` and `[` a `{`.
 */
const FREQUENT =
  '    *   tion the,*  the    "{*  ====---- {*  to ion  coning type",* * * ;*  namecode": "atioportctio****": {**  ' +
  'ionsstri forand  is    }},*  of filering andconsthiscomms": ptiowithfor trin}*  sioncontmentonstable if ter  in ' +
  ')*   witturneturretu use thilassclasefin   *defifinerequhrefref=</a> hreef=": {* },*scri rettterine  "de  },ith ' +
  'atch.000<a ha hr strhtml: {} not  }*nst   "dhis syn rror fil   ifunc comerrowordlineommavalu keymand let*syn */*' +
  " def  # from  *    'mman cla   ralueinteourcsourdenturceself  renter   chttpitiocessxsltcripriptn th // ent  pro" +
  'urn datanodeformort /a><etteresolistunct))))   #use ode>e": all  =>  thanctie th####keywyworeywo be lettcompnot ' +
  '** *mporf th*  }><a s thted  frooptiimpomatcconfrom jecte*  versare thatass=enta }* :*  li><  ifss="latihat    s' +
  " inttest) {*  co!!!!readstatescrion\"keysdesctext lin.*  );* cond</li/li> cha', 'ormaatin or nden typ0000pend<li>" +
  '.htmersiactiypeslinkting   ta></ined statern "rersioof tdititainatedcalll letimeile "*  ord acceonfipara valende' +
  'he s  "cequimber#defi><a0.00ble esouinst perequedef *#denfigmplebjec></l*  " matondi  "aquiright "coli>* *  ther' +
  'ntaidinge cocharuirensta * `cces res namexponditepenned tableys"reattin indespecontahe cpath*<li"con>*<l are you' +
  'depeons"n":  latumbeame"numbxporode uestrmatcrean ke\',* i>*<objeterm reqe",*serv an  {},ques   mssioinpunkeynput' +
  'stan  tht th impttpsient  "r by ed td toeateon tonteonkeyn klate as chan  "n it aram whehen ys":eratoper} #    d' +
  'me":ionk ; {.comipti {}*s://aultsed tps:ame ; {.ps:/writextefaulsignate  || *** {}* "nam.**  "naif (emene retch ' +
  'trannts  canctertruelien"deptactns":ntacclieheadrect{},* selsche fune instarin tink  paricatangeill entswhendefa' +
  'strutartefauctorype singon":evel*)))date/codratiermibaselocaeven   ptrucransectierna datr thance>*  spanarraess ' +
  '<codructdule</cowill optenti veronlylet outp ins"des tru wilchemtputleveutpu new*/* ons you asse getodulmodutml"' +
  'e istateress allregi   effertatihe fpackcati   | seter tng tstreo th.002 modninge fondexn magrounew elf.e = pres' +
  'to tbacks totreabuilrentusedcan s inrrayhangator   {pecipropumenaine  0x endd inmisss a rite   /e ofmall)** lete' +
  'ence   <issinone nums*  nce out rcetin s   $sertworkrnale,* in cs non toreampes";** ount calundecom/t in   fdire' +
  ' ** ed i * /rouparse*126here,* * my permvent* //hemairec)   */**infoes": on ifiespacsmaliredect proc  |   my sma' +
  'the*parsone opental ingss anetypis fracthand anye wiers attr0002 cap   aointll lusere toendimains = sage00.0al l' +
  '000.item whi   lcounitalrantn ca  depoint issize" ||trib acc002}xten objore ed bfast/***|| "vali errmethocalf="#' +
  ' has/   //  yn md thrighnal  subhis.coreresu) =>dele></tturemodendleint t =  -> capiibutset rmisribuion* {.2 cre' +
  'andl.* *t toeletis a addcept rep exps fo speor tuffemy $buff></aectoe anto a preher  ext  sesseroversultcateiste' +
  'apit dispitaesul lise></ervecluds.ht out/nodes aamplimpl #  antsed a} =  a sckagase t re\'*  t ofprovothe pat: "g' +
  'l": essa, thes tlengenernly  opendinkage/*     (ndefetho onlinclngthengte a tentterstd><tive = suild="htere gran' +
  'elsethodnclutoryastit coiterput  # lpacechecionat*  loads peunic$selhe r   n  /*|x00heckn sm reaml"  unitifynten' +
  'rato" cl  inithu desnd td byles llowgithsyncthub: "satteates codouldroceader  {*\'   or aalidnico evearia# laarge' +
  'e usfereetere stlockgit void):* initntexhe ps",*tend* **messtanc  ; ecifest eren"nav="na"resperl);**f="h*expde><' +
  'suppresendif(httx00|00|x: tr*con0|x0*  cssaglectalseany vicestifion.ng as="nlemessle><coommeackaage erti "acfals' +
  '://g "stg th),* ster*thevidecety*```nav-mmeneaderovi**/*=> {ocesle iamess ofded docucurr und}(ht"accauthplic 030' +
  'ropeexamconnel":storl" cts p/gitxamp wors fid": rategeneult onale fivel"exceessltraclterencooundontrreponcode de' +
  'ludecopy ctegkeyer oramexistexis "grhub.urreb.co//giessi   ;uld  els shoed.*ovidpart curslevnds hich metnextever' +
  'y thwhiccoloalloh thub.ceferass diststyl"str ind nonder * thext tatu"granstr = {atustagkagkerrentyleapplrefeis n' +
  'nullentrer abooltricmetabytes aren trespe pr.  tlue ilesto c, anf li decxcep</tdpert   on*    le "gintrohave#  0' +
  '/td>acte inc falsub ave   // diricodeconrenc0020 regnerapera * tn re**##20.0*hi </p>   ust c)/* rue,"req**th"git' +
  '"><ctem  othrepluppo ser $se1265}** *119cifidif*inesonnet",*nnecposihara exihi dich  trae cl }**th t020.ppore.**' +
  '"aws02} 2} #i de "awcumetml#case"httmoveocumvarilowepan>see *}**d*  lice  prt aning*tial varace };* n inaracnect' +
  'ificght pdatted* /** synfixe: st vimbuteed":egiogionspons.**he aolor {*)passll bred"he ties aws:rverr in{.00ilit' +
  'updajson = $ cored f havdeco asshe uclosorter totifi delef l supplugn a ort(>*</in aget he l;*}*e pal bethroprot' +
  '.org> {*><tdhas our menun clfiltram ilterecoeen tera runkey}allyubli   b tesprin  foon o reflity appt beleane un' +
  "tempotat* */ervi  */} frhe d priremoente sigainsthous retes er i 0x0decl' =>faceesolan antatue,* one~~~~espos</a" +
  'util colplatacheist  texmakerint a clicaon itr><se tcteder, r coror uginpublandid wiwidtidthred syntigurrtedfigu' +
  'he oe seata lugieclaurnsr a ositenses wirictmarkalleust  butsolvrevipareestrynta* `pqualbloce li timasyned whash' +
  'n co<sparfac/spa*impartintax fol*120libx posbiliiden", "e materf autan c  t.elf-ater</spr*  if talizt deed, e ca' +
  ', inroutcrypryptlastr = t { erfas maver aturrgetlf->usin": tectee exon aclarn be copolvemeteslt-/libithot stto s' +
  'ppliion}endsm thor eainte aricenixedtargequaor iompaarch * chelpowerlongamethoutd cobut cribis ie or=noncensistr' +
  's co*// vim y": deburibe fingist doc maiity is tg/${ } fpons wasse itrolrt(" argegisrns ber epti && ling a penam' +
  'losestin/${t httth aure  = ntantrvicend ing"shifhe eaddrsele0x00tag/orde${tadisp4*12ing.{tag(sel.***ert.hiftpan ' +
  'he n thriati log relblic, coom tblesey}"ortse noion:s be dononseag/$tor t no = r: "ahe m/p>*imit !!!re i />*nder' +
  'elec```**/*#failttris is))  ion,pperirstt fote",*  tulesfirs fasplacforefiedte awaitshouttp:or choul\')* )))  abo' +
  '>xsl "arautoibxsbxslon s inp*sublanggent**" ory se, arenant lablied lign   wapperder })*dejsnd ae.* istslaceodej' +
  'tallelemive   "tled es, aligieldagenlue"warns:rehingepreode:re cre tde cue", <cotoolas a locfindent. bufiablrota' +
  'flagorg/acco samof as: {torer />wind<br br /less()*  rec  })le, agesllbastalallblse  remuratom "wareepor at he i' +
  't wiven scomograe itplaysoft````n anfreeglobargsans   ened* ecomlly an>< nodd = ficaan b. than e, reemov  caerge' +
  'indoto dthenmergrotoat a  st0008 libleastieson, to buct pectxterat tndowis scal lbac cli ===need exasomee.  niti' +
  'n isode. """e chprect;*  seefierlefte   was n se= reoken   0`linify hrow tag### ons./>*<">xscert sec fix  ""lize' +
  'skipkey *127 exc no <tab `pa "liexsldiffmore/** o beebug do gateriesrt t=== # th008}0*12 nul, whoolele t macthin' +
  " we icalcachion)d focket)rot usiorreeral(*  ignebeen basendps frtche = 'ite\"it iws:rccou  elbodyn't quernt tcurs" +
  '*<a  };*guraoleae socentn",** colare attmustitleiateoute: "wultinorest sr><tent-et ttitlefor arrto mrows  \'|n = ' +
  'd.**#xslarguerl ndpoping=heaandoeditfini "./ buits trgumdpoigumeead rt { cas {`lack execing,ltin{`liensi*  ses i' +
  'odin bee manyteschinns tes oyourackeejs/codire a><spa><bstenlimi*###><brtp:/ booompip:// mesmpil<td>toke cloto r' +
  ' han carease000} = (ary 2*12matiitorstematic**=h*=hedoes wried olikeuery00} dler0} #*/*)es fst o.... == th c});*' +
  't tyby t mus nex /* andstml/mailed sype"on: e tete tacroystesystdinpnotestraer eoid is mexpeges corrple r exe su' +
  '8*12"""* pac})** scheserits ticacute: { addi geno male ahostilenes.**if e\', ses he* smitent*o re pas a fligheach' +
  'e: \'ize .**= api warer cmult"htmiderkey" itet chrest  dot\', notin ofomplart e on che"key shi  "kd reluestwarmith' +
  'ast sect  - istiftermpreertyafte.assthonfielsitiectspatteres winriab=iteode//*#dch   nee "keuppeer s plaithy();*' +
  '*end sinalsoexprdoutt.asd nope: ign=ype: t.ahar l/li inf}",*t* *pref*  isamekinggn="ser <br>ecodecor   ve lornin' +
  ' voise o enc shauntit liftwaespaigno**suer*1*)   mayes: e vamplaoftw**=i*=it" co 0, 0,0,on.*.get updngesng i  us' +
  'progis pror(`smithy/>*<a*  / doeests"`smttinhe `y coythorce ml/lon cgnor maks.* ruleonso  fi`parfoldpile sou,0,0' +
  'amil = "he bmmitpythknowone*ommigned lenramsemplis cetaglledatewolumime br>*  exon f5*12s usne cns apromsendn></' +
  's de   = morh   ininbrevassoatabinale naml#xettis onual(s/noom/niginl#xsprev"wrisentossliali "wrt a t di6*12 ove' +
  'at ing, tax izat heaite zatiwingssocto um/nopatcne sd></gramvertor sute ngs "type en*uset madeste sa somor mthor' +
  'f->{ctivrogrrs antine netewaenut*/*ehighse antcong o``**))/*:res;*))ml">e:* *123ing)nsioindis lilena*  fey":*# t' +
  'ts ang cpacie cutcomer: t": ath ed crorsthesolicdersen anatiesse: nu></d{.22 { /hitentry syss pr sofutra}{.0soci' +
  'nablciatibleolloocia fir, buake ntifetadestirseruthodres(conove ome  * aewaysubsocatritynutr{ // = fent"st rabbr' +
  ' stoanageout `re   gule entc a n</train ve ton",may s cafsetose put,mpatquotne* ide a conge ).** = t gra* `stcon' +
  'foll;*exr of wid"arne* *er">/tr>)))*fer  scr als*  eadatper*: "ruintemptctlyunle "tyjs/ngive**# tadaults<divows ' +
  '/*exy*  chedd",* idee mo*  rerm=abilse* nd i a r,  #cial aliinglt exwer*arnire s guilic estaern be u")* ire(ou c' +
  'seridiv>it td of  **rial*129cellevale diidat lasntiaeproelf,nglent, raphrelet hassedtagsdownmacrme: omprsfor byt' +
  ')lowgraper u3*12= ne*};*me oan iepare {*"lis<tr>*  <politilsnvalhe gbbre = 0lso if**ntegr anfeat.0.0})* nt smage' +
  'y.    paer dct tch cter"reca)uppinatconvcleand oitte*  hd anndarailsas b hereatu * "ul>*d be1*12int)tly e as**``' +
  'ted.docsceta8} #settmodi det08} ansf/typommod asmmonait yptoausesymbned*ymbombol* "g itse*#  mapwhiton}:inva*704' +
  'aratplem  hi   hterert dodif skispli7*12ll tumerwhilecute;*  dif givut, hooktenshile,*))side entmatton wng se fu' +
  ' unlr reearc, strootmana};**u ca, opls.hmes y = .</pxecuor od><tdetaise  to*al pnd c/a>*ddretreeown nver""* ins=' +
  'onvend et prgin  lanend*ords;*imthrelse,on\'ta re9*12ved rminecur edin wiree o deenab">*<lobae spng fl us,   cpan' +
  ' bac a lnforndoust ist aobald   ed. brea <a ecia =~ traithansecoutioly. ss td.* nagest ber =";* -cony ofsearon* ' +
  'splamat rrecockeopyr loneric"*syce o2}{.enum02}{);*)t cautesdisansigt.**yriggth hellp>*< \'in so pyri>*<dannevery' +
  'esenativsts deprsockr</afontisplind rge cturcolladde* rehe vodesand*nes ignae be  </eleang=".  i }*}flexracetors' +
  ' terach th d||%u: "cectle wa**syreprof cces nt i: "ddded*  -))lo marawail>*<javad onter*nals>* *reakttypre paws-' +
  'taillf,  a bet ssole * iheses.  ent,it wme, embe)al*ual 0*  cingrtie**))0*11anguead1nse memoord)eplysimplow befo' +
  ' deping\'avaise s actinto))00t sene oe op://wo us plu urld*sy  anorig7.00e"><   )l code> o coan oice e.jseed ntim' +
  "ame,lidanconpush tab.str a ws acect.now vailf a api *#if # 'oritnumene tpensdon'rediecatad1  hi etai))uptry /div" +
  'xpecve averidiv #ender f = c"filest(f*  </dil*  ggeroup=e" |ddinolle dia a date(uresor dtriexpre poies w sizpe":' +
  'getsanchailaer* st, . */.**#t parst ;**/redeacutoffs*thiude {*)) awa) = ">*  gitrd cws-s**co coufoun\');*ch aiven' +
  ' heltice-xsl-sdkowin() =;* *rts erinwww.sdk/is eame:, orlse*o no = al the doe alcolulumnypedbe ansolffseike licy' +
  'reve  synd s now lices* lear lea/com  un  "ss-sd** `*## tectify.ascrtab>ync , seial sted*#en/wwwraryeviaviatpriv' +
  "-> luilting=//wwete achig*  s al succhesf yo  noom '));*e ctnary acuiousssinstab/docatemsabls seionceriastac  } " +
  't fi.001pe {re w  neery dth=heme () ncesmappdonetemsthemlar oes r isend=binawherd a as t*  lsibllt-xt-xse memedi' +
  'var runtore/lite*})* bloonceers.rn tillin.**e ifuote><lirkereplais rnormsurenguast tit dre fcirct("`cale/cliusto' +
  "it cse,*extrilab': {persrigi|%u0dex.  whne i.**t><trtackiledeadypageflowese  invstom   !ors ion(y toopts<tt>guag" +
  'uagecust</tt/tt>add pletnlesnnel bin  narefistop  "es ass orse {ing-("`stintot bedefrmal fai)conckerllab  loger ' +
  'e, t  vasaveivatg to  "hmesp abb)</cnowng a th="ion-ut t "crend(rnedd* *or (floa {.0*128art=```jmpling wpullis d' +
  'xtrainarbitsimaguctuipt *mens wheerrppenclus<td *lettequsitoute*lloc}"* pati  ase);*issu a t.  a*typ  (r: fa*e01' +
  "ingies m  'itand.0*1wrap  $sighl   .assi celar *tforppinund hine*114ong causng*   ma\"cret use hainsetemere('eden" +
  'ictepostst {acinyaml))* t itdictavasmachroun!   scal <p>o a **ifnsfod stle se {  "fivascto i aftode*se cdcon asy' +
  'm ". lik= shhod '

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
  return rank === undefined ? bytes.reduce((weight, byte) => weight * weightOf(byte), 1) : 1e6 - 3e2 * rank
}
