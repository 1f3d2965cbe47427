"""How a company's papers look: colour, font, logo, columns, and which papers look otherwise."""
