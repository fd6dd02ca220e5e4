"""Build the Word templates of this system: ``python build.py`` writes them beside this file.

The templates are made to be edited in Word or WPS afterwards; these scripts are how the
delivered ones came about: ``decisions`` and ``persons`` hold their texts, ``pieces`` what they
share.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import decisions  # noqa: E402 - beside this file
import persons  # noqa: E402 - the same

TEMPLATES: Mapping[str, Callable[[], bytes]] = {
    "agreements.docx": persons.agreements,
    "commendation.docx": decisions.commendation,
    "minutes.docx": persons.minutes,
    "notices.docx": persons.notices,
    "publicity.docx": decisions.publicity,
    "registration.docx": persons.registration,
    "report.docx": decisions.report,
    "request.docx": decisions.request,
}

if __name__ == "__main__":
    for name, build in TEMPLATES.items():
        (HERE / name).write_bytes(build())
        print(HERE / name)
