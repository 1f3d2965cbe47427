"""The QR-bill (QR-Rechnung): its data, its references, and the slip that is printed."""
