#!/bin/sh
# Tests ./asyncio4j and scripts/common.sh with JDKs, a Maven and a checkout that are made of small files; needs no JDK.
set -u
here=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
checks=0

# check WHAT EXPECTED ACTUAL
check() {
    checks=$((checks + 1))
    if [ "$2" != "$3" ]; then
        failures=$((failures + 1))
        printf 'scripts: FAILED %s\n  expected: %s\n  but was:  %s\n' "$1" "$2" "$3"
    fi
}

# contains WHAT PART WHOLE
contains() {
    case $3 in
        *"$2"*) check "$1" ok ok ;;
        *) check "$1" "…$2…" "$3" ;;
    esac
}

# fake_jdk DIR VERSION [jre]: a java that says where it is and with what it was called.
fake_jdk() {
    mkdir -p "$1/bin"
    printf 'IMPLEMENTOR="Nobody"\nJAVA_VERSION="%s"\n' "$2" >"$1/release"
    cat >"$1/bin/java" <<'JAVA'
#!/bin/sh
for arg in "$@"; do
    case $arg in
        -XX:AOTCacheOutput=*)
            [ -z "${FAKE_NO_AOT-}" ] || exit 1
            echo cache >"${arg#-XX:AOTCacheOutput=}"
            exit 0
            ;;
    esac
done
echo "java $0 $*"
exit "${FAKE_EXIT-0}"
JAVA
    chmod +x "$1/bin/java"
    [ "${3-}" = jre ] || { cp "$1/bin/java" "$1/bin/javac"; }
}

