import type { CompletedCommand, CompletedFlag } from "./tree";

/** Writes the script that completes a program in one shell. */
type ScriptWriter = (program: string, commands: readonly CompletedCommand[]) => string;

export const scriptWriters = { bash, zsh, fish } satisfies Record<string, ScriptWriter>;

function bash(program: string, commands: readonly CompletedCommand[]): string {
  const name = functionName(program);
  const values = commands.flatMap((command) =>
    command.flags
      .filter(({ takesValue }) => takesValue)
      .map((flag) => {
        const offered = flag.choices.length > 0 ? `-W ${quoted(flag.choices.join(" "))}` : "-f";
        const keys = spellings(flag).map((spelling) => quoted(`${command.name} ${spelling}`));
        return `    ${keys.join(" | ")}) COMPREPLY=($(compgen ${offered} -- "$word")); return ;;`;
      }),
  );
  const words = commands.map(
    (command) => `    ${command.name}) offered=${quoted(wordsOf(command).join(" "))} ;;`,
  );
  return `# Completes ${program} in bash. To load it in every shell, add this line to ~/.bashrc:
#   eval "$(${program} completion bash)"
${name}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}" offered
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(commands.map((command) => command.name).join(" "))} -- "$word"))
    return
  fi
  case "$command $before" in
${values.join("\n")}
  esac
  case "$command" in
${words.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$word"))
}
complete -o filenames -F ${name} ${program}
`;
}

function zsh(program: string, commands: readonly CompletedCommand[]): string {
  const name = functionName(program);
  const described = commands.map(
    (command) => `    ${quoted(`${command.name}:${escaped(command.description, /[\\:]/g)}`)}`,
  );
  const cases = commands.map((command) => {
    const flags = command.flags.flatMap((flag) =>
      spellings(flag).map((spelling) => `        ${quoted(spelling + zshFlag(flag))}`),
    );
    const word = command.words.length > 0 ? [`        ${quoted(`1:word:(${command.words.join(" ")})`)}`] : [];
    return `    ${command.name})\n      _arguments \\\n${[...flags, ...word].join(" \\\n")}\n      ;;`;
  });
  return `#compdef ${program}
# Completes ${program} in zsh. To load it in every shell, add this line to ~/.zshrc, after compinit:
#   eval "$(${program} completion zsh)"
${name}() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT -= 1 ))
  case $command in
${cases.join("\n")}
  esac
}
compdef ${name} ${program}
`;
}

function zshFlag({ description, takesValue, choices }: CompletedFlag): string {
  const about = `[${escaped(description, /[\\[\]]/g)}]`;
  if (!takesValue) return about;
  return choices.length > 0 ? `${about}:value:(${choices.join(" ")})` : `${about}:value:_files`;
}

function fish(program: string, commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => {
    const inCommand = `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}'`;
    return [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${command.name} -d ${fishQuoted(command.description)}`,
      ...(command.words.length > 0 ? [`${inCommand} -f -a ${fishQuoted(command.words.join(" "))}`] : []),
      ...command.flags.map((flag) => `${inCommand}${fishFlag(flag)}`),
    ];
  });
  return `# Completes ${program} in fish. To load it in every shell:
#   ${program} completion fish > ~/.config/fish/completions/${program}.fish
${lines.join("\n")}
`;
}

function fishFlag({ name, letter, description, takesValue, choices }: CompletedFlag): string {
  const offered = choices.length > 0 ? ` -f -a ${fishQuoted(choices.join(" "))}` : "";
  return ` -l ${name.slice(2)}${letter === undefined ? "" : ` -s ${letter}`}${takesValue ? ` -r${offered}` : ""} -d ${fishQuoted(description)}`;
}

function spellings({ name, letter }: CompletedFlag): string[] {
  return letter === undefined ? [name] : [name, `-${letter}`];
}

function wordsOf({ flags, words }: CompletedCommand): string[] {
  return [...words, ...flags.map(({ name }) => name)];
}

function functionName(program: string): string {
  return `_${program.replaceAll("-", "_")}`;
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, "\\$&");
}

/** A quoted word for bash or zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${escaped(text, /[\\']/g)}'`;
}
