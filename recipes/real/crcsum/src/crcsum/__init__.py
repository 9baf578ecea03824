"""Checksums, computed in C."""
from crcsum._crc import crc

__all__ = ["crc"]
