/** Programs that do what they are told beyond their name: who may run one as another is that other. */

/** What it takes to get a shell, or as good as one. */
export interface Told {
  /** Any arguments do: it asks what to do next, or shows its text in something that does. */
  always?: true
  /** Without arguments it asks what to do. */
  bare?: true
  /** Arguments that do it, where they are free. */
  args: readonly string[]
  /** In words: `gives a shell through vi`. */
  how: string
  dependsOn?: string
}

const SHELL = '/bin/sh'
const through = (
  names: string,
  args: readonly string[],
  more: Partial<Told> = {},
  how = 'gives a shell through',
): [string, Told][] => names.split(' ').map((name) => [name, { args, how: `${how} ${name}`, ...more }])
const writes = (names: string, args: readonly string[]): [string, Told][] =>
  through(names, args, {}, 'writes any file through')
const reads = (names: string, args: readonly string[]): [string, Told][] =>
  names.split(' ').map((name) => [
    name,
    {
      args,
      how: `reads any file through ${name}`,
      dependsOn: 'what the files that only it may read hold: password hashes, keys',
    },
  ])

const PAGER = 'whether it shows its text in a pager'

/** By the name of the program. What stands last wins where a program can do more than one thing. */
const PROGRAMS = new Map<string, Told>([
  ...reads(
    'cat head tail tac nl od xxd hexdump base32 base64 strings cut diff sort uniq wc grep egrep fgrep zgrep rev fold fmt paste join comm jq',
    ['/etc/shadow'],
  ),
  ...writes('tee cp mv install dd ln truncate sponge shred split csplit', ['/tmp/x', '/etc/passwd']),
  ...writes('chmod chown chgrp setfacl setcap', ['777', '/etc/passwd']),
  ...writes('curl wget aria2c rsync scp sftp ftp tftp lwp-download', ['-o', '/etc/passwd', 'file:///tmp/x']),
  ...writes('mount umount losetup debugfs mkfs fdisk parted', ['--bind', '/tmp/x', '/etc']),
  ...writes('passwd chpasswd usermod useradd adduser groupmod gpasswd visudo vipw vigr chsh newusers', ['root']),
  ...through('bash sh dash zsh ksh csh tcsh fish ash busybox su sudo doas runuser setpriv', ['-c', SHELL], {
    bare: true,
  }),
  ...through(
    'python python2 python3 perl perl5 ruby lua node nodejs php tclsh wish expect irb ghci R julia guile bc awk gawk mawk nawk jshell scala',
    ['-e', SHELL],
    { bare: true },
  ),
  ...through(
    'vi vim vim.basic vim.tiny nvim view rview nano rnano pico emacs ed red ex joe jed mcedit micro',
    ['/tmp/x'],
    { always: true },
  ),
  ...through(
    'less more most pg man pager top htop gdb mysql mariadb psql sqlite3 mongo mongosh redis-cli ftp mutt screen tmux byobu script crash',
    ['/tmp/x'],
    { always: true },
  ),
  ...through(
    'env nice ionice nohup timeout time taskset setarch stdbuf unshare nsenter chroot xargs watch strace ltrace script setsid flock start-stop-daemon systemd-run firejail capsh chrt numactl cpulimit parallel run-parts logsave faketime proot rlwrap unbuffer valgrind perf',
    [SHELL],
    {},
  ),
  ...through('find', ['.', '-exec', SHELL, ';']),
  ...through('tar', ['cf', '/dev/null', '/dev/null', '--checkpoint=1', `--checkpoint-action=exec=${SHELL}`]),
  ...through('zip', ['/tmp/x', '/tmp/x', '-T', `-TT=${SHELL}`]),
  ...through('sed', ['-n', `1e ${SHELL}`, '/etc/hosts']),
  ...through('make', ['-s', `--eval=x:`, SHELL]),
  ...through('ssh', ['-o', `ProxyCommand=${SHELL}`, 'x']),
  ...through('git', ['-c', `core.pager=${SHELL}`, 'log']),
  ...through('rsync', ['-e', SHELL, 'x:y']),
  ...through('nmap', [`--script=/tmp/x`]),
  ...through('tcpdump', ['-z', SHELL]),
  ...through('openssl socat nc ncat netcat', ['exec:/bin/sh']),
  ...through('gcc cc g++ clang ld', ['-wrapper', SHELL]),
  ...through('docker podman nerdctl ctr crictl lxc lxd kubectl helm virsh', ['run', '-v', '/:/host', 'x']),
  ...through(
    'apt apt-get aptitude dpkg yum dnf rpm zypper snap pip pip3 npm yarn gem cargo cpan easy_install flatpak pacman apk opkg',
    ['install', '/tmp/x'],
  ),
  ...through('ansible ansible-playbook puppet chef-client salt-call terraform', ['/tmp/x']),
  ...through('crontab at batch', ['-e'], { bare: true }),
  ...through('insmod modprobe kexec gdbserver ldconfig dmsetup', ['/tmp/x']),
  ...through('systemctl', ['link', '/tmp/x.service']),
  ...through('service', ['../../bin/sh']),
  ...through('journalctl', ['-e'], { always: true, dependsOn: PAGER }),
  ...through('sudoedit', ['/etc/passwd'], {}, 'writes any file through'),
])

export const toldOf = (program: string): Told | undefined => PROGRAMS.get(program.slice(program.lastIndexOf('/') + 1))

export const PROGRAM_NAMES: readonly string[] = [...PROGRAMS.keys()]

/** Words after which a program shows its text in a pager, where nothing tells it not to. */
const PAGED: Record<string, RegExp> = {
  systemctl: /^(?:-\S+ )*(?:status|list-\S+|show|cat|help)\b(?!.*--no-pager)/,
  git: /^(?:-\S+ )*(?:log|diff|show|help|branch|tag|blame)\b(?!.*--no-pager)/,
  apt: /^changelog\b/,
  'apt-get': /^changelog\b/,
}

/** With these arguments, and no others, does it give more than its name says? */
export function toldWith(program: string, args: string): Told | undefined {
  const name = program.slice(program.lastIndexOf('/') + 1)
  const told = PROGRAMS.get(name)
  if (told === undefined) return undefined
  if (told.always || (told.bare && args === '')) return told
  return PAGED[name]?.test(args)
    ? { args: [], how: `gives a shell through the pager of ${name}`, dependsOn: PAGER }
    : undefined
}

/** Files that make whoever writes them as good as root. */
export const MIGHTY_FILE =
  /^(?:\/etc\/(?:passwd|shadow|group|gshadow|sudoers|sudoers\.d\/.*|crontab|cron\.[a-z]+\/.*|ld\.so\.preload|profile|bash\.bashrc|environment|pam\.d\/.*|systemd\/system\/.*|ssh\/sshd_config|init\.d\/.*|rc\.local)|\/root\/(?:\.ssh\/authorized_keys2?|\.bashrc|\.profile|\.bash_profile)|\/var\/spool\/cron\/.*|\/(?:usr\/)?lib\/systemd\/system\/.*)$/

/** Variables by which a program loads or runs what its caller says. */
export const MIGHTY_VARIABLE =
  /^(?:\*|LD_(?:\*|PRELOAD|LIBRARY_PATH|AUDIT)|PYTHON(?:\*|PATH|HOME|STARTUP)|PERL(?:5LIB|5OPT|LIB)|RUBY(?:LIB|OPT)|NODE_OPTIONS|BASH_ENV|ENV|PROMPT_COMMAND|JAVA_TOOL_OPTIONS|GIT_SSH_COMMAND|GIT_PAGER|GCONV_PATH)$/
