#!/bin/sh
set -eu
install -m 755 bin/todo /usr/local/bin/todo
mkdir -p /usr/local/share/bash-completion/completions
install -m 644 completion.bash /usr/local/share/bash-completion/completions/todo
