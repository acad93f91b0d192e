# What the repository's shell scripts share; sourced from the repository's root.
# shellcheck shell=bash

# Messages go to stderr: stdout belongs to what a script is asked for.
say() { printf '%s\n' "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

# step TEXT COMMAND...: runs the command, says what for and how long it took.
step() { tell_step failed "$@"; }

# try_step TEXT COMMAND...: the same where another way follows: that this one is not to be had
# here is no failure yet.
try_step() { tell_step out-of-reach "$@"; }

tell_step() {
    local otherwise=$1 text=$2 start=$SECONDS status=0
    shift 2
    say "==> $text"
    "$@" || status=$?
    if ((status == 0)); then
        say "    done in $((SECONDS - start)) s"
    elif [[ $otherwise == failed ]]; then
        say "    failed after $((SECONDS - start)) s: $text"
    else
        say "    out of reach here, on to the next way"
    fi
    return "$status"
}

# runs COMMAND...: whether the command can be found and ends well; a version manager's
# placeholder (pyenv's shims) is found, yet fails.
runs() { "$@" >/dev/null 2>&1 </dev/null; }

# working_python3: prints any Python 3 that can make virtual environments.
working_python3() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if runs "$candidate" -c 'import ensurepip, venv'; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

# follow_pip: makes uv use the index and the certificates pip is set up with, for uv reads
# none of pip's settings. What is already set for uv wins.
follow_pip() {
    local python index cert
    python=$(working_python3) || python=false
    pip_setting() {
        "$python" -m pip config get "global.$1" 2>/dev/null ||
            "$python" -m pip config get "install.$1" 2>/dev/null || true
    }
    if [[ -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]]; then
        index=${PIP_INDEX_URL:-$(pip_setting index-url)}
        [[ -z $index ]] || export UV_DEFAULT_INDEX=$index
    fi
    export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} # pip trusts the system's certificates
    if [[ -z ${SSL_CERT_FILE:-} ]]; then
        cert=${PIP_CERT:-$(pip_setting cert)}
        [[ -z $cert ]] || export SSL_CERT_FILE=$cert
    fi
}

# find_uv: prints a uv that works: the one on PATH, else one of our own in .cache/uv.
find_uv() {
    local own=.cache/uv python
    if runs uv --version; then
        command -v uv
        return
    fi
    if ! runs "$own/bin/uv" --version; then
        python=$(working_python3) ||
            die "uv is missing and python3 cannot make virtual environments: install uv, or Debian's python3-venv"
        rm -rf "$own"
        step "Installing uv into $own" install_uv "$python" "$own" ||
            die "uv cannot be installed: is the package index reachable?"
    fi
    echo "$PWD/$own/bin/uv"
}

# Twice quiet: errors only, without the warnings of a machine's own pip settings.
install_uv() {
    "$1" -m venv "$2" &&
        "$2/bin/pip" install --quiet --quiet --disable-pip-version-check uv==0.13.9 >&2
}
