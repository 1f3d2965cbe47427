"""The base of all pages: gate, navigation, help, formats."""
