#!/bin/sh
# Builds and runs templates/quickstart as a user would, with our artifacts from the repository that ./test deployed to target/repository.
# Usage: test-template.sh JDK. Needs no network where Maven's local repository has what ./test needs; leaves that repository alone.
set -u
here=$(cd "$(dirname "$0")/.." && pwd -P)
jdk=$1
# Kept from run to run, but for our own artifacts.
local_repository=$here/target/template-repository
rm -rf "$local_repository/io/asyncio4j"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$local_repository"

# ours first, then what Maven has here already, and Maven Central, which is always asked last.
cat >"$work/settings.xml" <<SETTINGS
<settings>
  <profiles>
    <profile>
      <id>template</id>
      <repositories>
        <repository><id>ours</id><url>file://$here/target/repository</url><releases><updatePolicy>never</updatePolicy></releases><snapshots><updatePolicy>always</updatePolicy></snapshots></repository>
        <repository><id>here</id><url>file://$HOME/.m2/repository</url><snapshots><enabled>false</enabled></snapshots></repository>
      </repositories>
      <pluginRepositories>
        <pluginRepository><id>here</id><url>file://$HOME/.m2/repository</url><snapshots><enabled>false</enabled></snapshots></pluginRepository>
      </pluginRepositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>template</activeProfile></activeProfiles>
</settings>
SETTINGS

fail() {
    printf 'template: FAILED %s\n' "$1"
    [ ! -f "$work/out" ] || cat "$work/out"
    exit 1
}

# expect WHAT: the program's output so far is the one of full mode.
expect() {
    printf 'sum of squares: 2870\nall at once: true\n' >"$work/expected"
    grep -E '^(sum of squares|all at once): ' "$work/out" | cmp -s - "$work/expected" || fail "$1"
}

cp -R "$here/templates/quickstart" "$work/quickstart"
cd "$work/quickstart" || exit 1
JAVA_HOME=$jdk PATH=$jdk/bin:$PATH
export JAVA_HOME PATH
mvn -B -q -s "$work/settings.xml" -Dmaven.repo.local="$local_repository" -Dstyle.color=never package exec:exec >"$work/out" 2>&1 || fail 'its build'
grep -q 'tests="2"' target/surefire-reports/TEST-*.xml || fail 'its tests were not run'
mv "$work/out" "$work/build"
grep -q '^all at once: true' "$work/build" || { cp "$work/build" "$work/out"; fail 'exec:exec'; }
java -jar target/quickstart.jar >"$work/out" 2>&1 || fail 'java -jar'
expect 'what java -jar printed'
! grep -q 'add-opens' "$work/out" || fail 'java -jar runs without the flag'
printf 'template: built, tested and run in two ways\n'
