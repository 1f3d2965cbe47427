"""With whom a company insures its people, and how it pays wages (Institutionen, Lohneinstellungen)."""
