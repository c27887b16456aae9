"""Claim codes: shown once when a case is opened, stored as a digest only."""

import hashlib


def sealed_code(case_id: str, code: str) -> str:
    """A claim code as it is kept: nobody who reads the case can claim by it."""
    return hashlib.sha256(f"{case_id}:{code}".encode()).hexdigest()
