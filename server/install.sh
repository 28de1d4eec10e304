# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by server/start and tests/run: what is missing from Debian's packages is installed, and nothing else.
# shellcheck shell=bash

say() { printf '\n== %s\n' "$*"; }
fail() { printf '\n!! %s\n' "$*" >&2; exit 1; }

# install_packages FILE...: the packages named in the files, those that are missing.
install_packages() {
  command -v apt-get >/dev/null || fail "This needs Debian 12 (apt-get is not here). README.md lists what to install on other systems."
  local wanted missing=() package sudo=()
  wanted=$(sed 's/#.*//' "$@" | tr -s ' \n' '\n')
  for package in $wanted; do
    # Any provider will do: a newer Node with its own npm is left alone.
    case $package in
      nodejs) command -v node >/dev/null && continue ;;
      npm) command -v npm >/dev/null && continue ;;
    esac
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "All packages are installed"
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "These packages are missing and neither root nor sudo is at hand: ${missing[*]}"
    sudo=(sudo)
  fi
  say "Installing ${#missing[@]} packages from Debian: ${missing[*]}"
  "${sudo[@]}" apt-get update -q || fail "Debian's package lists cannot be fetched. Is there a network?"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
    fail "Debian's packages could not be installed; the lines above say why."
}

# build FOLDER OPTIONS...: configures and builds there, on all cores; only the targets in $TARGET if it is set, and giving
# way to others if $NICE is. Files of a folder are compiled together, which takes half the time of one by one; Ninja waits
# for no library before it compiles what uses it.
build() {
  local folder=$1 anew=() began=$SECONDS
  shift
  [ ! -f "$folder/CMakeCache.txt" ] || grep -q '^CMAKE_GENERATOR:.*=Ninja$' "$folder/CMakeCache.txt" || anew=(--fresh)
  cmake "${anew[@]}" -G Ninja -B "$folder" -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=18 "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; fail "CMake could not configure $folder."; }
  rm -f "$folder.log"
  # shellcheck disable=SC2086 # several targets are several words
  nice -n "${NICE:-0}" cmake --build "$folder" --parallel "$(nproc)" ${TARGET:+--target $TARGET} || fail "$folder does not build; the first error above says why."
  echo "   $folder is built, in $((SECONDS - began)) s"
}
