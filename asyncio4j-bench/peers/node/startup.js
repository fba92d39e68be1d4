// The program of the row startup with Node's promises: one gives its version.
'use strict';

async function answer() {
  return process.version.slice(1);
}

async function main() {
  console.log('Node');
  console.log(await answer());
}

main();
