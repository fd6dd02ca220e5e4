"""Parts of a document → one file: in a fixed order, without a clock."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping


def unpacked(package: bytes) -> dict[str, bytes]:
    """Return all parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(package)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def pack(parts: Mapping[str, Iterable[bytes]]) -> bytes:
    """Pack parts, each given in pieces, all of them dated 1980, the format's zero.

    A piece is asked for when the one before has been packed, so that no part need ever be whole.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        # Readers want the list of contents first.
        for name in sorted(parts, key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            with packed.open(entry, "w") as part:
                for piece in parts[name]:
                    part.write(piece)
    return out.getvalue()
