"""Uploads in pieces (Hochladen in Teilen): a photo on its way through a tunnel goes on where it stopped."""
