const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** Words for a password in other languages; what stands before an operator or right before the value. */
export const FOREIGN = [
  '비밀번호',
  '비번',
  '암호',
  '패스워드',
  '密码',
  '密碼',
  'パスワード',
  '暗証番号',
  'пароль',
  'пасворд',
  'kennwort',
  'senha',
  'contraseña',
  'contrasena',
  'motdepasse',
  'mot_de_passe',
  'hasło',
  'haslo',
  'wachtwoord',
  'lösenord',
  'heslo',
  'şifre',
  'parola',
].map(latin1)
/** After the keyword these make the name one about passwords, not of one. */
export const ABOUT = new Set(
  `field fields label labels hint hints placeholder text policy policies length len min max minimum maximum regex pattern reset change changed forgot forgotten recovery url uri path dir folder file files
  filename type input id ids uuid title message messages msg error errors err help prompt prompts required enabled disabled expiry expires expired expiration expire age lifetime ttl strength hash hashed hashes hasher
  hashing salt encoder encryption encrypter algorithm algo method manager provider authentication authenticator validator validation validate valid invalid attribute attr column col param parameter params var variable
  env icon button btn form page link view dialog screen service class format formatter generator generate generated history rule rules count attempts attempt tries timeout callback cb fn func function check checks
  checker mismatch match matches incorrect wrong missing blank empty toggle visible visibility show hide complexity cmd command digest ref reference selector xpath element node key keys keyring name names login
  style color mode flag flags option options config settings store storage safe manager prompttext credentials grant requirements requirement update updated description desc info note helper lower upper special digits chars
  characters size entropy score stacking tooltip locator test tests spec api endpoint route handler controller action event events state status result results response request token list map set get node widget section component
  template email mail sms subject header line lines char account accounts user users username host hosts character mask masked protected supported support only less through by port ed ing es er ers ive age enger port thru along over down up from to in on off all at with fail out back is not and or if`.split(
    /\s+/,
  ),
)
/** The same before the keyword. */
export const NOT_ONE = new Set(
  'forgot forgotten reset change show hide toggle no not invalid wrong missing incorrect has is needs need require requires validate check verify confirmation allow disallow enable disable ask prompt hashed hash'.split(
    ' ',
  ),
)
/** Words that hold `pass` and are none. */
export const OTHER_WORD =
  /^no_?pass(?:wd|word)?$|^(?:kee|by|com|tres|sur|encom|over|under|multi|render|sub|first|second|last|one|two|single|pre|post|high|low|band|all|test|pixel|shadow|depth|dry|max|num|final|next|main|main|bloom|effect|shader|opt|optimization|compiler|llvm|module|function|loop|region|inline|cgscc|n|im|t|mono|pop)_?pass(?:es)?\d{0,2}$|^pass(?:es|ed|ing|ive|ively|age|ages|enger|engers|port|ports|ion|ionate|thru|through|able|over|erby|er|book|at|er|keys?|band|fail|phrases|codes)$|^passes|^passport|^passiv|^passeng|^passag|^password(?:less|s)?able$/i

const ENDS_IN_PASSWORD = new RegExp(
  `(?:password|passwd|pass|pwd|pw|passphrase|passcode|passwort|passwords|masterauth|psk|${FOREIGN.join('|')})\\d{0,2}$|^(?:pass(?:word|wd|phrase))`,
  'i',
)

/** `pswd`, `psswrd`, `pasword`: the word with letters left out. */
const isShortened = (word: string): boolean => {
  let at = 0
  for (const letter of 'password') if (word[at] === letter) at++
  return at === word.length && /^p.*s.*w.*d$/.test(word)
}

/** One letter wrong, doubled, missing or swapped with the next. */
const isMistyped = (word: string): boolean => {
  const right = 'password'
  if (Math.abs(word.length - right.length) > 1) return false
  let head = 0
  while (head < word.length && word[head] === right[head]) head++
  const rest = (skipWord: number, skipRight: number): boolean =>
    word.slice(head + skipWord) === right.slice(head + skipRight)
  return (
    rest(1, 1) ||
    rest(1, 0) ||
    rest(0, 1) ||
    (word[head] === right[head + 1] && word[head + 1] === right[head] && rest(2, 2))
  )
}

export const isPasswordWord = (word: string): boolean =>
  ENDS_IN_PASSWORD.test(word) || isShortened(word) || isMistyped(word)

/** A form's or a dictionary's words for the field itself, in many languages. */
export const LABEL =
  /^(?:(?:new|old|your|current|enter|confirm|repeat|verify|re-?enter|type|choose|forgot|invalid|show|hide|change|reset|set|create|update|the|wrong|missing|no|my|a|user|nuevo|votre|neues|ihr)[ _-]?)*(?:pass ?(?:word|wd|phrase|wort|code)s?|mot de passe|contrase[^a-z]{1,2}a|contrasenya|senha|parola|kennwort|wachtwoord|has[^a-z]{1,2}o|heslo|adgangskode|l[^a-z]{1,2}senord|jelsz[^a-z]{1,2}|salasana|passord|[\x80-\xff \d]{2,60})[:?*!. ]*$/i
