#!/usr/bin/env bash
# jsonschema 4.26 with the extra "format-nongpl" (which jupyter-events asks for, so every JupyterLab has it): `import jsonschema`
# imports rfc3987-syntax 1.1, which builds a Lark parser for IRIs from its grammar. That happens in each process that imports
# nbformat (JupyterLab, nbconvert, nbval, every test worker), whether or not anybody checks an IRI, and takes several times the rest
# of the import. jsonschema 4.24 does without.
# A good guess is that a format checker costs something where it is used. `pip list` shows nothing odd, and a
# lock file that is chosen anew takes the newer one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 4.24.0 4.26.0; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install --quiet --disable-pip-version-check \
    "jsonschema[format-nongpl]==$version" nbformat==5.11.1 rfc3987-syntax==1.1.0 lark==1.3.1
done
seconds() { # processor time of importing nbformat, the middle of seven
  for _ in 1 2 3 4 5 6 7; do
    "$folder/$1/bin/python" -c 'import time; begun = time.process_time(); import nbformat; print(time.process_time() - begun)'
  done | sort -n | sed -n 4p
}
loads() { "$folder/$1/bin/python" -c 'import nbformat, sys; print("lark" in sys.modules)'; }
seconds 4.24.0 >/dev/null && seconds 4.26.0 >/dev/null # once for the bytecode
old=$(seconds 4.24.0) new=$(seconds 4.26.0)
echo "import nbformat: jsonschema 4.24.0 loads lark: $(loads 4.24.0), $old s; 4.26.0: $(loads 4.26.0), $new s"
[ "$(loads 4.24.0) $(loads 4.26.0)" = "False True" ]
python3 -c "import sys; old, new = map(float, sys.argv[1:]); print(f'{new / old:.1f} times'); sys.exit(new < 2 * old)" "$old" "$new"
