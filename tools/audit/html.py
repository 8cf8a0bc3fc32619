"""Ask the Nu HTML validator, the one behind validator.w3.org."""

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

JAR = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def find_errors(paths):
    """Return the validator's errors by file: {path: [line, ...]}. None is filtered out."""
    command = [shutil.which("java"), "-jar", JAR, "--errors-only", "--exit-zero-always"]
    command += ["--format", "json", *paths]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    errors = {path: [] for path in paths}
    for message in json.loads(answer.stderr)["messages"]:
        path = Path(unquote(urlsplit(message["url"]).path))
        place = f"line {message['lastLine']}: " if "lastLine" in message else ""
        errors[path].append(f"{place}{message['message']}")
    return errors
