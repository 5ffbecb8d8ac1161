# Sourced by run. One function a client; each puts what the client needs below
# $work, once, and says in $why what is missing where it cannot.

debian_triple="$(uname -m)-linux-gnu"
NODE_VERSION=24.21.0
CODE_SERVER_VERSION=4.139.1
PLAYWRIGHT_VERSION=1.65.1

# need PROGRAM=PACKAGE... installs the packages of the programs (or files) that
# are missing.
need() {
	local missing=() pair
	for pair in "$@"; do
		compgen -G "${pair%%=*}" >/dev/null || command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
	done
	[ ${#missing[@]} -eq 0 ] && return
	why="missing: ${missing[*]}"
	command -v apt-get >/dev/null || { why+=" (and this machine has no apt-get)"; return 1; }
	[ "$(id -u)" = 0 ] || { why+=" (install them, or run as root)"; return 1; }
	[ -n "${apt_updated:-}" ] || { apt-get -qq update; apt_updated=yes; }
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" || return 1
	why=
}

# once NAME COMMAND... runs a command that fills $work/NAME, in a fresh folder
# that takes its name only when it is whole.
once() {
	local dir="$work/$1"
	[ -e "$dir/.ready" ] && return
	rm -rf "$dir" && mkdir -p "$dir" || return 1
	shift
	(set -e; cd "$dir"; "$@")
	[ $? -eq 0 ] && touch "$dir/.ready"
}

# debian SUITE PACKAGE... unpacks packages of another Debian suite, with all
# that they depend on, into the current folder; the machine's own packages are
# not touched. The mirror is the machine's own.
debian() {
	local suite=$1 mirror dir=$PWD
	shift
	mirror=$(cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null |
		awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ "://") { print $i; exit } }')
	[ -n "$mirror" ] || { echo "this machine has no Debian mirror" >&2; return 1; }
	mkdir -p apt/lists/partial apt/archives/partial apt/state
	: >apt/status
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >apt/sources.list
	local options=(-qq -o Dir::Etc::sourcelist="$dir/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::State="$dir/apt/state" -o Dir::State::lists="$dir/apt/lists" -o Dir::State::status="$dir/apt/status"
		-o Dir::Cache="$dir/apt" -o Dir::Cache::archives="$dir/apt/archives"
		-o APT::Sandbox::User=root -o APT::Install-Recommends=false)
	apt-get "${options[@]}" update
	apt-get "${options[@]}" -y --download-only install "$@" >/dev/null
	local deb
	for deb in apt/archives/*.deb; do dpkg-deb -x "$deb" .; done
	rm -rf apt
}

# own BINARY makes an unpacked program use the libraries it was unpacked with.
own() {
	local lib="$PWD/usr/lib/$debian_triple"
	patchelf --set-interpreter "$(echo "$lib"/ld-linux-*.so.*)" --force-rpath --set-rpath "$lib" "$1"
}

neovim() {
	debian "$1" neovim
	own usr/bin/nvim
	cat >nvim <<-END
		#!/bin/sh
		export VIMRUNTIME='$PWD/usr/share/nvim/runtime'
		exec '$PWD/usr/bin/nvim' --cmd 'set rtp^=$PWD/usr/lib/nvim' "\$@"
	END
	chmod +x nvim
}

helix() {
	debian forky hx
	own usr/lib/hx/hx
	ln -s usr/bin/hx hx
}

# Visual Studio Code as a server: the real workbench and extension host.
# Nothing is compiled; the parts that would be are not needed here.
codeserver() {
	local arch=x64
	[ "$(uname -m)" = aarch64 ] && arch=arm64
	echo '{"private":true}' >package.json
	local quiet=(--no-audit --no-fund --loglevel=error --ignore-scripts --no-package-lock)
	npm install "${quiet[@]}" "node-linux-$arch@$NODE_VERSION" "code-server@$CODE_SERVER_VERSION" "playwright-core@$PLAYWRIGHT_VERSION"
	ln -s "node_modules/node-linux-$arch/bin/node" node
	export PATH="$PWD/node_modules/node-linux-$arch/bin:$PATH"
	cd node_modules/code-server/lib/vscode
	npm install "${quiet[@]}" --omit=dev
	(cd extensions && npm install "${quiet[@]}" --omit=dev) # TypeScript's own server
	ln -sf code-linux.sh bin/remote-cli/code-server
	ln -sf browser-linux.sh bin/helpers/browser.sh
}

# extension packages editors/vscode, as it is now, with the server inside.
extension() {
	local build="$work/vsix"
	PATH="$(dirname "$(readlink -f "$work/code-server/node")"):$PATH"
	mkdir -p "$build"
	find "$build" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name .installed -exec rm -rf {} +
	(cd "$here/../vscode" && tar c --exclude=node_modules --exclude=dist --exclude=out --exclude=server --exclude='*.vsix' .) | tar x -C "$build" || return 1
	cd "$build" || return 1
	if ! cmp -s package-lock.json .installed; then
		npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json .installed || return 1
	fi
	cp "$here/../../LICENSE" LICENSE
	mkdir -p server && cp "$server" server/chubls && npm run --silent package -- --out chubls.vsix || return 1
	npm test --silent && npm run --silent test:host || return 1
	mkdir -p second && cp "$here/../../LICENSE" "$here/second-extension"/* second
	(cd second && ../node_modules/.bin/vsce package --no-dependencies --allow-missing-repository --out ../second.vsix)
}

install_nvim-0.12() { need tmux patchelf && once nvim-0.12 neovim forky; }
install_nvim-0.10() { need tmux patchelf && once nvim-0.10 neovim trixie; }
install_helix() { need tmux patchelf && once helix-forky helix; }
install_emacs() {
	need tmux emacs=emacs-nox '/usr/share/emacs/site-lisp/elpa-src/eglot-*=elpa-eglot' \
		'/usr/share/emacs/site-lisp/elpa-src/markdown-mode-*=elpa-markdown-mode' \
		'/usr/share/emacs/site-lisp/elpa-src/lsp-mode-*=elpa-lsp-mode'
}
install_ale() { need tmux vim /usr/share/vim-ale=vim-ale; }
install_vscode() {
	need npm chromium /usr/share/fonts/truetype/dejavu=fonts-dejavu-core && once code-server codeserver && (extension)
}
