"""Fiduciaries (Treuhänder): firms whose staff work in the books of many clients."""
