# Shared by ./asyncio4j, ./test and the tests of both; POSIX sh, to be sourced.
# The caller sets ROOT (the checkout) and NAME (what messages begin with) first.

MIN_JDK=25
# Below this update of JDK 25, JDK-8373120 is not fixed: a virtual thread can stay blocked for ever.
MIN_UPDATE=4
# Tests put a tree of their own here; it replaces the usual places.
JDK_PLACES=${ASYNCIO4J_JDK_PLACES-/usr/lib/jvm/* /usr/java/* /opt/* ${HOME:-/nonexistent}/.sdkman/candidates/java/* ${HOME:-/nonexistent}/.jdks/* /usr/local/*}

say() {
    printf '%s: %s\n' "$NAME" "$1" >&2
}

# Sets jdk_version to what the JDK at $1 says of itself (25.0.3), empty if it says nothing.
read_jdk_version() {
    jdk_version=
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    while IFS='=' read -r key value; do
        if [ "$key" = JAVA_VERSION ]; then
            value=${value#\"}
            jdk_version=${value%\"}
            return 0
        fi
    done <"$1/release"
}

# Sets major, update from a version such as 25.0.3, 26-ea or 25.
split_version() {
    major=${1%%[!0-9]*}
    rest=${1#"$major"}
    case $rest in
        .*.*)
            rest=${rest#.*.}
            update=${rest%%[!0-9]*}
            ;;
        *) update=0 ;;
    esac
    major=${major:-0}
    update=${update:-0}
}

# Looks at the JDK at $1; sets JDK and JDK_VERSION and returns 0 if it will do. $2 = javac: it must be able to compile.
try_jdk() {
    read_jdk_version "$1"
    split_version "$jdk_version"
    [ "$major" -ge "$MIN_JDK" ] || return 1
    [ "${2-}" != javac ] || [ -x "$1/bin/javac" ] || return 1
    JDK=$1
    JDK_VERSION=$jdk_version
}

# Sets on_path to the home of the java on PATH, through links and, for a version manager's stand-in, by asking it.
home_of_java_on_path() {
    on_path=$(command -v java) || return 1
    on_path=$(readlink -f "$on_path") || return 1
    on_path=${on_path%/bin/java}
    [ -r "$on_path/release" ] && return 0
    on_path=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
    [ -n "$on_path" ]
}

# Finds a JDK of MIN_JDK or newer and sets JDK and JDK_VERSION; ends with one line and exit code 2 if there is none.
# Of those in the usual places the oldest major that will do is taken, and its newest update. $1 = javac: as for try_jdk.
find_jdk() {
    JDK=
    if [ -n "${JAVA_HOME-}" ] && try_jdk "$JAVA_HOME" "${1-}"; then
        return 0
    fi
    if home_of_java_on_path && try_jdk "$on_path" "${1-}"; then
        return 0
    fi
    best=
    for home in $JDK_PLACES; do
        try_jdk "$home" "${1-}" || continue
        if [ -z "$best" ] || [ "$major" -lt "$best_major" ] ||
            { [ "$major" -eq "$best_major" ] && [ "$update" -gt "$best_update" ]; }; then
            best=$home
            best_version=$jdk_version
            best_major=$major
            best_update=$update
        fi
    done
    if [ -n "$best" ]; then
        JDK=$best
        JDK_VERSION=$best_version
        return 0
    fi
    what="a JDK $MIN_JDK or newer${1:+ with javac}"
    hint=
    if [ -n "${JAVA_HOME-}" ]; then
        read_jdk_version "$JAVA_HOME"
        hint=" (JAVA_HOME=$JAVA_HOME is ${jdk_version:-no JDK})"
    fi
    say "needs $what and found none$hint: install one, such as your distribution's openjdk-$MIN_JDK-jdk or Eclipse Temurin $MIN_JDK from https://adoptium.net, or set JAVA_HOME to it"
    exit 2
}

# Sets STATE to a directory for what is remembered between runs: the checkout's target/, else the user's cache; empty if
# neither can be written.
find_state() {
    STATE=$ROOT/target
    if mkdir -p "$STATE" 2>/dev/null && [ -w "$STATE" ]; then
        return 0
    fi
    STATE=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/asyncio4j
    if mkdir -p "$STATE" 2>/dev/null && [ -w "$STATE" ]; then
        return 0
    fi
    STATE=
}

# Warns of an update of JDK 25 that is known to have faults that concern us, once for each JDK.
warn_of_old_update() {
    split_version "$JDK_VERSION"
    [ "$major" -eq 25 ] && [ "$update" -lt "$MIN_UPDATE" ] || return 0
    key=$(printf '%s %s' "$JDK" "$JDK_VERSION" | cksum)
    stamp=$STATE/warned-${key%% *}
    [ -z "$STATE" ] || [ ! -e "$stamp" ] || return 0
    say "warning: JDK $JDK_VERSION at $JDK lacks a fix for virtual threads (JDK-8373120); 25.0.$MIN_UPDATE or newer is advised (said once)"
    [ -z "$STATE" ] || : >"$stamp"
}

# Takes the lock of this checkout's build; it is given back when this process and the children that inherit it have ended.
lock_build() {
    mkdir -p "$ROOT/target" || exit 2
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$ROOT/target/build.lock"
        flock -n 9 || {
            say "waiting for another build of this checkout"
            flock 9
        }
        return 0
    fi
    waited=
    until mkdir "$ROOT/target/build.lock.d" 2>/dev/null; do
        owner=$(cat "$ROOT/target/build.lock.d/pid" 2>/dev/null)
        if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
            rm -rf "$ROOT/target/build.lock.d"
            continue
        fi
        [ -n "$waited" ] || say "waiting for another build of this checkout"
        waited=yes
        sleep 1
    done
    trap 'rm -rf "$ROOT/target/build.lock.d"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    echo $$ >"$ROOT/target/build.lock.d/pid"
}

unlock_build() {
    if [ -d "$ROOT/target/build.lock.d" ] && [ "$(cat "$ROOT/target/build.lock.d/pid")" = $$ ]; then
        rm -rf "$ROOT/target/build.lock.d"
        trap - EXIT INT TERM
    else
        exec 9>&-
    fi
}

DIST=$ROOT/asyncio4j-cli/target/dist
BUILD_STAMP=$ROOT/asyncio4j-cli/target/build.stamp
CONTENT=$ROOT/asyncio4j-cli/target/build.content

# Whether the packaged form is there and no source is newer than it. A file that was removed shows in its directory's time.
is_built() {
    [ -f "$DIST/asyncio4j-cli.jar" ] && [ -f "$BUILD_STAMP" ] || return 1
    [ -z "$(find "$ROOT/pom.xml" "$ROOT/.mvn" "$ROOT"/asyncio4j-*/pom.xml "$ROOT"/asyncio4j-*/src/main -newer "$BUILD_STAMP" -print 2>/dev/null | head -n 1)" ]
}

# Runs Maven in the checkout with our JDK, its output on standard output; ends with one line and exit code 2 without Maven.
run_maven() {
    command -v mvn >/dev/null 2>&1 || {
        say "needs Apache Maven to build and found no mvn on PATH: install it, such as your distribution's package maven"
        exit 2
    }
    (cd "$ROOT" && JAVA_HOME=$JDK PATH=$JDK/bin:$PATH mvn -B -Dstyle.color=never "$@")
}

# Runs Maven as given (it must package asyncio4j-cli) and, if it succeeds, remembers that what stood here before is built.
build_and_stamp() {
    mkdir -p "$ROOT/asyncio4j-cli/target" || exit 2
    : >"$BUILD_STAMP.new"
    run_maven "$@" || {
        code=$?
        rm -f "$BUILD_STAMP.new"
        return "$code"
    }
    # The JVM refuses an AOT cache when a jar has another time, even with the same content: both are in what names the cache.
    (cd "$DIST" && cat asyncio4j-cli.jar lib/*.jar && ls -lL --time-style=full-iso . lib) 2>/dev/null | cksum | tr -c '0-9\n' - >"$CONTENT"
    mv "$BUILD_STAMP.new" "$BUILD_STAMP"
}