# A checkout with our scripts and one source, and a Maven that packages nothing but counts its runs.
checkout=$work/check\ out
mkdir -p "$checkout/asyncio4j-cli/src/main/java" "$checkout/.mvn" "$checkout/scripts" "$work/maven" "$work/bin"
cp "$here/asyncio4j" "$checkout/"
cp "$here/scripts/common.sh" "$checkout/scripts/"
echo '<project/>' >"$checkout/pom.xml"
echo '<project/>' >"$checkout/asyncio4j-cli/pom.xml"
echo 'class A {}' >"$checkout/asyncio4j-cli/src/main/java/A.java"
echo 'class B {}' >"$checkout/asyncio4j-cli/src/main/java/B.java"
cat >"$work/maven/mvn" <<'MVN'
#!/bin/sh
echo "$JAVA_HOME" >>runs
[ -z "${FAKE_BUILD_FAILS-}" ] || { echo '[ERROR] it does not compile'; exit 1; }
[ ! -e building ] || { echo 'two builds at once' >>runs; }
: >building
[ -z "${FAKE_BUILD_SECONDS-}" ] || sleep "$FAKE_BUILD_SECONDS"
mkdir -p asyncio4j-cli/target/dist/lib
echo jar >asyncio4j-cli/target/dist/asyncio4j-cli.jar
echo jar >asyncio4j-cli/target/dist/lib/a.jar
rm building
MVN
chmod +x "$work/maven/mvn"
# The tools that the scripts may use, and no java among them.
for tool in sh dash mktemp cat cksum tr ls find head sed grep readlink dirname mkdir rm mv flock printf sleep env touch cp; do
    path=$(command -v "$tool") && case $path in /*) ln -sf "$path" "$work/bin/$tool" ;; esac
done

fake_jdk "$work/jdk17" 17.0.15
fake_jdk "$work/jdk25" 25.0.4
fake_jdk "$work/jdk25old" 25.0.3
fake_jdk "$work/places/a26" 26
fake_jdk "$work/places/b25" 25.0.4
fake_jdk "$work/places/c25" 25.0.10
fake_jdk "$work/places/d21" 21.0.8
fake_jdk "$work/jre25" 25.0.4 jre
mkdir -p "$work/none" "$work/home"

# start [VAR=VALUE...] -- ARGS: runs the checkout's script; sets out, err and code.
start() {
    vars=
    while [ "$1" != -- ]; do
        vars="$vars $1"
        shift
    done
    shift
    # shellcheck disable=SC2086 # several variables; none has blanks in it
    out=$(env -i PATH="$work/maven:$work/bin" HOME="$work/home" ASYNCIO4J_JDK_PLACES="$work/none/*" $vars "${program:-$checkout/asyncio4j}" "$@" 2>"$work/err")
    code=$?
    err=$(cat "$work/err")
}
lines() { printf '%s\n' "$1" | grep -c .; }
runs() { grep -c . "$checkout/runs" 2>/dev/null || true; }

start -- --version
check 'no JDK: exit code' 2 "$code"
check 'no JDK: one line' 1 "$(lines "$err")"
contains 'no JDK: names what to install' 'openjdk-25-jdk' "$err"
check 'no JDK: nothing on standard output' '' "$out"

start JAVA_HOME="$work/jdk17" -- --version
check 'JDK 17 only: exit code' 2 "$code"
contains 'JDK 17 only: says what JAVA_HOME is' "JAVA_HOME=$work/jdk17 is 17.0.15" "$err"

start JAVA_HOME="$work/jre25" -- --version
check 'no javac to build with: exit code' 2 "$code"
contains 'no javac to build with: says so' 'with javac' "$err"

mv "$work/maven/mvn" "$work/maven/mvn.away"
start JAVA_HOME="$work/jdk25" -- --version
check 'no Maven: exit code' 2 "$code"
contains 'no Maven: names what to install' 'install it' "$err"
mv "$work/maven/mvn.away" "$work/maven/mvn"

start JAVA_HOME="$work/jdk25" FAKE_BUILD_FAILS=1 -- --version
check 'a build that fails: exit code' 2 "$code"
contains "a build that fails: Maven's errors" 'it does not compile' "$err"
check 'a build that fails: nothing on standard output' '' "$out"
rm "$checkout/runs"

start JAVA_HOME="$work/jdk25" -- refire 'a b' --out x
check 'first run: exit code' 0 "$code"
check 'first run: builds' 1 "$(runs)"
contains 'first run: says that it builds' 'building' "$err"
contains 'first run: starts the program with its arguments' 'asyncio4j-cli.jar refire a b --out x' "$out"
contains 'first run: with the AOT cache' '-XX:AOTCache=' "$out"

start JAVA_HOME="$work/jdk25" FAKE_EXIT=3 -- --version
check 'second run: does not build' 1 "$(runs)"
check 'second run: says nothing' '' "$err"
check "second run: the program's exit code" 3 "$code"

start JAVA_HOME="$work/jre25" -- --version
check 'a JRE runs what is built' 0 "$code"

# `newer` compares times to the nanosecond, but a file system may keep only whole seconds.
touch -d '+2 seconds' "$checkout/asyncio4j-cli/src/main/java/A.java"
start JAVA_HOME="$work/jdk25" -- --version
check 'a source was touched: builds' 2 "$(runs)"
touch "$checkout/asyncio4j-cli/src/main/java/A.java"
touch -d '-1 hour' "$checkout/asyncio4j-cli/target/build.stamp"
find "$checkout/pom.xml" "$checkout/.mvn" "$checkout/asyncio4j-cli/pom.xml" "$checkout/asyncio4j-cli/src" -exec touch -d '-2 hours' {} +
start JAVA_HOME="$work/jdk25" -- --version
check 'all sources older than the build: does not build' 2 "$(runs)"
rm "$checkout/asyncio4j-cli/src/main/java/B.java"
start JAVA_HOME="$work/jdk25" -- --version
check 'a source was removed: builds' 3 "$(runs)"

start ASYNCIO4J_JDK_PLACES="$work/places/*" -- --version
contains 'the usual places: the newest update of JDK 25' "java $work/places/c25/bin/java" "$out"
start ASYNCIO4J_JDK_PLACES="$work/places/a*" -- --version
contains 'the usual places: a newer JDK where there is no 25' "java $work/places/a26/bin/java" "$out"
start JAVA_HOME="$work/jdk17" ASYNCIO4J_JDK_PLACES="$work/places/*" -- --version
contains 'JAVA_HOME is too old: the usual places' "java $work/places/c25/bin/java" "$out"
ln -s "$work/jdk25/bin/java" "$work/maven/java"
start ASYNCIO4J_JDK_PLACES="$work/places/*" -- --version
contains 'java on PATH, a link' "java $work/jdk25/bin/java" "$out"
rm "$work/maven/java"

start JAVA_HOME="$work/jdk25old" -- --version
contains 'an old update: warns' 'warning: JDK 25.0.3' "$err"
check 'an old update: in one line' 1 "$(lines "$err")"
check 'an old update: runs' 0 "$code"
start JAVA_HOME="$work/jdk25old" -- --version
check 'an old update: warns once' '' "$err"

rm -f "$checkout"/target/*.aot
start JAVA_HOME="$work/jdk25" FAKE_NO_AOT=1 -- --version
check 'no AOT cache can be made: runs' 0 "$code"
check 'no AOT cache can be made: says nothing' '' "$err"
case $out in *AOTCache*) check 'no AOT cache can be made: runs without' 'no -XX:AOTCache' "$out" ;; esac

ln -s "$checkout/asyncio4j" "$work/link1"
ln -s link1 "$work/link2"
program=$work/link2
cd "$work/none" || exit 1
start JAVA_HOME="$work/jdk25" -- --version
check 'through links, from elsewhere' 0 "$code"
program=

for lock in flock mkdir; do
    [ "$lock" = flock ] || rm "$work/bin/flock"
    rm -rf "$checkout/asyncio4j-cli/target" "$checkout/runs"
    start JAVA_HOME="$work/jdk25" FAKE_BUILD_SECONDS=1 -- one &
    start JAVA_HOME="$work/jdk25" FAKE_BUILD_SECONDS=1 -- two
    code_two=$code
    wait
    check "two at once, $lock: the second run is well" 0 "$code_two"
    check "two at once, $lock: one build" "$work/jdk25" "$(cat "$checkout/runs")"
done
mkdir "$checkout/target/build.lock.d"
echo 999999999 >"$checkout/target/build.lock.d/pid"
rm "$checkout/asyncio4j-cli/target/build.stamp"
start JAVA_HOME="$work/jdk25" -- --version
check 'a lock whose owner is gone: builds' 2 "$(runs)"
check 'a lock whose owner is gone: is given back' no "$([ -d "$checkout/target/build.lock.d" ] && echo yes || echo no)"

if command -v dash >/dev/null 2>&1; then
    for script in "$here/asyncio4j" "$here/test" "$here/scripts/common.sh" "$here/scripts/test-template.sh"; do
        dash -n "$script"
        check "dash reads ${script##*/}" 0 $?
    done
fi

printf 'scripts: %d checks, %d failed\n' "$checks" "$failures"
[ "$failures" -eq 0 ]
