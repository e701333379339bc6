_todo() {
  local current=${COMP_WORDS[COMP_CWORD]}
  mapfile -t COMPREPLY < <(compgen -W '--count' -- "$current"; compgen -d -- "$current")
}
complete -o filenames -F _todo todo
