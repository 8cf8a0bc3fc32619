// Run unit_tests.py in Pyodide, under Node:  node run.mjs DISTRIBUTION REPOSITORY
import { pathToFileURL } from "node:url";

const [distribution, repository] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${distribution}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${distribution}/` });
await python.loadPackage("numpy");
python.FS.mkdirTree("/book");
python.FS.mount(python.FS.filesystems.NODEFS, { root: repository }, "/book");
try {
  python.runPython(`
import runpy, sys
sys.path.insert(0, "/book/src")
runpy.run_path("/book/tests/pyodide/unit_tests.py", run_name="__main__")
`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
